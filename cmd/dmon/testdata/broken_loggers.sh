# slow
# F37 to F41: log commands that fail, stop, or leave the pipe behind in a state.
. "$LIB"

row F37 'a logger that fails'
# One that fails all the time. The command waits when the pipe is full,
# and TERM ends all in time.
dmon -n --backoff 50ms:100ms sh -c 'yes >&1; echo unhurt >>said' -- false &
dmon=$!
wait_for 'yes=$(pgrep -x yes -P "$(pgrep -P '$dmon' -x sh)")'
wait_for '[ "$(state $yes)" = S ]'
holds "alive $dmon" "dmon gave up"
start=$(now)
kill $dmon
joined $dmon 143
holds "[ $(($(now) - start)) -lt 14000 ]" "the end took more than its 10 s"
holds '[ ! -e said ]' "the command was hurt by SIGPIPE"

row F38 'a logger that is stopped'
# One that is stopped holds the command up, and in the end gets its time
# and then the stop sequence.
dmon -n -k 200ms -I events yes -- sh -c 'exec cat >/dev/null' &
dmon=$!
wait_for 'grep -q "cmd start" events'
log=$(awk '/^log start/ { print $3 }' events)
yes=$(awk '/^cmd start/ { print $3 }' events)
kill -STOP "$log"
wait_for '[ "$(state $yes)" = S ]'
kill $dmon
joined $dmon 143
has events "log signal $log 15"
