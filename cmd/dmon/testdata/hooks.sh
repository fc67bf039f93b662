# slow
# --on: what hooks are told, their order, and that nothing of them is left.
. "$LIB"
need busybox busybox-static

# Told: the event on standard input, and in variables, those of systemd among them.
mkdir told
cat >hook <<'END'
#!/bin/sh
cat >told/$DMON_EVENT.json
env >told/$DMON_EVENT.env
END
chmod +x hook
export NOTIFY_SOCKET=/run/x LISTEN_FDS=1 LISTEN_PID=1 LISTEN_FDNAMES=a WATCHDOG_USEC=5 WATCHDOG_PID=1 EXIT_CODE=old
ends_with 3 dmon -n -m 0 --name told --info-format json -I events --on all=./hook sh -c 'exit 3'
unset NOTIFY_SOCKET LISTEN_FDS LISTEN_PID LISTEN_FDNAMES WATCHDOG_USEC WATCHDOG_PID EXIT_CODE
equal "$(ls told | tr '\n' ' ')" "exit.env exit.json fail.env fail.json ready.env ready.json start.env start.json " "what was told"
grep '"task":"cmd","event":"exit"' events | cmp - told/exit.json || grep -q '"name":"told"' told/exit.json
grep '"event":"start"' told/start.json
for v in DMON_EVENT=fail DMON_NAME=told DMON_SEQ=2 DMON_RUN=1 DMON_CAUSE=exit SERVICE_RESULT=exit-code EXIT_CODE=exited EXIT_STATUS=3; do
	grep -qx "$v" told/fail.env || fail "no $v"
done
grep -qE '^DMON_CMD_PID=[0-9]+$' told/fail.env
holds '! grep -E "^(NOTIFY_SOCKET|LISTEN_|WATCHDOG_)" told/*.env' "variables of others reached a hook"
lacks told/start.env EXIT_CODE
status dmon -n -m 0 -t 100ms --on 'exit=env >timeout.env' sleep 1000
has timeout.env SERVICE_RESULT=timeout
has timeout.env EXIT_CODE=killed
has timeout.env EXIT_STATUS=TERM
dmon -n -m 0 --on 'start=env >first.env' --on 'exit=env >good.env' true
has good.env SERVICE_RESULT=success
has first.env DMON_NAME=true

# Descriptors: nothing but the three, whatever dmon itself was given and has open.
exec 7<"$LIB"
dmon -n -m 0 -p pid -I events2 --on 'exit=ls -l /proc/self/fd >fds' true -- cat
exec 7<&-
equal "$(awk 'NF > 8 && $9 > 3' fds)" "" "descriptors of a hook"
holds '! grep -E "socket:|pipe:" fds | grep -v " [012] -> "' "a hook has a descriptor of dmon's"

# A session of its own, outside the command's tree; its leftovers are ended, also
# those that changed their session and have no environment.
dmon -n -m 0 --on 'start=env -i setsid sleep 1000 & echo $! >left; exec >&- 2>&-; setsid sh -c "setsid sleep 1001 & echo \$! >left2"' sh -c 'until [ -s left2 ]; do sleep 0.02; done'
wait_for 'gone $(cat left)'
wait_for 'gone $(cat left2)'

# In order, one at a time, and dmon's end waits: the last one is slow.
dmon -n -m 5 --min-uptime 0 --on 'exit=echo begin $DMON_RUN >>order; sleep 0.02; echo end $DMON_RUN >>order' true || :
awk '$1 == "begin" { if (open) exit 1; open = $2; if ($2 <= last) exit 2; last = $2 } $1 == "end" { if (open != $2) exit 3; open = 0 } END { if (open || last != 6) exit 4 }' order

# Too many: the rest is counted and told, and so is each failure.
dmon -n -m 40 --min-uptime 0 --on 'exit=echo x >>many; [ $DMON_RUN != 1 ] || until [ -e go ]; do sleep 0.02; done' sh -c '[ $DMON_RUN != 41 ] || >go' 2>err || :
dropped=$(sed -n 's/.* \([0-9]*\) jobs not run.*/\1/p' err | awk '{ n += $1 } END { print n + 0 }')
holds '[ $dropped -gt 0 ]' "none was dropped"
equal $((dropped + $(lines many))) 41 "hooks that ran or were counted"
dmon -n -m 0 --on 'exit=exit 7' --on exit=/no/such true 2>err
has err 'ended with status 7'
has err '/no/such: ended with status 127'

# One that hangs and hears no TERM has its time, and no longer: a second request
# to leave cuts it short.
dmon -n -m 0 --on 'exit=trap "" TERM; echo $$ >hangs; while :; do sleep 1000; done' true &
dmon=$!
wait_for '[ -s hangs ]'
kill $dmon
alive $dmon
insist $dmon
joined $dmon 0
gone "$(cat hangs)"

# One that kills its dmon, and one that kills what keeps it: nothing is left.
dmon -n --on 'start=echo $$ >self; kill $DMON_PID; sleep 1000' sleep 1001 &
dmon=$!
wait_for '[ -s self ] && ! pgrep -P $dmon sleep'
insist $dmon
joined $dmon 143
gone "$(cat self)"
dmon -n -m 0 --on 'start=sleep 1002 & echo $! >self; kill -9 $PPID' sh -c 'until [ -s self ]; do sleep 0.02; done; sleep 0.1' 2>err
wait_for 'gone $(cat self)'
dmon -n --on 'start=echo $$ >self; kill -9 $DMON_PID; sleep 1000' --kill-after 1 sleep 1003 &
joined $! 137
wait_for 'gone $(cat self)'

# One that kills the command: a death as any other.
ends_with 137 dmon -n -m 0 --on 'start=kill -9 $DMON_CMD_PID' sleep 1000 2>err

# An image without a shell: hooks and the stop command need none.
mkdir -p image/proc
cp "$(command -v dmon)" "$(command -v busybox)" image/
cat >inside.sh <<'IN'
mount -t proc proc image/proc
exec chroot image /dmon -n -m 0 -t 300ms --on 'start=/busybox touch /hooked' --stop-command '/busybox touch /asked' /busybox sleep 1000
IN
ends_with 124 timeout 60 unshare --fork --pid --mount sh -eu inside.sh 2>err
holds '[ -e image/hooked ] && [ -e image/asked ]' "a hook or a stop command without a shell"

# What is refused.
for bad in x fail= nothing=true '=true' 'fail,=true'; do ends_with 125 dmon -n --on "$bad" true 2>err; done
dmon --on help | grep -q give-up
