# slow
# What a killed dmon left has the time of the whole stop sequence, with what is
# added to it and however long it is, and who asks meanwhile is answered.
. "$LIB"
unified >/dev/null

cat >tree.sh <<'S'
trap : TERM
sh -c 'trap "echo asked >>asked; while [ ! -e go ]; do sleep 0.02; done; echo graceful >>said; exit" TERM; echo $$ >>pids; while :; do sleep 0.02; done' &
echo $$ >>pids
while :; do sleep 0.02; done
S

# killed OPTION...: leave the tree of a killed dmon behind.
killed() {
	rm -f pids said asked go err
	dmon -p x.pid "$@" sh tree.sh
	wait_for '[ "$(lines pids)" = 2 ]'
	dead=$(cat x.pid)
	kill -KILL "$dead"
	wait_for 'flock -n x.pid true' # its last thread may be gone later than its first
}

for sequence in TERM TERM/100000d/INT/100000d/KILL TERM/1h/KILL; do
	killed --stop-sequence $sequence
	dmon -n -m 0 -p x.pid --stop-sequence $sequence sh -c 'echo next >>said' 2>err &
	dmon=$!
	wait_for '[ -s asked ]'
	kill -USR1 $dmon
	wait_for 'has err "that a killed dmon left behind;"'
	kill -HUP $dmon # one request, however late, and no haste
	kill -TERM $dmon
	kill -USR1 $dmon
	wait_for '[ "$(count "left behind;" err)" = 2 ]'
	touch go
	# The other ignores TERM, and is killed for the second request.
	wait_for '[ -s said ]'
	insist $dmon
	rc=0
	wait $dmon || rc=$?
	case $rc in 129 | 143) ;; *) fail "the status is $rc" ;; esac
	equal "$(cat said)" graceful 'what was said'
	while read -r pid; do holds 'gone $pid' "process $pid is left"; done <pids
done
rm -f x.pid
