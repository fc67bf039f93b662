# A command that is restarted or told when its files change.
. "$LIB"

private_mounts
need vim vim-tiny
need nginx nginx-light

happened() { count "\"event\":\"$1\"" "$2"; }
exec_dmon() { exec dmon -n -m 0 --info-format json "$@"; }

# Whatever an editor does, on whatever file system; and what changes nothing.
edited() {
	cd "$1"
	echo 0 >conf
	local n=0 how events=$2
	exec_dmon --tell-if changed=conf -I "$events" sleep 1000 2>/dev/null &
	local pid=$!
	wait_for 'grep -q start $events'
	for how in 'echo 1 >conf' 'touch conf; chmod 600 conf; sed -i s/1/2/ conf' 'echo 3 >new; cp new conf' 'echo 4 >new; mv new conf' \
		'vim -u NONE -es -c "%s/4/5/" -c x conf' 'vim -u NONE -es -c "set backup backupcopy=no" -c "%s/5/6/" -c x conf' 'rm conf; echo 7 >conf'; do
		eval "$how"
		n=$((n + 1))
		wait_for '[ $(happened tell $events) = $n ]'
	done
	kill $pid
	joined $pid 143
	equal "$(happened tell "$events")" $n "how often $1 was told to have changed"
	cd - >/dev/null
}
mkdir tmpfs lower upper
mount -t tmpfs none tmpfs
mkdir tmpfs/disk tmpfs/lower tmpfs/upper tmpfs/work tmpfs/merged
echo old >tmpfs/lower/conf
mount -t overlay none -o lowerdir=tmpfs/lower,upperdir=tmpfs/upper,workdir=tmpfs/work tmpfs/merged
top=$PWD
edited tmpfs/disk "$top/tmpfs.events" &
one=$!
edited tmpfs/merged "$top/overlay.events" &
two=$!

# nginx takes a new configuration on HUP, here from links as kubelet swaps them.
for n in 1 2; do
	mkdir -p "etc/..$n"
	cat >"etc/..$n/nginx.conf" <<-N
		daemon off; pid $top/nginx.pid; error_log $top/error.log; worker_processes 1;
		events {}
		http { access_log off; server { listen unix:$top/http; return 200 "page $n\n"; } }
	N
done
ln -s ..1 etc/..data
ln -s ..data/nginx.conf etc/nginx.conf
page() { curl -s --unix-socket http http://x/; }
exec_dmon --send-if HUP:changed=etc/nginx.conf -I nginx.events nginx -p "$top" -c etc/nginx.conf 2>/dev/null &
dmon=$!
wait_for '[ "$(page)" = "page 1" ]'
ln -s ..2 etc/..new
mv -T etc/..new etc/..data
wait_for '[ "$(page)" = "page 2" ]'
kill $dmon
joined $dmon 0
equal "$(happened start nginx.events) $(happened reach nginx.events)" "1 1" "how often nginx was started and told"

# A command that writes where it is watched is not restarted for ever; what it is
# otherwise restarted for goes on.
mkdir logs
echo 1 >other
exec_dmon --restart-if changed=logs --restart-if changed=other -I logs.events --messages stderr bash -c 'echo $$ >>logs/log; sleep 1000' 2>logs.err &
dmon=$!
wait_for 'has logs.err "changed=logs: changed by the command itself, it seems"'
equal "$(happened start logs.events) $(happened reach logs.events) $(happened blind logs.events)" "5 4 1" "what became of it"
echo 2 >other
wait_for '[ $(happened start logs.events) = 6 ]'
kill $dmon
joined $dmon 143

# Nothing to watch by is no reason not to see it.
cat >poor.sh <<'S'
echo 0 >/proc/sys/user/$1
echo 1 >conf.$1
exec dmon -n -m 0 --info-format json --restart-if changed=conf.$1 -I $1.events --messages stderr sleep 1000 2>$1.err
S
for limit in max_inotify_watches max_inotify_instances; do
	unshare -U -r bash poor.sh $limit &
	dmon=$!
	wait_for 'grep -q start $limit.events'
	holds "has $limit.err fs.inotify. && has $limit.err user.$limit" "the limit is not told: $(cat $limit.err)"
	echo 2 >conf.$limit
	eval "$limit=$dmon"
done

# A file that comes later, in a directory that comes later.
exec_dmon --restart-if changed=later/conf -I later.events sleep 1000 2>later.err &
dmon=$!
wait_for 'grep -q start later.events'
holds "has later.err 'later/conf is not there yet'" "that is not told"
mkdir later
echo 1 >later/conf
wait_for '[ $(happened start later.events) = 2 ]'
kill $dmon
joined $dmon 143
for limit in max_inotify_watches max_inotify_instances; do
	wait_for '[ $(happened start $limit.events) = 2 ]'
	kill ${!limit}
	joined ${!limit} 143
done
joined $one 0
joined $two 0

# What is wrong is said at the start.
ln -s loop loop
for wrong in --stop-if=changed=conf --restart-if=changed= --restart-if=changed --restart-if=changed=loop; do
	ends_with 125 dmon -n "$wrong" true 2>wrong
done
ends_with 125 dmon -n --restart-if changed=loop true 2>wrong
holds "has wrong 'cannot see whether loop changes: '" "what is wrong is not told: $(cat wrong)"
ends_with 0 dmon --stop-if help >help
holds "lacks help changed" "--stop-if help lists what it refuses"
