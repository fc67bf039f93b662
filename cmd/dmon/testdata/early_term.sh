# F24: TERM in the first milliseconds. Whoever started dmon learns that it did
# not go well, or dmon stops as always; a command is never left alone.
. "$LIB"
row F24 'TERM in the first milliseconds'
need pgrep procps

left() { pgrep -f "^sleep 3124[0-9]" | while read -r p; do alive "$p" && grep -zqF "DMON_SCRIPT=$DMON_SCRIPT" "/proc/$p/environ" && echo "$p" || :; done; }
for ms in 0 1 2 3 4 5; do
	for _ in $(seq 12); do
		ends_with 143 early ${ms}ms dmon -n sleep 3124$ms
		equal "$(left)" "" "the commands that TERM at $ms ms left"

		# Whoever started it learns that it did not go well, or has a daemon.
		status early ${ms}ms dmon -p x.pid sleep 3124$ms 2>/dev/null
		if [ $rc = 0 ]; then
			stop x.pid
		fi
		wait_for '[ -z "$(left)" ]'
		wait_for '[ ! -e x.pid ]'
	done
done
