# --stop-command: what it is told, what it may do, and what comes after it.
. "$LIB"
need setpriv util-linux

# A program that ends when a file says so, and tells the signals that it gets.
cat >server <<'S'
#!/bin/bash
trap 'echo TERM >>got; exit 4' TERM
echo $$ >up
until [ -e leave ]; do read -rt 0.02 -u 9 || :; done 9<> <(:)
rm leave
exit 5
S
chmod +x server
serve() { rm -f up got leave; dmon -n "$@" ./server 2>err & dmon=$!; wait_for '[ -s up ]'; }

# It works: the command ends in its own way, and no signal is sent. What it knows.
serve --name stopped -I events --info-format json --stop-command 'cat >event; env >vars; >leave; while kill -0 $MAINPID 2>/dev/null; do sleep 0.02; done; echo done >>vars'
pid=$(cat up)
kill $dmon
joined $dmon 5
holds '[ ! -e got ]' "a command that was asked got a signal"
for v in DMON_EVENT=stop DMON_NAME=stopped DMON_RUN=1 DMON_CMD_PID=$pid MAINPID=$pid DMON_CAUSE=stop DMON_PID=$dmon done; do
	grep -qx "$v" vars || fail "no $v"
done
has event '"event":"stop"'
lacks vars EXIT_CODE

# Directly, without a shell; ended too early it is followed by the sequence.
serve --stop-command 'touch asked' -v
kill $dmon
joined $dmon 4
holds '[ -e asked ] && [ "$(cat got)" = TERM ]' "the sequence after a command that has ended"

# It fails, or is not to be found: told, and the same.
for bad in 'exit 7' /no/such; do
	serve --stop-command "$bad"
	kill $dmon
	joined $dmon 4
	case $bad in /*) has err 'stop command /no/such: ended with status 127' ;; *) has err 'stop command exit 7: ended with status 7' ;; esac
done

# It hangs and hears nothing: the sequence after the time of -k, and nothing is left.
serve -k 300ms --stop-command 'trap "" TERM; echo $$ >hangs; setsid sleep 1000 & echo $! >hangs2; sleep 1001'
kill $dmon
joined $dmon 4
has err 'not done within 300ms'
holds 'gone $(cat hangs) && gone $(cat hangs2)' "a stop command is left"

# What it leaves running is ended before the next run, which has no other beside it.
serve --name again --stop-command 'sleep 1000 & echo $! >left; >leave; sleep 0.1'
first=$(cat up)
dmonctl restart again
holds 'gone $(cat left) && gone $first' "what is left beside the next run"
wait_for '[ "$(cat up)" != $first ]'
kill $dmon
joined $dmon 5

# A paused command goes on for it; so with down, where dmon stays.
serve --name held --stop-command '>leave; while kill -0 $MAINPID; do sleep 0.02; done 2>/dev/null'
dmonctl pause held
wait_for 'paused $(cat up)'
dmonctl down held
holds 'gone $(cat up) && alive $dmon && [ ! -e got ]' "down after a pause"
kill $dmon
joined $dmon 5

# A second request to leave has no patience with either.
serve --stop-command 'trap "" TERM; echo $$ >hangs; sleep 1002'
kill $dmon
wait_for '[ -s hangs ]'
insist $dmon
joined $dmon 137
gone "$(cat hangs)"

# A time limit asks, too; the status says what it was.
rm -f up leave
ends_with 124 dmon -n -m 0 -t 200ms --stop-command '>leave; sleep 0.1' ./server

# Nobody is asked where the command has ended by itself, or never ran.
rm -f asked
ends_with 3 dmon -n -m 0 --stop-command 'touch asked' sh -c 'exit 3'
status dmon -n -m 0 --stop-command 'touch asked' /no/such 2>err
holds '[ ! -e asked ]' "a stop command ran and there was nothing to stop"

# One that kills its dmon is no worse than a kill, and as the first process all is the same.
rm -f up
unshare --fork --pid --mount-proc dmon -n --stop-command '>leave; sleep 0.1' -t 200ms -m 0 ./server || rc=$?
equal $rc 124 "the status as the first process"
serve --stop-command 'kill -9 $DMON_PID; sleep 1003'
kill $dmon
joined $dmon 137
wait_for 'gone $(cat up)'

# What is refused.
for bad in '-k 0 --stop-command x' '--stop-command=' '-k 5 --stop-sequence KILL'; do
	# shellcheck disable=SC2086
	ends_with 125 dmon -n $bad true 2>err
done
dmon --explain --stop-command 'a | b' -k 5m true | grep -q "^stop .*'a | b' for up to 5m, then TERM"
