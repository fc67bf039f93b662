# A name that is taken anew while somebody looks: nothing of the one before is believed of the next.
. "$LIB"
pid_of() { dmonctl list --json "$1" | sed 's/.*"dmon":{"pid":\([0-9]*\).*/\1/'; }
numbers() { sed -n 's/.*"seq":\([0-9]*\).*/\1/p' "$1"; }

# Words that were relative are so to the directory of then.
mkdir -p there/bin elsewhere
ln -s "$(command -v dmon)" there/bin/dmon
(cd there && bin/dmon --name rel sh -c 'pwd >where; exec sleep 1000')
wait_for '[ -s there/where ]'
dmonctl stop rel
rm there/where
(cd elsewhere && dmonctl start rel)
wait_for '[ -s there/where ]'
equal "$(cat there/where)" "$PWD/there" 'where it runs'

# One that was killed is brought back by start.
kill -KILL "$(pid_of rel)"
wait_for 'dmonctl is lost rel'
dmonctl start rel
dmonctl is up rel
dmonctl stop rel

# Killed, and at once another: who waited hears that his was lost, and who follows ends.
for n in 1 2 3 4 5; do
	dmon --name twice sleep 1001
	dmonctl wait twice 2>err &
	waiter=$!
	dmonctl events -f --since 1 twice >followed.$n &
	follower=$!
	wait_for "grep -q snapshot followed.$n"
	wait_for "grep -sq inotify /proc/$waiter/fdinfo/*"
	kill -KILL "$(pid_of twice)"
	until dmon --name twice sleep 1001 2>/dev/null; do nap 0.001; done
	joined $waiter 3
	has err 'was lost'
	joined $follower 0
	dmonctl stop twice
done

# Killed right after the events went over to a new file: numbers go on, and what was is there still.
last=$(tail -1 "$DMON_DIR/twice/events" | numbers /dev/stdin)
cat "$DMON_DIR/twice/events" >>"$DMON_DIR/twice/events.1"
: >"$DMON_DIR/twice/events"
dmon --name twice sleep 1002
dmonctl events -n 1000 twice >replayed
numbers replayed | tail -n +2 >numbers
equal "$(cat numbers)" "$(seq "$(head -1 numbers)" "$(tail -1 numbers)")" 'the numbers'
holds '[ "$(head -1 numbers)" -le "$last" ]' 'what was is lost'
holds '[ "$(tail -1 numbers)" -gt "$last" ]' 'numbers began anew'
dmonctl stop twice

# The status of an automatic name's end is known to who waited, though no record is kept.
mkfifo gate
dmon -m 0 --kill-after 5 sh -c 'read -r _ <gate; exit 7'
wait_for 'dmonctl is up sh'
dmonctl wait sh &
waiter=$!
wait_for "grep -sq inotify /proc/$waiter/fdinfo/*"
echo >gate
joined $waiter 7

# With --any one that can no longer come does not end the wait for the others.
dmon --name ended -m 0 true
wait_for 'dmonctl is ended ended'
dmon --name other --down sleep 1003
dmonctl wait --any --for up ended other 2>err &
waiter=$!
wait_for "grep -sq inotify /proc/$waiter/fdinfo/*"
dmonctl up other
joined $waiter 0
ends_with 3 dmonctl wait --for down ended 2>err
has err 'ended has ended'
ends_with 3 dmonctl wait --any --for down ended 2>err
ends_with 124 dmonctl wait -t 0.1 --for down other 2>err
ends_with 124 dmonctl wait -t 0.1 --for down other ended 2>err

# Asked for the contrary meanwhile: told, not waited for.
dmon --name stubborn --kill-after 100 sh -c 'trap "" TERM; touch trapped; while :; do read -r _ <gate || :; done'
wait_for '[ -e trapped ]'
dmonctl restart stubborn 2>err &
waiter=$!
wait_for "grep -sq inotify /proc/$waiter/fdinfo/*"
dmonctl --no-wait down stubborn
dmonctl signal KILL stubborn
joined $waiter 1
has err 'the contrary'
dmonctl stop other stubborn

# stop while dmon ends anyhow is no failure.
for n in $(seq 20); do
	dmon --name brief -m 0 sh -c "sleep 0.0$((n % 4))"
	ends_with 0 dmonctl stop brief
done
