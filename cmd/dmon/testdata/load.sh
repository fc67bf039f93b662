# slow
# Pausing by load, the load being what a file of ours says: F52 to F54, the
# clocks of a run, and what is told.
. "$LIB"
private_mounts

stopped() { [ "$(state "$1")" = T ]; }
# A main process, a child, and one in a session of its own without a parent.
cat >tree.sh <<'S'
echo $$ >>$1
sh -c 'echo $$ >>$0; while :; do sleep 0.05; done' $1 &
(setsid sh -c 'echo $$ >>$0; while :; do sleep 0.05; done' $1 &)
trap 'echo bye >>$1.said; exit 3' TERM
while :; do sleep 0.05; done
S
all() { local pid; while read -r pid; do "$2" "$pid" || return 1; done <"$1"; }
awake() { ! paused "$1" && alive "$1"; }

fake_load 0.10
mount -t tmpfs -o mode=1777 none /run/lock # no turns with other tests

row F53 'stopped by the user before the pause'
# The whole tree is paused above -L and goes on below -l. One that the user
# stopped before stays stopped; the log command is never paused; an outside
# CONT is undone; TERM while paused is handled at once.
dmon -n -v -L 4 -l 2 -I p.events sh tree.sh p.pids 2>p.err -- sh -c 'echo $$ >p.log; exec cat >/dev/null' &
first=$!
wait_for '[ $(lines p.pids) = 3 ]'
mine=$(tail -1 p.pids)
kill -STOP "$mine"
wait_for "stopped $mine"

# The clock of -t stands still meanwhile: this run of 7 s is paused for longer.
dmon -n -L 4 -t 7 -k 100ms -I t.events starts t.when sleep 1000 &
second=$!
# Held in the foreground and as a daemon: the load is too high to start.
wait_for '[ -s t.when ]'
fake_load 9.50
start=$(now)
dmon -n -v -L 4 -I h.events touch h.ran 2>h.err &
third=$!
dmon -p d.pid -L 4 -m 0 -I d.events touch d.ran 2>d.err
equal "$(cat d.err)" "dmon: held: load 9.50 is above 4.00, resumes below 2.00" "what a daemon that is held says"
holds 'alive $(cat d.pid) && [ ! -e d.ran ]' "the held daemon"
# A held one ends at once, and has run nothing.
dmon -p e.pid -L 4 touch e.ran 2>/dev/null
stop e.pid
dmon -n -L 4 touch e.ran &
fourth=$!
wait_for "grep -q '^SigCgt:.*[^0]' /proc/$fourth/status && [ \$(cat /proc/$fourth/task/*/comm | wc -l) -gt 4 ]"
kill $fourth
joined $fourth 143
holds '[ ! -e e.ran ]' "what was held ran"

wait_for 'all p.pids paused' 20
wait_for 'has t.events "cmd pause"'
has p.events 'cmd pause'
has p.err 'dmon: paused: load 9.50 is above 4.00, resumes below 2.00'
wait_for 'has h.err "dmon: held: load 9.50 is above 4.00, resumes below 2.00"'
awake "$(cat p.log)"
row F54 'woken from outside while paused'
# Between the limits nothing changes. One that is woken is stopped again.
fake_load 3.00
kill -CONT "$(head -1 p.pids)"
[ "$(state "$(head -1 p.pids)")" != T ] || wait_for 'awake $(head -1 p.pids)'
wait_for 'all p.pids paused' 20
# USR1 says what the gate sees.
kill -USR1 $first
wait_for 'has p.err "pauses above 4.00"'
grep -q 'command paused, pid' p.err
wait_for "[ \$((\$(now) - start)) -gt 9000 ]"
holds "alive $second" "the run timed out while it was paused"

fake_load 0.20
# They resume one after the other, each ten seconds after the one before.
wait_for '[ -e h.ran ] && [ -e d.ran ] && awake $(head -1 p.pids) && has t.events "cmd resume"' 90
wait_for 'awake $(sed -n 2p p.pids)'
stopped "$mine" || fail "what the user had stopped was woken"
has p.err 'dmon: resumed: load 0.20 is below 2.00'
has p.events 'cmd resume'
wait_for 'has h.events "cmd exit"'
kill $third
joined $third 0
wait_for '[ ! -e d.pid ]'
equal "$(sed 's/ [0-9].*//' d.events | tr '\n' ,)" "cmd start,cmd exit," "the events of a daemon that was held"

row F52 'TERM while paused'
# TERM while paused.
wait_for 'has t.events "cmd resume"' 60
fake_load 9.50
wait_for 'all p.pids paused' 20
wait_for 'has t.events "cmd timeout" || [ $(count "cmd pause" t.events) = 2 ]'
start=$(now)
kill $first
joined $first 3
holds "[ $(($(now) - start)) -lt 5000 ]" "TERM while paused"
has p.pids.said bye
while read -r pid; do holds "gone $pid" "process $pid is left"; done <p.pids
fake_load 0.10
wait_for 'has t.events "cmd timeout"' 90
kill $second
rc=0
wait $second || rc=$?
