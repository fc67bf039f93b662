# slow
# F93: dmon killed while its tree is stopped by signals: the next one on the pid
# file ends what is left, with its time, and nobody else's.
. "$LIB"
private_mounts
chmod 777 .
fake_load 0
as='setpriv --reuid 65534 --regid 65534 --clear-groups'
begin() {
	rm -f main child said
	fake_load 0
	$as dmon -n -L 4 -p x.pid sh -c 'trap "echo TERM >>said; exit 0" TERM; (setsid sleep 1000 & echo $! >child); echo $$ >main; while :; do sleep 0.05; done' 2>err &
	dmon=$!
	wait_for '[ -s main -a -s child ]'
	main=$(cat main) child=$(cat child)
	fake_load 9
	wait_for 'paused $main && paused $child'
	kill -KILL $dmon
	joined $dmon 137
	fake_load 0
}

row F93 'the next dmon on the pid file ends a tree that was stopped'
begin
ends_with 0 $as dmon -n -m 0 -p x.pid sh -c "cat /proc/$main/stat /proc/$child/stat >states 2>/dev/null; :" 2>err
! grep -v ') [ZX] ' states || fail 'the command was started beside them'
gone "$main" || fail 'the main process lives'
gone "$child" || fail 'a descendant lives'
has said TERM || fail 'it had no time'
has err 'left 2 processes' || has err 'left 3 processes' || fail 'it was not told'

row F93 'one with another pid file leaves it alone, and so does --orphan keep'
begin
ends_with 0 $as dmon -n -m 0 -p y.pid true
ends_with 0 $as dmon -n -m 0 true
paused "$main" || fail 'it was ended by a stranger'
ends_with 0 $as dmon -n -m 0 --orphan keep -p x.pid true
paused "$main" || fail 'it was to be kept'
# shellcheck disable=SC2046
kill -KILL "$main" "$child" $(cat "/proc/$main/task/$main/children")

row F93 'where a process has the number of the killed one by now, nobody is taken for what it left'
sleep 1000 &
holder=$!
# shellcheck disable=SC2016
DMON_PID=$holder DMON_RUN=1 sleep 1000 &
bystander=$!
echo $holder >z.pid
chmod 666 z.pid
chown 65534 z.pid
ends_with 0 $as dmon -n -m 0 -p z.pid true
alive $bystander || fail 'a bystander was ended'
kill $holder $bystander
