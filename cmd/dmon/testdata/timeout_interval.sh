# slow
# Item 5: -i as a poor man's cron, -t on a program that hangs, -1 -m as a retry
# loop whose status a script tests.
. "$LIB"

# Every second, whatever the load of this machine, and not more often.
dmon -n -i 1 starts ticks date >dates &
dmon=$!
wait_for '[ $(lines ticks) -ge 4 ]'
kill $dmon
rc=0
wait $dmon || rc=$?
awk 'NR > 1 && $2 - last < 1000 { print "only " $2 - last " ms between two"; bad = 1 } { last = $2 } END { exit bad }' ticks
# A failure is not followed by the interval but by the delay.
dmon -n -i 1h --backoff 50ms:50ms -I tried.events sh -c 'echo >>tried; [ $(wc -l <tried) -ge 3 ]' &
dmon=$!
wait_for '[ $(count "cmd exit" tried.events) = 3 ]'
kill $dmon
joined $dmon 0

# A program that hangs is stopped each time, with what it has started.
cat >hang.sh <<'S'
echo $$ >>hung
sleep 1000 &
echo $! >>hung
wait
S
start=$(now)
ends_with 124 timeout 20 dmon -n -t 300ms -m 2 --min-uptime 0 -I hang.events sh hang.sh
took=$(($(now) - start))
holds "[ $took -ge 900 ]" "three runs of 300 ms took $took ms"
equal "$(lines hung)" 6 "the number of processes"
while read -r pid; do holds "gone $pid" "process $pid is left"; done <hung
equal "$(count 'cmd timeout' hang.events)" 3 "the number of timeouts"
# One that ignores TERM too.
ends_with 124 timeout 20 dmon -n -t 200ms -k 200ms -m 0 bash -c 'trap "" TERM; while :; do sleep 0.02; done'
# One that is in time is left alone, also the second one.
ends_with 5 dmon -n -t 400ms -m 2 --min-uptime 0 sh -c 'sleep 0.2; exit 5'
# One that exits with 0 after the time was up has failed all the same.
ends_with 124 timeout 20 dmon -n -t 100ms -1 -m 1 --min-uptime 0 bash -c 'trap "exit 0" TERM; while :; do sleep 0.02; done'

# The retry loop.
cat >retry.sh <<'S'
dmon -n -1 -m 3 --backoff 20ms:20ms sh -c "echo >>$1; [ \$(wc -l <$1) -ge $2 ] || exit 8"
case $? in
0) echo worked ;;
*) echo "failed with $?" ;;
esac
S
equal "$(sh retry.sh third 3)" worked "a command that works the third time"
equal "$(lines third)" 3 "the number of runs"
equal "$(sh retry.sh fourth 4)" worked "a command that works the fourth time"
equal "$(sh retry.sh fifth 5)" "failed with 8" "a command that would have worked the fifth time"
equal "$(lines fifth)" 4 "the number of runs"
