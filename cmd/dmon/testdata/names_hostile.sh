# Whatever clients do at the socket, others are answered, whatever state dmon is in;
# and afterwards it has the descriptors, the memory and the rest that it had.
. "$LIB"
need python3 python3

cat >clients.py <<'T'
import os, socket, sys
path, pid = sys.argv[1], int(sys.argv[2])
STATUS = b'{"method":"dmon.Control.GetStatus"}\0'

def connect():
    s = socket.socket(socket.AF_UNIX)
    s.connect(path)
    return s

def ask(call):
    s = connect()
    s.sendall(call)
    answer = b''
    while not answer.endswith(b'\0'):
        part = s.recv(65536)
        if not part:
            break
        answer += part
    s.close()
    return answer

def fine():
    assert b'"status"' in ask(STATUS)

def offend(*pieces):
    s = connect()
    try:
        for piece in pieces:
            s.sendall(piece)
    except OSError:
        pass # it was hung up on
    return s

def own():
    for line in open('/proc/%d/smaps_rollup' % pid):
        if line.startswith('Anonymous:'):
            return int(line.split()[1])

for _ in range(100):
    fine()
before = own()
for _ in range(1000):
    fine()
print('1000 requests', own() - before)
offend(*[b'x' * 65536] * 16384).close()      # 1 GB without a NUL
fine()
for _ in range(20):
    offend(STATUS * 20000).close()           # and no answer is read
fine()
for odd in (b'[' * 4000, b'{"a":' * 800, b'\xff\xfe' * 2000, b'{"method":"dmon.Control.SetText","parameters":{"text":"' + b'\xc3' * 3900 + b'"}}',
            b'{"method":"dmon.Control.Signal","parameters":{"signal":99999999999999999999}}', b'{"method":"dmon.Control.GetStatus","parameters":[[]]}', b'{', b''):
    answer = ask(odd + b'\0')
    assert b'"error"' in answer or b'"pending"' in answer, (odd[:50], answer)
offend(b'{"method":"dmon.Control.GetEvents","oneway":true,"more":true}\0')
silent = [connect() for _ in range(1000)]
fine()
for s in silent:
    s.close()
half = [offend(b'{"method":') for _ in range(40)]
fine()
deaf = [offend(b'{"method":"dmon.Control.GetEvents","more":true}\0') for _ in range(40)]
for n in range(300):
    assert b'"seq"' in ask(b'{"method":"dmon.Control.SetText","parameters":{"text":"%d"}}\0' % n)
for s in half + deaf:
    s.close()
for _ in range(300):
    offend(STATUS).close()                   # gone before the answer
fine()
print('all', own() - before)
T

# Up, in a pause of the user's own, and while it is ended and does not want to.
dmon --name web/a -p x.pid --stop-sequence TERM/1h/KILL sh -c 'trap "echo >asked" TERM; while :; do sleep 0.1; done'
pid=$(cat x.pid)
fds() { ls "/proc/$pid/fd" | wc -l; }
switches() { cat /proc/$pid/task/*/status | awk '/ctxt/ { n += $2 } END { print n }'; }
dmonctl is up web/a
had=$(fds)
attack() {
	timeout 120 python3 clients.py "$DMON_DIR/web/a/control" "$pid" >said || fail "$1: $(cat said)"
	holds "[ $(sed -n 's/1000 requests //p' said) -le 128 ]" "$1: memory has grown by that many kB: $(cat said)"
	holds "[ $(sed -n 's/all //p' said) -le 768 ]" "$1: memory has grown by that many kB: $(cat said)"
}
attack up
dmonctl pause web/a
attack paused
dmonctl resume web/a
kill "$pid"
wait_for '[ -e asked ]'
attack stopping
# The next event finds out who does not follow any more; then there is rest.
wait_for "[ \$(fds) -le $((had + 8)) ]"
wait_for 'was=$(switches); nap 0.5; [ "$(switches)" = "$was" ]'
insist "$pid"
