# F11: dmon under dmon under dmon.
. "$LIB"
row F11 'dmon under dmon'

cat >tree.sh <<'S'
echo $$ >>pids
(setsid sh -c 'echo $$ >>pids; exec sleep 1000' &)
exec sleep 1000
S
all_gone() { while read -r pid; do holds "gone $pid" "process $pid is left"; done <pids; }

dmon -n dmon -n dmon -n sh tree.sh &
dmon=$!
wait_for '[ $(lines pids) -ge 2 ]'
kill $dmon
joined $dmon 143
all_gone

# The one in the middle is killed: what it had comes to the outer one, which
# clears it away before it starts a new one.
rm pids
dmon -n --min-uptime 0 dmon -n sh tree.sh &
dmon=$!
wait_for '[ $(lines pids) -ge 2 ]'
kill -KILL "$(cat /proc/$dmon/task/*/children)"
wait_for '[ $(lines pids) -ge 4 ]'
head -2 pids | while read -r pid; do holds "gone $pid" "process $pid of the first run is left"; done
kill $dmon
joined $dmon 143
all_gone
