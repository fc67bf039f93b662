# F60: children that dmon had before it was dmon, their children, what somebody
# left who entered the namespace of a PID 1, and daemons of the log command are
# not the command's. With cgroups, and as another user, who may have none.
. "$LIB"
need nsenter util-linux
chmod 777 .

# A child of before, which on demand leaves an orphan in a session of its own.
cat >before.sh <<'S'
echo $$ >before
trap '(setsid sleep 1000 & echo $! >orphan); trap "" HUP' HUP
while :; do sleep 0.05; done
S

for who in root nobody; do
	as=
	[ $who = root ] || as='setpriv --reuid 65534 --regid 65534 --clear-groups'
	rm -f before orphan runs err

	row F60 "a child of before dmon, and its orphan, through three runs ($who)"
	$as sh -c 'sh before.sh & exec dmon -n -v -p x.pid --min-uptime 0 sh -c "echo \$\$ >>runs; exec sleep 1000"' 2>err &
	dmon=$!
	wait_for '[ "$(lines runs)" = 1 -a -s before ]'
	kill "$(tail -n1 runs)"
	wait_for '[ "$(lines runs)" = 2 ]'
	kill -HUP "$(cat before)"
	wait_for '[ -s orphan ]'
	wait_for "[ \$(awk '{print \$4}' /proc/\$(cat orphan)/stat) = $dmon ]"
	kill "$(tail -n1 runs)"
	wait_for '[ "$(lines runs)" = 3 ]'
	holds 'alive $(cat before) && alive $(cat orphan)' 'a bystander was ended'
	holds 'lacks err behind' 'they were taken for strays'
	kill $dmon
	joined $dmon 143
	holds 'alive $(cat before) && alive $(cat orphan)' 'the end of dmon was theirs'
	kill -KILL "$(cat before)" "$(cat orphan)"

	row F60 "with --forking it is not the main process ($who)"
	rm -f before
	$as sh -c 'sh before.sh & exec dmon -n -v --forking -m 0 sh -c "exit 3"' 2>err &
	dmon=$!
	joined $dmon 3
	wait_for '[ -s before ]'
	holds 'alive $(cat before)' 'a bystander was ended'
	kill -KILL "$(cat before)"

	row F60 "a daemon of the log command stays the log command's ($who)"
	rm -f logd runs
	$as dmon -n -v --min-uptime 0 sh -c 'echo $$ >>runs; exec sleep 1000' -- sh -c '(setsid sleep 1000 & echo $! >logd); exec cat' 2>err &
	dmon=$!
	wait_for '[ -s logd -a "$(lines runs)" = 1 ]'
	kill "$(tail -n1 runs)"
	wait_for '[ "$(lines runs)" = 2 ]'
	holds 'alive $(cat logd)' 'it was ended between two runs of the command'
	kill $dmon
	joined $dmon 143
	gone "$(cat logd)" || fail 'it outlives dmon'

	row F60 "and is not the main process with --forking ($who)"
	ends_with 3 $as dmon -n -v --forking -m 0 sh -c 'while [ ! -s logd2 ]; do sleep 0.02; done; exit 3' -- sh -c '(setsid sleep 1000 & echo $! >logd2); exec cat' 2>err
	equal "$(count '^dmon: command started' err)" 1 'the number of starts'
	rm -f logd2

	row F60 "the daemons of the command are the command's, with and without their environment ($who)"
	ends_with 0 $as sh -c 'sleep 1000 & echo $! >before; exec dmon -n -m 0 -k 1 sh -c "(setsid sleep 1000 & echo \$! >mine); :"'
	gone "$(cat mine)" || fail 'a stray of the command lives'
	holds 'alive $(cat before)' 'a bystander was ended'
	kill "$(cat before)"
	rm -f before mine
done

row F60 'what was left in the pid namespace of a PID 1'
private_mounts
unshare -pf --mount-proc dmon -v -p x.pid --min-uptime 0 sh -c 'echo x >>runs1; exec sleep 1000' 2>err &
outer=$!
wait_for '[ "$(lines runs1)" = 1 ]'
init=$(cat /proc/$outer/task/*/children)
init=${init% }
nsenter -t "$init" -p -m sh -c 'sleep 1000 & setsid sleep 1000 & echo $! >inner'
kids() { cat "/proc/$init/task/"*/children | wc -w; }
wait_for '[ "$(kids)" = 3 ]'
for p in $(cat "/proc/$init/task/"*/children); do
	if [ "$(awk '/^NSsid/ {print $NF}' "/proc/$p/status")" != 0 ] && tr '\0' '\n' <"/proc/$p/environ" | grep -q ^DMON_RUN; then kill "$p"; fi
done
wait_for '[ "$(lines runs1)" = 2 ]'
wait_for '[ "$(kids)" = 3 ]'
holds 'lacks err behind' 'they were taken for strays'
kill "$init"
wait_for "gone $outer"
