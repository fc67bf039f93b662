# slow
# F26: with -s and -S, and only then, each signal arrives once.
. "$LIB"
row F26 'forwarded signals'

all="HUP QUIT ALRM USR1 USR2 CONT WINCH"
# sent DMON FILE...: sends each and waits for its name in all FILEs, as two
# that wait at once are told in the wrong order.
sent() {
	local sig file n=1 dmon=$1
	shift
	for sig in $all; do
		kill -$sig "$dmon"
		n=$((n + 1))
		for file; do wait_for "[ \$(lines $file) -ge $n ]"; done
	done
}
want='ready
hangup
quit
alarm clock
user defined signal 1
user defined signal 2
continued
window changed'

dmon -n -s signals cmd.said 2>dmon.said &
dmon=$!
wait_for '[ -s cmd.said ]'
sent $dmon cmd.said
equal "$(cat cmd.said)" "$want" "what -s forwarded"
equal "$(cat dmon.said)" "" "what dmon said"
kill $dmon
joined $dmon 0
equal "$(tail -1 cmd.said)" terminated "the last signal"

# -S: the log command. Its own end is the end of the input, not TERM.
dmon -n -S sleep 1000 -- signals log.said &
dmon=$!
wait_for '[ -s log.said ]'
sent $dmon log.said
equal "$(cat log.said)" "$want" "what -S forwarded"
kill -KILL "$(pgrep -P $dmon -x sleep)"
kill $dmon
kill $dmon
rc=0
wait $dmon || rc=$?

# Both.
dmon -n -sS signals cmd2.said -- signals log2.said &
dmon=$!
wait_for '[ -s cmd2.said ] && [ -s log2.said ]'
sent $dmon cmd2.said log2.said
equal "$(cat cmd2.said)" "$want" "what -sS forwarded to the command"
equal "$(cat log2.said)" "$want" "what -sS forwarded to the log command"
kill $dmon
kill $dmon
rc=0
wait $dmon || rc=$?

# They are for the main process, not for what it started.
dmon -n -s sh -c 'signals child.said & exec signals main.said' &
dmon=$!
wait_for '[ -s child.said ] && [ -s main.said ]'
sent $dmon main.said
equal "$(cat child.said)" ready "what a child got"
kill $dmon
joined $dmon 0

# Neither: nothing arrives; HUP would stop dmon, so it is left out.
dmon -n signals none.said 2>dmon.said &
dmon=$!
wait_for '[ -s none.said ]'
for sig in QUIT ALRM USR2 CONT WINCH USR1; do kill -$sig $dmon; done
wait_for '[ -s dmon.said ]'
equal "$(cat none.said)" ready "what arrived without -s"
equal "$(lines dmon.said)" 1 "the number of lines that USR1 gave"
kill $dmon
joined $dmon 0

# A daemon does not stop for HUP.
dmon -p x.pid --cmd-pid-file cmd.pid signals hup.said
wait_for '[ -s hup.said ]'
kill -HUP "$(cat x.pid)"
kill -HUP "$(cat x.pid)"
holds 'alive $(cat cmd.pid)' "HUP stopped a daemon"
stop x.pid
equal "$(cat hup.said)" "ready
terminated" "what a daemon's command got"

# -s in the foreground: HUP is forwarded and stops nothing.
dmon -n -s signals hup2.said &
dmon=$!
wait_for '[ -s hup2.said ]'
kill -HUP $dmon
wait_for '[ $(lines hup2.said) = 2 ]'
holds "alive $dmon" "a HUP that was forwarded stopped dmon"
kill $dmon
joined $dmon 0
