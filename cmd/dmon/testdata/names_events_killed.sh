# events on a dmon that is killed at any moment: who follows has heard all that was
# kept, without a gap and without a repetition, and the next dmon goes on counting.
. "$LIB"
row F13 'followed'

# steps FILE: the numbers in it, each one more than that before; prints the last.
steps() {
	grep -o '"seq":[0-9]*' "$1" | cut -d: -f2 >numbers
	awk 'NR > 1 && $1 != last + 1 { print "after " last " comes " $1 >"/dev/stderr"; exit 1 } { last = $1 } END { print last }' numbers ||
		fail "$1 has a gap or a repetition"
}

for round in 1 2 3 4 5 6 7 8 9 10; do
	dmon --name web/e --min-uptime 0 sh -c 'exit 1'
	dmonctl events -f -n 100000 web/e >live &
	follower=$!
	wait_for '[ $(lines live) -ge 2 ]'
	pid=$(cat "$DMON_DIR/web/e/lock")
	nap 0.0$((RANDOM % 9))$((RANDOM % 10))
	kill -KILL "$pid"
	wait $follower || :
	wait_for 'dmonctl is lost web/e'
	cat "$DMON_DIR/web/e/events.1" "$DMON_DIR/web/e/events" 2>/dev/null >kept || :
	equal "$(grep -c '^{.*}$' kept)" "$(lines kept)" "the lines that are whole"
	tail -n +2 live >heard # behind the snapshot
	equal "$(steps heard)" "$(steps kept)" "the last that was heard, in round $round"
done
# All that is kept is replayed, of all of them.
dmonctl events -n 100000 web/e | tail -n +2 >replay
equal "$(steps replay)" "$(steps kept)" "the last that is replayed"
