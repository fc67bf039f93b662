# slow
# F20, F15: execve takes seconds, as on a file system far away. dmon answers
# meanwhile; and what stands between fork and exec may be killed.
. "$LIB"
need strace strace

# slowly NAME: makes every execve below the dmon with that pid file take 5 s.
slowly() {
	strace -f -qq -o "$1.trace" -e trace=execve -e inject=execve:delay_enter=5000000 -p "$(cat "$1.pid")" 2>"$1.err" &
	tracer=$!
	wait_for "grep -q 'TracerPid:.$tracer\$' /proc/$(cat "$1.pid")/status"
}
# between NAME: the child that is about to execute.
between() { awk -v first="$(cat "$1.first")" '$1 == "cmd" && $2 == "start" && $3 != first { print $3 }' "$1.events" | tail -1; }
begin() {
	dmon -n -v -p "$1.pid" -I "$1.events" --cmd-pid-file "$1.first.pid" --min-uptime 0 -k 500ms sleep 1000 2>"$1.said" &
	dmon=$!
	wait_for "[ -s $1.first.pid ]"
	cp "$1.first.pid" "$1.first"
	slowly "$1"
	kill "$(cat "$1.first")"
	wait_for "[ -n \"\$(between $1)\" ] || ls /proc/$dmon/task/*/children | xargs cat | grep -q ."
}

row F20 'an execve that takes long'
begin slow
start=$(now)
kill -USR1 $dmon
wait_for 'has slow.said "run 2"' 4
kill $dmon
wait_for 'has slow.said "leaving"' 4
holds "[ $(($(now) - start)) -lt 4000 ]" "TERM was not answered before the execve was over"
status wait $dmon
wait $tracer || :

row F15 'what stands between fork and exec gets KILL'
begin lost
# The first one is on its way out, and may still be there.
wait_for 'list=$(cat /proc/'$dmon'/task/*/children) && [ -n "$list" ] && [[ " $list " != *" $(cat lost.first) "* ]]'
kill -KILL $(cat /proc/$dmon/task/*/children)
wait_for '[ "$(count "cmd exit" lost.events)" -ge 2 ] || has lost.said "cannot"' 20
kill -TERM $tracer # it lets go of them
wait $tracer || :
wait_for 'pid=$(cat lost.first.pid) && [ "$(cat /proc/$pid/comm)" = sleep ] && [ "$pid" != "$(cat lost.first)" ]'
kill $dmon
joined $dmon 143
