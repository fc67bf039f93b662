# dmon is a service of Type=notify for who has started it, and costs nothing otherwise.
. "$LIB"
need python3 python3
need systemd-analyze systemd
export DMON_DIR=$PWD/names

# What a manager is told, checked to the letter: who says it, in which words, how often.
cat >manager <<'END'
import os, re, socket, struct, sys, time
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
a = sys.argv[1]
s.bind("\0" + a[1:] if a[0] == "@" else a)
out = open(sys.argv[2], "w", buffering=1)
known = re.compile(r"(READY=1|STOPPING=1|RELOADING=1|WATCHDOG=1|MONOTONIC_USEC=\d+|EXTEND_TIMEOUT_USEC=\d+|STATUS=[^\x00-\x1f]*)\Z")
print("listens", file=out)
while os.path.exists("deaf"):
    time.sleep(0.01)
while True:
    data, control, flags, _ = s.recvmsg(8192, 4096)
    pid = struct.unpack("3i", control[0][2])[0]
    for line in data.decode().split("\n"):
        if not known.match(line):
            print("WRONG", repr(line), file=out)
    if data == b"WATCHDOG=1":
        print("beat", file=out)
    else:
        print(pid, data.decode().replace("\n", "|"), file=out)
END
manager() { python3 manager "$1" "$2" & managers+=("$!"); wait_for "has $2 listens"; }
managers=()
trap 'kill "${managers[@]}"' EXIT
words() { grep -v '^beat\|listens' "$1" | sed 's/^[0-9]* //; s/pid [0-9]*/pid N/'; }

manager "$PWD/sock" told
cat >serve <<'END'
env >env; read -r _ <go; : >there
[ "$DMON_RUN" -gt 1 ] || { read -r _ <go; exit 3; }
exec sleep 1030
END
mkfifo go
NOTIFY_SOCKET=$PWD/sock WATCHDOG_USEC=1000000 dmon -n -p s.pid --min-uptime 0 --name s --ready file:there bash serve -- sh -c 'env >logenv; cat' & dmon=$!
wait_for 'has told "STATUS=command starting, pid"'
lacks told READY || fail 'it is ready before the command is'
echo >go
wait_for 'has told READY=1'
dmonctl pause s
dmonctl resume s
wait_for '[ "$(count beat told)" -ge 3 ]'
rm there
echo >go
wait_for 'has told "run 2"'
dmonctl wait --for up s & waits=$!
echo >go
wait $waits
kill $dmon
joined $dmon 143
wait_for 'has told STOPPING'
equal "$(words told)" 'STATUS=command starting, pid N, run 1
READY=1|STATUS=command up, pid N, run 1
STATUS=command paused: by request (dmonctl resume), pid N, run 1
STATUS=command up, pid N, run 1
STATUS=command exited with status 3
STATUS=command starting, pid N, run 2
STATUS=command up, pid N, run 2
STOPPING=1|STATUS=command leaving: signal TERM, pid N, run 2
STATUS=command stopping, pid N, run 2
STATUS=command was ended by TERM' 'what it was told'
equal "$(awk '/^[0-9]/ { print $1 }' told | sort -u)" $dmon 'who has told it'
lacks told WRONG || fail 'it was told wrong'
! grep -q '^\(NOTIFY_SOCKET\|WATCHDOG\)' env logenv || fail 'it leaks'

# What the command says goes on to the manager; and a manager that is slow misses nothing.
: >deaf
manager @dmon-test-$$ slow
cat >talks <<'END'
for i in {1..40}; do systemd-notify STATUS="$i"; done
systemd-notify EXTEND_TIMEOUT_USEC=5000000
systemd-notify --ready
systemd-notify RELOADING=1; systemd-notify --ready --status=done
: >talked
exec sleep 1031
END
NOTIFY_SOCKET=@dmon-test-$$ dmon -n --ready notify bash talks & dmon=$!
wait_for '[ -e talked ]'
rm deaf
wait_for 'has slow done'
kill $dmon
joined $dmon 143
wait_for 'has slow STOPPING'
equal "$(count READY=1 slow)" 2 'how often it was ready'
grep -q 'RELOADING=1|MONOTONIC_USEC=[1-9]' slow || fail 'it was not told of the reload'

# A daemon, and one that is meant for another process, say nothing. Nobody is no trouble.
manager "$PWD/other" quiet
NOTIFY_SOCKET=$PWD/other dmon -p d.pid sleep 1032
stop d.pid
NOTIFY_SOCKET=$PWD/nobody ends_with 3 dmon -n -m 0 sh -c 'exit 3' 2>err
has err 'cannot tell the service manager' || fail 'it does not say that nobody listens'
NOTIFY_SOCKET=$PWD/other WATCHDOG_USEC=10 WATCHDOG_PID=1 ends_with 0 dmon -n -m 0 true
wait_for 'has quiet STOPPING'
lacks quiet beat || fail 'it is watched in the place of another'

# The unit of the manual.
sed -n '/^\[Unit\]/,/^\.Ed/ { /^\.Ed/d; s/\\&//g; p; }' "$DATA/../../../man/dmon.8" >vfand.service
sed -i "s|/usr/sbin/vfand|$(command -v sleep)|; s|/usr/bin/dmon|$(command -v dmon)|; s|dsyslog|$(command -v dsyslog)|" vfand.service
has vfand.service Type=notify || fail 'the manual has no unit'
systemd-analyze verify --man=no ./vfand.service 2>verdict || fail "$(cat verdict)"
lacks verdict vfand || fail "$(cat verdict)"
