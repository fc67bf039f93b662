# slow
# The user's own test: fails= and works=.
. "$LIB"
need curl curl
need python3 python3
need busybox busybox-static

# A server that takes its time to start, answers for a while, and then takes
# connections and no more: its check hangs, and with it what the check has left.
cat >server.py <<'P'
import os, socket, time
time.sleep(0.5)
s = socket.create_server(("127.0.0.1", 0))
open("port.new", "w").write(str(s.getsockname()[1]))
os.rename("port.new", "port")
for _ in range(2):
    c, _ = s.accept()
    c.recv(999)
    c.sendall(b"HTTP/1.0 200 OK\r\n\r\nwell\n")
    c.close()
open("hangs", "a").write("x\n")
s.listen()
time.sleep(1000)
P
cat >ask <<'A'
env -i setsid sleep 1000 & echo $! >>left
exec curl -sf "http://127.0.0.1:$(cat port)/"
A
dmon -n --check-interval 1 --check-timeout 0.8 --restart-if 'fails=sh ask; exit $?' -I hang.events --info-format json python3 server.py 2>hang.err &
dmon=$!
wait_for '[ $(count "\"task\":\"cmd\",\"event\":\"start\"" hang.events) -ge 2 ]'
holds "[ $(lines hangs) = 1 ]" "it was restarted before it had started: $(cat hang.events)"
kill $dmon
joined $dmon 143
has hang.events 'the check has failed 3 times in a row, it was not done within 800ms (fails=sh ask'
while read -r pid; do holds "gone $pid" "process $pid is left of a check"; done <left
[ "$(lines left)" -ge 5 ]

# Which status makes it true, what is told, and with what dmon ends.
fast='--check-interval 0.1 --check-failures 2'
ends_with 124 timeout 20 dmon -n $fast --stop-if 'fails=echo one; printf "bad\033 weather\n\n" >&2; exit 7' sleep 1000 2>err
holds 'grep -q "the check has failed [0-9]* times in a row, it ended with status 7: bad.* weather (fails=" err' "what was said: $(cat err)"
ends_with 124 timeout 20 dmon -n $fast --stop-if fails=/no/such sleep 1000 2>err
equal "$(count '/no/such: ended with status 127 (not found)$' err)" 1 "how often it was told that there is no check"
ends_with 4 timeout 20 dmon -n $fast -m 0 --restart-if fails=true --send-if USR1:fails=true sh -c 'sleep 1; exit 4'

# A signal and a message come once, and again when it was well in between.
: >well
dmon -n $fast --name mood --send-if 'USR1:fails=test -e well' --tell-if 'fails=test -e well' -I mood.events --info-format json bash -c 'trap "echo usr1 >>got" USR1; while :; do read -rt 0.05 <> <(:) || :; done' 2>/dev/null &
dmon=$!
mood() { count "\"event\":\"tell\".*\"met\":$1" mood.events; }
wait_for 'dmonctl wait --for healthy mood' # its name is there a moment later
nap 0.3
for n in 1 2; do
	rm well
	wait_for "[ \$(lines got) = $n ] && [ \$(mood true) = $n ]"
	ends_with 1 dmonctl is healthy mood
	: >well
	wait_for "[ \$(mood false) = $n ]"
	dmonctl wait --timeout 20 --for healthy mood
done
equal "$(lines got)" 2 "the number of signals"
kill $dmon
joined $dmon 143

# No check is asked while it is paused, nor does one go on.
dmon -n --check-interval 0.05 --name still --restart-if 'fails=echo $$ >>asked; sleep 0.2' sleep 1000 &
dmon=$!
wait_for '[ $(lines asked) -ge 2 ]'
dmonctl pause still
wait_for 'gone $(tail -n 1 asked)'
before=$(lines asked)
nap 0.3
equal "$(lines asked)" "$before" "checks in a pause"
dmonctl resume still
wait_for "[ \$(lines asked) -gt $before ]"

# An end in the middle of a check: nothing is left of that.
kill $dmon
joined $dmon 143
gone "$(tail -n 1 asked)"

# It works: the end of a loop that waits, of one that runs, told and told again.
(nap 0.3; : >done) &
ends_with 0 timeout 20 dmon -n --check-interval 0.1 -i 1h --stop-if 'works=test -e done' true
ends_with 3 timeout 20 dmon -n --check-interval 0.1 --stop-if 'works=test -e done' bash -c 'trap "exit 3" TERM; while :; do read -rt 0.05 <> <(:) || :; done'

# Its surroundings, and output without end that nobody needs.
export NOTIFY_SOCKET=/run/x
cat >look <<'L'
[ "$DMON_EVENT.$DMON_NAME.$DMON_RUN.$DMON_PID.$DMON_CMD_PID" = "check.looked.1.$(cat dmon.pid).$(cat pid)" ] || exit 1
[ -z "${NOTIFY_SOCKET-}${DMON_OPTIONS-}" ] || exit 2
[ "$(cat)" = "" ] || exit 3
! cmp -s /proc/self/cgroup /proc/$DMON_CMD_PID/cgroup || exit 4
[ "$(ls -l /proc/self/fd | awk 'NF > 8 && $9 > 3')" = "" ] || exit 5
head -c 50000000 /dev/zero
: >seen
L
dmon -n -p dmon.pid --cmd-pid-file pid --name looked --check-interval 0.1 --tell-if 'fails=sh look' sleep 1000 2>err &
wait_for '[ -e seen ] || has err failed'
holds "[ -e seen ]" "the check ended otherwise: $(cat err)"
stop dmon.pid
unset NOTIFY_SOCKET

# One that hangs holds up no other. No shell is needed.
mkdir -p image/proc
cp "$(command -v dmon)" "$(command -v busybox)" image/
cat >inside.sh <<'IN'
mount -t proc proc image/proc
exec chroot image /dmon -n --check-interval 0.1 --tell-if 'fails=/busybox sleep 1000' --stop-if 'works=/busybox test -e /done' /busybox sleep 1000
IN
unshare --fork --pid --mount sh -eu inside.sh 2>err &
image=$!
nap 0.3
: >image/done
joined $image 143

# What is wrong is said at the start.
for wrong in --restart-if=works=true --send-if=HUP:works=true --stop-if=fails --tell-if=works= --check-interval=5 '--stop-if=works=x --check-timeout=0' '--stop-if=works=x --check-failures=0' '--stop-if=works=x --check-interval=soon'; do
	ends_with 125 dmon -n $wrong true 2>wrong
	holds "[ -s wrong ]" "nothing is said"
done
