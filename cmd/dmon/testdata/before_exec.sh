# slow
# F62: what hangs between fork and exec, here in the open of a FIFO that nobody
# writes to, is none that was started, ends as soon as it is asked to, and holds
# nothing of dmon's when dmon is gone.
. "$LIB"
private_mounts
mount -t tmpfs -o mode=1777 none /run/lock
mkfifo f
child() { cat "/proc/$1/task/"*/children; }
# A child of another kind may come and go before it.
hangs() { wait_for "c=\$(child $1); c=\${c% }; [ \$(cat /proc/\${c:-none}/wchan) = wait_for_partner ]"; }

row F62 'a time limit ends what was never executed, and it was no start'
status dmon -v -t 300ms -m 0 -I ev --stdin f sh -c ': >ran' 2>err
holds '[ $rc != 0 ]' 'the launcher says all is well'
wait_for 'has ev "cmd signal"'
holds 'lacks ev "cmd start"' 'a start was told'
holds '[ ! -e ran ]' 'it ran'

row F62 'TERM ends it before its execution, at once'
dmon -n -k 60 --stdin f sleep 1000 2>err &
dmon=$!
hangs $dmon
began=$(now)
kill $dmon
joined $dmon 143
holds '[ $(($(now) - began)) -lt 20000 ]' 'TERM waited for KILL'

row F62 'ended from outside: no start, and respawned'
dmon -n -v -m 3 --backoff 0 -I ev2 --stdin f sleep 1000 2>err &
dmon=$!
hangs $dmon
kill -TERM "$c"
wait_for "gone $dmon || [ \"\$(child $dmon)\" != '$c ' ]"
kill $dmon 2>/dev/null || :
wait $dmon || :
holds 'lacks ev2 "cmd start"' 'a start was told'

for orphan in stop keep; do
	row F62 "dmon killed: the child goes too, and with it the locks (--orphan $orphan)"
	dmon -n -p x.pid --orphan $orphan --stdin f sleep 1000 2>err &
	dmon=$!
	wait_for '[ -s x.pid ]'
	hangs $dmon
	kill -KILL $dmon
	joined $dmon 137
	wait_for "gone $c"
	ends_with 0 timeout 20 dmon -n -m 0 -p x.pid true
done

row F62 'killed with another user'
chmod 666 f
dmon -n -p x.pid -u nobody --stdin f sleep 1000 2>err &
dmon=$!
wait_for '[ -s x.pid ]'
hangs $dmon
kill -KILL $dmon
joined $dmon 137
wait_for "gone $c"
ends_with 0 timeout 20 dmon -n -m 0 -p x.pid true

row F62 'the turn of a held start ends though its child has a copy of the lock'
fake_load 9
dmon -n -L 4 --stdin f sleep 1000 2>err &
dmon=$!
wait_for "[ -e /proc/$dmon/fd ]"
fake_load 0
hangs $dmon
wait_for 'flock -n /run/lock/dmon-resume.lock true' 25
kill $dmon
joined $dmon 143
