# F20, F15: execve takes long, as on a file system far away. dmon answers
# meanwhile; and what stands between fork and exec may be killed.
. "$LIB"
need strace strace

# slowly NAME: makes every execve below the dmon with that pid file take until
# released; so does the death of who stands in one.
slowly() {
	strace -f -qq -o "$1.trace" -e trace=execve -e inject=execve:delay_enter=100000000 -p "$(cat "$1.pid")" 2>"$1.err" &
	tracer=$!
	wait_for "grep -q 'TracerPid:.$tracer\$' /proc/$(cat "$1.pid")/status"
}
released() { kill $tracer 2>/dev/null || :; wait $tracer || :; } # it ends by itself when all of them have
# begin NAME: a dmon whose second run is about to execute, as process $between.
begin() {
	dmon -n -v -p "$1.pid" -I "$1.events" --cmd-pid-file "$1.first.pid" --min-uptime 0 -k 500ms sleep 1000 2>"$1.said" &
	dmon=$!
	wait_for "[ -s $1.first.pid ]"
	cp "$1.first.pid" "$1.first"
	slowly "$1"
	kill "$(cat "$1.first")"
	# The first one is on its way out, and may still be there.
	wait_for 'between=$(cat /proc/$dmon/task/*/children) && [ -n "$between" ] && [[ " $between " != *" $(cat '$1'.first) "* ]]'
}

row F20 'an execve that takes long'
begin slow
kill -USR1 $dmon
wait_for 'has slow.said "run 2"'
kill $dmon
wait_for 'has slow.said "leaving"'
lacks slow.trace '= 0' # or it was not answered before the execve was over
released
status wait $dmon

row F15 'what stands between fork and exec gets KILL'
begin lost
kill -KILL $between
released
wait_for '[ "$(count "cmd exit" lost.events)" -ge 2 ] || has lost.said "cannot"'
wait_for 'pid=$(cat lost.first.pid) && [ "$(cat /proc/$pid/comm)" = sleep ] && [ "$pid" != "$(cat lost.first)" ]'
kill $dmon
joined $dmon 143
