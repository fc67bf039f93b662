# A port or a Unix socket counts when a process of COMMAND's tree listens there, and not
# because somebody answers.
. "$LIB"
need socat socat
need ip iproute2
[ "${OWN_NET-}" ] || OWN_NET=1 exec unshare -n bash -eu "$0"
ip link set lo up
export DMON_DIR=$PWD/names

cat >serve <<'END'
import os, socket, sys, time
kind, where, go = sys.argv[1:]
family = socket.AF_UNIX if kind.startswith("unix") else socket.AF_INET6 if where[0] == "[" else socket.AF_INET
s = socket.socket(family, socket.SOCK_DGRAM if kind == "unixgram" else socket.SOCK_STREAM)
if family != socket.AF_UNIX:
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
open("bound-soon", "w").close()
while not os.path.exists(go):
    time.sleep(0.01)
if kind == "child" and os.fork() == 0:
    os.setsid()
elif kind == "child":
    time.sleep(1000)
if family == socket.AF_UNIX:
    s.bind("\0" + where[1:] if where[0] == "@" else where)
    if kind == "unixmoved":
        os.rename(where, "moved")
else:
    host, port = where.rsplit(":", 1)
    s.bind((host.strip("[]"), int(port)))
if kind != "unixgram":
    s.listen()
time.sleep(1000)
END
need python3 python3

# late WHEN KIND WHERE: dmon is not back before the server of that kind is there.
late() {
	local caller
	rm -f go bound-soon
	dmon -p d.pid --ready "$1" --name late python3 serve "$2" "$3" go & caller=$!
	wait_for '[ -e bound-soon ]'
	dmonctl is starting late || fail "$1: it is not starting"
	alive $caller || fail "$1: the caller is back too early"
	: >go
	joined $caller 0
	dmonctl is ready late || fail "$1: it is not ready"
	stop d.pid
}

# An old instance is still on the port, and would answer.
: >now
python3 serve tcp 127.0.0.1:80 now & old=$!
trap 'kill $old' EXIT
wait_for '( : <>/dev/tcp/127.0.0.1/80 )'
late port:80 tcp 127.0.0.1:80
late port:127.0.0.1:80 tcp 0.0.0.0:80
late port:localhost:80 child 127.0.0.1:80
late 'port:[::1]:81' tcp '[::1]:81'
late port:localhost:82 tcp '[::]:82'
ends_with 124 dmon --ready port:80 --ready-timeout 200ms sleep 1010 2>err
equal "$(cat err)" 'dmon: the command is not ready after 200ms: none of its processes listens on port 80' 'the reason'
: >go
ends_with 124 dmon --ready port:127.0.0.2:83 --ready-timeout 400ms python3 serve tcp 127.0.0.1:83 go 2>err

late unix:sock unix sock
[ -S sock ] && rm sock
late "unix:$PWD/sock" unixgram sock
late unix:@abstract unix @abstract
late unix:moved unixmoved temporary
ends_with 124 dmon --ready unix:moved --ready-timeout 200ms sleep 1010 2>err
has err "none of its processes listens on moved" || fail "$(cat err)"
mkdir -p rel && rm -f sock
late unix:rel/sock unix rel/sock

# What listens in a network of its own.
dmon -p d.pid --ready port:80 unshare -n python3 serve tcp 0.0.0.0:80 now
stop d.pid

# Whoever calls dmon can connect right after it.
for i in {1..25}; do
	dmon -p "$i.pid" --ready "port:$((i + 100))" socat "TCP-LISTEN:$((i + 100)),fork,reuseaddr" EXEC:true
	( : <>"/dev/tcp/127.0.0.1/$((i + 100))" ) || fail "connection $i"
	kill "$(cat "$i.pid")"
done
wait_for '! ls ./*.pid 2>/dev/null'
