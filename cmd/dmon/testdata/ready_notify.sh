# --ready notify and --watchdog: what COMMAND says of itself by sd_notify(3), who is heard,
# and what it means that nothing is said.
. "$LIB"
need systemd-notify systemd
need redis-server redis-server
need haproxy haproxy
need python3 python3
export DMON_DIR=$PWD/names
chmod 755 .

cat >say <<'END'
import os, socket, sys, time
a = os.environ["NOTIFY_SOCKET"]
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.connect("\0" + a[1:] if a[0] == "@" else a)
for text in sys.argv[1:]:
    if text == "BARRIER=1":
        r, w = os.pipe()
        socket.send_fds(s, [text.encode()], [w])
        os.close(w)
        os.read(r, 1)
    elif text == "stay":
        time.sleep(1000)
    elif text == "gone":
        os._exit(0)
    else:
        s.send(text.replace("|", "\n").encode())
END
text() { dmonctl --json status "$1" | sed -n 's/.*"text":"\([^"]*\)".*/\1/p'; }

# READY in the second line. What was said is carried out when a BARRIER is through. Who is
# gone before he is heard is heard all the same; what is not of the tree is not.
cat >main <<'END'
env >env
python3 say 'UNKNOWN=1|READY=1|STATUS=one' BARRIER=1
dmonctl is ready n && touch barrier
python3 say STATUS=two gone
read -r _ <go
exec sleep 1020
END
mkfifo go
dmon -p n.pid --name n --ready notify -I n.info --info-format json bash main 2>err
wait_for '[ "$(text n)" = two ]'
[ -e barrier ] || fail 'the barrier was through before READY was heard'
socket=$(sed -n 's/^NOTIFY_SOCKET=//p' env)
[ -S "$socket" ] || fail "no socket $socket"
NOTIFY_SOCKET=$socket python3 say STATUS=stranger BARRIER=1
NOTIFY_SOCKET=$socket python3 say STATUS=stranger gone
NOTIFY_SOCKET=$socket python3 say READY=1 BARRIER=1
equal "$(text n)" two 'the text after a stranger has said his'
echo >go
stop n.pid
[ ! -e "$socket" ] || fail 'the socket is left'
lacks env WATCHDOG || fail 'there is a watchdog that nobody asked for'

# Its main process may be another, of its own; then that is the one that counts.
cat >fork <<'END'
sleep 1021 & echo $! >child
python3 say "MAINPID=1" "MAINPID=$!|READY=1" BARRIER=1
END
dmon -p f.pid --name f --ready notify --cmd-pid-file c.pid -I f.info bash fork 2>err
has err 'names process 1 as its main process, which is none of its own' || fail "a stranger is the main process: $(cat err)"
wait_for '[ "$(cat c.pid)" = "$(cat child)" ]'
alive "$(cat child)" || fail 'it was ended with the one before'
kill "$(cat child)"
wait_for '[ "$(cat c.pid 2>/dev/null || cat child)" != "$(cat child)" ]'
equal "$(head -n 4 f.info | count 'cmd exit' -)" 2 'ends of main processes' # the next run may have come as far
stop f.pid

# More time, asked for in time.
ends_with 0 dmon -1 --ready notify --ready-timeout 700ms bash -c 'python3 say EXTEND_TIMEOUT_USEC=30000000; sleep 0.8; python3 say READY=1'
ends_with 124 dmon --ready notify --ready-timeout 300ms sleep 1022 2>err
equal "$(cat err)" 'dmon: the command is not ready after 300ms: it has not said READY=1' 'the reason'

# STOPPING, and then nothing: the time of the first step, and the next.
ends_with 137 dmon -n -m 0 -k 300ms --ready notify bash -c 'trap : TERM; python3 say READY=1 STOPPING=1; while :; do sleep 1; done' 2>err

# Nobody else knows of it: not the log command, a job, or the command of a second dmon;
# nor does ours learn of what our own caller was told.
look='env >$1; exec sleep 1023'
export NOTIFY_SOCKET=$PWD/nobody WATCHDOG_USEC=5 WATCHDOG_PID=1
dmon -p l.pid --ready notify --on start='sh -c "env >job"' bash -c 'systemd-notify --ready; exec dmon -n sh -c "env >second; exec sleep 1023"' -- sh -c "$look" log log
wait_for '[ -s job ] && [ -s log ] && [ -s second ]'
! grep -q '^\(NOTIFY_SOCKET\|WATCHDOG\)' job log second || fail 'it leaks'
stop l.pid
dmon -p o.pid sh -c "$look" cmd cmd
! grep -q '^\(NOTIFY_SOCKET\|WATCHDOG\)' cmd || fail 'what our caller was told leaks'
stop o.pid
unset NOTIFY_SOCKET WATCHDOG_USEC WATCHDOG_PID

# Other users; and where there is no place for a file.
dmon -n -1 --ready notify -I own.info --info-format json systemd-notify --ready
has own.info '"event":"ready"' || fail 'what it says in the name of its parent is not heard'
dmon -p u.pid --ready notify -u nobody bash -c 'systemd-notify --ready; exec sleep 1024'
stop u.pid
dmon -p s.pid --ready notify su -s /bin/bash nobody -c 'systemd-notify --ready; exec sleep 1024'
stop s.pid
mkdir -m 755 open
setpriv --reuid nobody --regid nogroup --clear-groups env DMON_DIR="$PWD/open" "$(command -v dmon)" -1 --name '' --ready notify bash -c '[ "${NOTIFY_SOCKET:0:1}" = @ ]; systemd-notify --ready'
mkdir -m 700 own; chown nobody own
setpriv --reuid nobody --regid nogroup --clear-groups env DMON_DIR="$PWD/own" "$(command -v dmon)" -1 --ready notify bash -c '[ -S "$NOTIFY_SOCKET" ]; python3 say READY=1 gone'

# Silence is what the watchdog hears, but not in a pause.
cat >ping <<'END'
env >"env$DMON_RUN"; echo $$ >"number$DMON_RUN"
systemd-notify --ready
while [ ! -e "hang$DMON_RUN" ]; do sleep 0.1; systemd-notify WATCHDOG=1; done
exec sleep 1025
END
dmon -p w.pid --name w --ready notify --watchdog 1500ms -I w.info --info-format json bash ping 2>err
has env1 WATCHDOG_USEC=1500000 || fail 'the time'
has env1 "WATCHDOG_PID=$(cat number1)" || fail 'whom it is for'
dmonctl pause w
nap 1.7
dmonctl resume w
equal "$(count '"event":"exit"' w.info)" 0 'runs that were ended for being silent in a pause'
touch hang1
wait_for '[ -s number2 ]'
has w.info '"event":"reach","pid":'"$(cat number1)" || fail 'it is not told'
has w.info '"cause":"watchdog"' || fail 'the cause'
stop w.pid

# Real ones.
printf '%s\n' 'defaults' 'timeout connect 1s' 'timeout client 1s' 'timeout server 1s' 'frontend f' "bind unix@$PWD/h.sock" 'default_backend b' 'backend b' 'server s 127.0.0.1:1' >h.cfg
dmon -p r.pid --name redis --ready notify redis-server --port 0 --unixsocket r.sock --supervised systemd
equal "$(text redis)" 'Ready to accept connections' 'what redis says'
[ -S r.sock ] || fail 'redis is not ready'
dmon -p h.pid --name haproxy --ready notify -I h.info --info-format json haproxy -Ws -f h.cfg
[ -S h.sock ] || fail 'haproxy is not ready'
kill -USR2 "$(dmonctl --json status haproxy | sed 's/.*"command":{"pid":\([0-9]*\).*/\1/')"
wait_for '[ "$(count "\"event\":\"reload\".*\"met\":false" h.info)" -ge 1 ]'
stop h.pid
stop r.pid
