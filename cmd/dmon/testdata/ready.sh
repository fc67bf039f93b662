# A daemon's caller has its prompt back when COMMAND is ready, or the reason why it never
# was: by a file, a line in a descriptor, or because it lives.
. "$LIB"
need s6-svscan s6
export DMON_DIR=$PWD/names

# nothing_left WORDS: no process has them on its command line.
nothing_left() { wait_for "! pgrep -f -- '$1' >/dev/null"; }

# A file, which one from before does not stand for.
echo old >there
dmon -p f.pid --ready file:there sh -c 'echo runs >runs; read -r _ <go; echo new >there; exec sleep 1001' & caller=$!
mkfifo go
wait_for '[ -s runs ]'
wait_for '[ "$(dmonctl list | awk "NR == 2 { print \$2 }")" = starting ]'
alive $caller || fail 'the caller has gone before the file was there'
status dmonctl status -q sh
equal "$rc" 3 'the status of a start that is under way'
echo >go
joined $caller 0
equal "$(cat there)" new 'the file when the caller is back'
dmonctl is ready sh || fail 'it is not ready'
stop f.pid

# A line in a descriptor, of a real program for s6. The number is the user's.
mkdir scan
for n in 3 9 1000; do
	dmon -p s.pid --ready "fd:$n" s6-svscan -d "$n" scan
	[ -p scan/.s6-svscan/control ] || fail 's6-svscan is not ready'
	[ ! -e "/proc/$(dmonctl --json status s6-svscan | sed 's/.*"command":{"pid":\([0-9]*\).*/\1/')/fd/$n" ] || fail 'the descriptor is open still'
	stop s.pid
	rm -r scan/.s6-svscan
done
dmon -p l.pid --keep-fds 4 --ready fd:3 sh -c 'ls -l /proc/$$/fd >fds; printf "with\nmore" >&3; exec sleep 1002' 4<>fourth
equal "$(grep -c ' [0-9]* -> ' fds)" 6 'descriptors: 0 to 4, and that of ls'
stop l.pid

# It has lived for long enough.
dmon -p a.pid --ready after:300ms -I a.info --info-format json sleep 1003
has a.info '"event":"ready"' || fail 'the caller is back too early'
stop a.pid

# A check that succeeds, which leaves nothing behind, nor has what the command is told.
cat >ask <<'END'
env >asked; sleep 1008 &
[ -e good ]
END
dmon -p k.pid -I k.info --info-format json --ready 'command:sh ./ask && true' sh -c 'sleep 0.3; touch good; exec sleep 1003'
[ -e good ] || fail 'the caller is back too early'
has asked DMON_EVENT=check || fail 'the check is not told that it is one'
nothing_left 'sleep 1008'
stop k.pid
ends_with 124 dmon --ready command:./no-check --ready-timeout 300ms sleep 1004 2>err
has err 'the command is not ready after 300ms: check ./no-check ended with status 127' || fail "$(cat err)"
ends_with 124 dmon --ready 'command:sleep 1009' --check-timeout 100ms --ready-timeout 300ms sleep 1004 2>err
has err 'was not done within 100ms' || fail "$(cat err)"
nothing_left 'sleep 1009'

# Not in time, and never: 124 and the reason in one line; nothing is left.
ends_with 124 dmon -p n.pid --ready file:nowhere --ready-timeout 200ms sleep 1004 2>err
equal "$(cat err)" 'dmon: the command is not ready after 200ms: there is no nowhere' 'the reason'
ends_with 124 dmon --ready fd:5 sh -c 'exec 5>&-; sleep 1004' 2>err
equal "$(cat err)" 'dmon: the command will never be ready: it has closed descriptor 5 without writing a line' 'the reason'
ends_with 3 dmon --ready fd:5 sh -c 'exit 3' 2>err
has err 'before it was ready' || fail 'the reason of a command that ended'
ends_with 124 dmon --ready fd:5 true 2>err
ends_with 0 dmon -1 --ready fd:5 true
ends_with 127 dmon --ready fd:5 ./nothing 2>err
equal "$(lines err)" 1 'lines about a program that there is not'
nothing_left 'sleep 1004'

# While it waits it answers, and can be told to end, by itself or by its caller.
dmon -p w.pid --ready file:nowhere sleep 1005 2>err & caller=$!
wait_for '[ -s w.pid ]'
wait_for 'dmonctl is starting sleep'
kill -USR1 "$(cat w.pid)"
wait_for 'has err "command starting, pid"'
kill "$(cat w.pid)"
joined $caller 143
dmon -p w.pid --ready file:nowhere sleep 1005 & caller=$!
wait_for 'dmonctl is starting sleep'
kill $caller
joined $caller 143
[ ! -e w.pid ] || fail 'the pid file is left'
nothing_left 'sleep 1005'

# A gate that closes meanwhile sends the caller back, as at a start that is held.
dmon -p g.pid --ready file:late sleep 1006 & caller=$!
wait_for 'dmonctl is starting sleep'
dmonctl pause sleep
joined $caller 0
dmonctl resume sleep
dmonctl is starting sleep || fail 'it is not starting when it goes on'
touch late
dmonctl wait --for up sleep
stop g.pid

# In the foreground a run that is not ready in time is a failed one. What is for a ready
# command comes when it is ready; dmonctl restart waits for that.
cat >second <<'END'
[ "$DMON_RUN" -gt 1 ] || exec sleep 1007
sleep 0.1; : >"ready$DMON_RUN"; echo >&3; exec sleep 1007
END
dmon -n --min-uptime 0 --ready fd:3 --ready-timeout 300ms --on ready='sh -c "ls ready* >hook; cat >>hook"' -p r.pid sh ./second 2>err &
wait_for 'has hook "\"event\":"' # written in two steps
equal "$(head -1 hook)" ready2 'what there was when it was ready'
has hook '"event":"ready"' || fail 'the event of the hook'
has err 'the command is not ready after 300ms' || fail 'it is not told'
dmonctl restart sh
[ -e ready3 ] || fail 'restarted before it was ready'
stop r.pid
