# F58: a COMMAND or a LOGCOMMAND of another user on root's terminal.
. "$LIB"
need python3 python3
row F58 'another user on our terminal'
chmod 755 .
mkdir -m 777 out
: >typed
chmod 600 typed

# What such a process may try. Each line that says OK was not refused.
cat >attack.py <<'X'
import ctypes, fcntl, os, signal, struct, sys, termios
out = open(sys.argv[1], "a")
def attempt(what, call):
    try:
        call()
        print(what, "OK", file=out)
    except OSError as e:
        print(what, e.strerror, file=out)
def push(fd):
    for c in "echo hit >>typed\n":
        fcntl.ioctl(fd, termios.TIOCSTI, c.encode())
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
fds = [fd for fd in (0, 1, 2) if os.isatty(fd)]
try:
    fds.append(os.open("/dev/tty", os.O_RDWR))
    print("/dev/tty OK", file=out)
except OSError:
    pass
pid = os.fork()
if pid == 0:
    os.setsid()  # one that leads no session could be refused for that
for fd in fds:
    attempt("TIOCSTI", lambda: push(fd))
    attempt("tcsetpgrp", lambda: os.tcsetpgrp(fd, os.getpgrp()))
    attempt("TIOCSCTTY", lambda: fcntl.ioctl(fd, termios.TIOCSCTTY, 0))
    attempt("TIOCSCTTY", lambda: fcntl.ioctl(fd, termios.TIOCSCTTY, 1))
    attempt("TIOCSTI", lambda: push(fd))
    modes = termios.tcgetattr(fd)
    modes[3] |= termios.TOSTOP
    termios.tcsetattr(fd, termios.TCSANOW, modes)
if pid == 0:
    os._exit(0)
os.waitpid(pid, 0)
print("done", file=out)
out.close()
X
cat >hears.py <<'X'
import os, signal, sys
names = {signal.SIGINT: "int", signal.SIGQUIT: "quit", signal.SIGWINCH: "winch", signal.SIGTERM: "term"}
def heard(sig, _):
    print("heard", names[sig], flush=True)
    if sig == signal.SIGINT:
        sys.exit(9)
for sig in names:
    signal.signal(sig, heard)
print("ready", os.getuid(), flush=True)
while True: signal.pause()
X
cat >keys.py <<'X'
import os, sys
sys.path.insert(0, os.environ["DATA"])
from ptys import *

sh = Shell()

def attack(line, reports):
    sh.run(line % reports)
    wait_for(lambda: all("done" in words("out/" + r) for r in reports.split()), reports)
    for r in reports.split():
        check("OK" not in words("out/" + r), "%s: %s" % (line, " ".join(words("out/" + r))))
    sh.run("true")
    check(not words("typed"), "the shell was typed into: " + line)

me = "python3 attack.py out/%s"
attack("dmon -n -m 0 -u nobody " + me, "cmd")
attack("dmon -n -m 0 -u nobody " + me + " </dev/null >/dev/null 2>&1", "redirected")
attack("dmon -n -m 0 -u nobody sh -c '" + me + "' </dev/null", "half")
attack("dmon -n -m 0 -U daemon true -- " + me, "log")
attack("dmon -n -m 0 -e -u nobody -U daemon sh -c 'python3 attack.py out/c' -- sh -c 'python3 attack.py out/l; cat >/dev/null; echo %s >/dev/null'", "c l")

# TOSTOP is set by now. dmon speaks from the background all the same.
sh.line("dmon -n -v -m 0 -p d.pid -u nobody sh -c 'until [ -e go ]; do sleep 0.05; done; exit 3' &")
sh.prompt()
number("d.pid")
open("go", "w").close()
wait_for(lambda: not os.path.exists("d.pid"), "the end of dmon in the background")
sh.lacks("Stopped")
sh.run("wait")
sh.run("stty -tostop")

# --tty is refused, with a reason.
sh.line("dmon -n --tty -u nobody touch out/ran")
sh.want("another user who has your terminal")
sh.prompt()
sh.status(125)
check(not os.path.exists("out/ran"), "the command ran")
# But not for who we are.
sh.run("dmon -n --tty -m 0 -u root touch out/ran")
check(os.path.exists("out/ran"), "the command did not run")

# What the keys send is passed on, once.
sh.line("dmon -n -p d.pid --cmd-pid-file c.pid -u nobody python3 hears.py")
sh.want("ready 65534")
dmon, cmd = number("d.pid"), number("c.pid")
sh.in_front(dmon)
sh.type("\x1c")
sh.want("heard quit")
sh.resize(44, 99)
sh.want("heard winch")
# ^Z stops both, fg has both go on.
sh.type("\x1a")
sh.want("Stopped")
sh.prompt()
check(state(dmon) == "T" and state(cmd) == "T", "not stopped: %s %s" % (state(dmon), state(cmd)))
sh.line("fg")
sh.in_front(dmon)
wait_for(lambda: state(cmd) == "S", "a command that goes on")
sh.type("\x03")
sh.want("heard int")
sh.prompt()
sh.status(9)
check(sh.out.count(b"heard int") == 1 and b"heard term" not in sh.out, "more than one INT")

# And ends a loop where it ends the command.
sh.line("for i in 1 2 3; do echo turn-$i; dmon -n --cmd-pid-file c.pid -p d.pid -u nobody sleep 1000; done")
sh.in_front(number("d.pid"))
number("c.pid")
sh.type("\x03")
sh.prompt()
sh.lacks("turn-2")
sh.status(130)

# The terminal goes: so do they.
sh.line("dmon -n -p d.pid --cmd-pid-file c.pid -u nobody sleep 1000")
sh.in_front(number("d.pid"))
dmon, cmd = number("d.pid"), number("c.pid")
sh.hang_up()
wait_for(lambda: gone(dmon) and gone(cmd), "the end of both")
X
python3 keys.py || fail "see above"
