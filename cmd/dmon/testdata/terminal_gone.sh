# F66: the terminal goes away under --tty: dmon ends as after HUP, with its grace
# time, and starts nothing on a dead terminal.
. "$LIB"
need python3 python3
need nohup coreutils
need tmux tmux
need script bsdutils
row F66 'the terminal is gone'

# Deaf to HUP, and takes its time to save: it is to be told, and not killed.
cat >saver.py <<'X'
import os, signal, sys, time
def save(*_):
    print("saving", file=open("saved", "a"))
    for _ in range(5):
        select.select([], [], [], 0.1)
    print("saved", file=open("saved", "a"))
    os._exit(0)
import select
signal.signal(signal.SIGTERM, save)
if len(sys.argv) > 1:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
print("run", file=open("runs", "a"))
while True: signal.pause()
X
cat >gone.py <<'X'
import os, sys
sys.path.insert(0, os.environ["DATA"])
from ptys import *

dmon = "dmon -n --tty --min-uptime 0 -p d.pid --cmd-pid-file c.pid "

def case(what, *argv, save=False, close=None):
    for f in ("runs", "saved", "d.pid", "c.pid"):
        os.path.exists(f) and os.remove(f)
    t = Terminal(*argv)
    wait_for(lambda: words("runs"), "a run: " + what)
    pids = number("d.pid"), number("c.pid")
    if close:
        close(t)
    else:
        t.hang_up()
    wait_for(lambda: all(gone(p) for p in pids), "the end of dmon and its command: " + what)
    check(words("runs") == ["run"], "%s: %d runs" % (what, len(words("runs"))))
    if save:
        check(words("saved") == ["saving", "saved"], "%s: the command did not save: %s" % (what, words("saved")))
    if not close:
        t.end()

def dead(t):
    os.kill(t.pid, signal.SIGKILL)
    t.end()

for deaf in ("", " deaf"):
    cmd = dmon + "python3 saver.py" + deaf
    for sh in ("dash", "bash"):
        case(sh + deaf, sh, "-c", cmd + "; :", save=deaf)
        case("exec " + sh + deaf, sh, "-c", "exec " + cmd, save=deaf)
    case("below a script" + deaf, "dash", "-c", "dash -c '" + cmd + "; :'; :", save=deaf)
    case("script(1)" + deaf, "script", "-qc", "sh -c '" + cmd + "; :'", "/dev/null", save=deaf, close=dead)

# The leader of the session ends, while the terminal is there still.
case("a dead shell", "dash", "-c", dmon + "python3 saver.py; :", close=dead)

# A pane of tmux.
os.mkdir("sock", 0o700)
os.environ["TMUX_TMPDIR"] = os.path.abspath("sock")
import subprocess
def killed(t):
    subprocess.run(["tmux", "-L", "gone", "kill-server"], check=True)
    t.end()
case("tmux", "tmux", "-L", "gone", "-f", "/dev/null", "new", "sh -c '" + dmon + "python3 saver.py deaf; :'", save=True, close=killed)

# A window with an interactive bash is closed: HUP comes from it and from the kernel.
for option in ("", "--tty "):
    for f in ("runs", "saved", "d.pid", "c.pid"):
        os.path.exists(f) and os.remove(f)
    sh = Shell()
    sh.line(dmon.replace("--tty ", option) + "python3 saver.py deaf")
    wait_for(lambda: words("runs"), "a run under bash")
    pids = number("d.pid"), number("c.pid")
    sh.in_front(pids[1])
    sh.hang_up()
    wait_for(lambda: all(gone(p) for p in pids), "the end of dmon and its command under bash")
    check(words("runs") == ["run"] and words("saved") == ["saving", "saved"], "under bash: %s %s" % (words("runs"), words("saved")))
    sh.end()

# nohup: the command goes on until it ends, and is not started again.
t = Terminal("sh", "-c", "nohup " + dmon + "sh -c 'echo run >>runs; until [ -e go ]; do sleep 0.05; done; echo ended >>runs' </dev/tty >out 2>&1; :")
os.remove("runs")
wait_for(lambda: words("runs"), "a run")
pid = number("d.pid")
t.hang_up()
t.end()
check(not gone(pid), "dmon has ended")
open("go", "w").close()
wait_for(lambda: gone(pid), "the end of dmon")
check(words("runs") == ["run", "ended"], "runs: %s" % words("runs"))
X
python3 gone.py || fail "see above"
