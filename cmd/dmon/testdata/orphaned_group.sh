# F67: ^Z where nobody could resume what it stops: dmon is the first program of a
# terminal, as under xterm -e or ssh -t. The kernel spares such a process group.
. "$LIB"
need python3 python3
row F67 '^Z in an orphaned process group'

cat >counts.py <<'X'
# As cat, and says how often it was continued.
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)  # python's own way loses one now and then
signal.signal(signal.SIGCONT, lambda *_: open("continued", "a").write("again\n"))
print("ready", flush=True)
for line in sys.stdin:
    print("got", line, end="", flush=True)
X
cat >first.py <<'X'
import os, sys
sys.path.insert(0, os.environ["DATA"])
from ptys import *

for inner in (False, True):  # below a script, too
    for option in ([], ["--tty"]):
        argv = ["dmon", "-n", *option, "-m", "0", "-p", "d.pid", "--cmd-pid-file", "c.pid", "python3", "counts.py"]
        if inner:
            argv = ["sh", "-c", " ".join(argv) + " 2>said; echo status=$?="]
        else:
            argv = ["sh", "-c", "exec " + " ".join(argv) + " 2>said"]
        t = Terminal(*argv)
        t.want("ready")
        dmon, cmd = number("d.pid"), number("c.pid")
        t.in_front(cmd)
        for word in ("one", "two"):
            t.type("\x1a")
            t.type(word + "\n")
            t.want("got " + word)
        os.kill(dmon, signal.SIGUSR1)
        wait_for(lambda: "up," in words("said"), "an answer of dmon's")
        if not option:
            check(not words("continued"), "the command was stopped and continued")
        for sig in (signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU):
            os.kill(dmon, sig)
        if option:  # STOP is no key: what it stops stays so, and only that
            os.kill(cmd, signal.SIGSTOP)
            wait_for(lambda: state(cmd) == "T", "a stopped command")
            os.kill(dmon, signal.SIGUSR1)
            wait_for(lambda: words("said").count("up,") == 2, "an answer of dmon's")
            check(state(cmd) == "T", "the command goes on after STOP")
            os.kill(cmd, signal.SIGCONT)
        t.type("\x03")
        if inner:
            wait_for(lambda: gone(dmon), "the end of dmon")
        status = t.end()
        check(status in (-signal.SIGINT, 128 + signal.SIGINT, 0), "status %d" % status)
        wait_for(lambda: gone(cmd), "the end of the command")
        os.path.exists("continued") and os.remove("continued")
        os.remove("said")
X
python3 first.py || fail "see above"
