# slow
# dmons that share a machine resume one after the other, whoever runs them; one
# that dies in its turn holds nobody up.
. "$LIB"
private_mounts
mount -t tmpfs -o mode=1777 none /run/lock
chmod 777 .

fake_load 9.50
umask 077
for n in 1 2; do
	dmon -n -L 4 -I $n.events starts when sleep 1000 &
	pids[n]=$!
done
for n in 3 4; do
	setpriv --reuid daemon --regid daemon --clear-groups dmon -n -L 4 -I $n.events sleep 1000 &
	pids[n]=$!
done
touch when
chmod 666 when
for n in 1 2 3 4; do wait_for "[ \$(cat /proc/${pids[n]}/task/*/comm | wc -l) -gt 4 ]"; done
nap 1
for n in 1 2 3 4; do holds "[ ! -e $n.events ] || lacks $n.events 'cmd start'" "dmon $n did not hold its start"; done

# resumed: how many have started.
resumed() { local n=0 f; for f in ?.events; do ! has $f 'cmd start' || n=$((n + 1)); done; echo $n; }
fake_load 0.10
wait_for '[ $(resumed) = 1 ]'
one=$(now)
holds '[ "$(stat -c %a,%s /run/lock/dmon-resume.lock)" = 444,0 ]' "the file that is locked"
wait_for '[ $(resumed) = 2 ]' 60
two=$(now)
holds "[ $((two - one)) -gt 8000 ]" "the second came $((two - one)) ms after the first"

# The second dies in its turn.
for n in 1 2 3 4; do ! flock -n /run/lock/dmon-resume.lock true || fail "nobody has its turn"; done
for n in 1 2 3 4; do
	if has $n.events 'cmd start'; then kill -KILL ${pids[n]}; fi
done
wait_for 'flock -n /run/lock/dmon-resume.lock true'
wait_for '[ $(resumed) -ge 3 ]' 60
wait_for '[ $(resumed) = 4 ]' 60

# What somebody has put there is left alone, and holds up nobody.
for n in 1 2 3 4; do kill -KILL ${pids[n]} 2>/dev/null || :; done
for n in 1 2 3 4; do wait ${pids[n]} || :; done
rm -f /run/lock/dmon-resume.lock
echo precious >/root/victim.$$ && ln -s /root/victim.$$ /run/lock/dmon-resume.lock
fake_load 9.50
dmon -n -m 0 -L 4 -I last.events true &
last=$!
wait_for "[ \$(cat /proc/$last/task/*/comm | wc -l) -gt 4 ]"
nap 1
fake_load 0.10
joined $last 0
equal "$(cat /root/victim.$$)" precious "what a link leads to"
rm /root/victim.$$
