# F67: a job of an interactive shell that is moved between front and background.
. "$LIB"
need python3 python3
need less less
need pgrep procps
row F67 'jobs to the front, and terminals lent'
ulimit -c 0

cat >resized.py <<'X'
import os, signal, sys
signal.signal(signal.SIGWINCH, lambda *_: print("resized", flush=True))
open("ready", "w").close()
while True: signal.pause()
X
cat >keys.py <<'X'
import os, subprocess, sys
sys.path.insert(0, os.environ["DATA"])
from ptys import *

sh = Shell()
files = "-p d.pid --cmd-pid-file c.pid"

def run(*argv):
    return subprocess.run(argv, capture_output=True, text=True).stdout

def there(path):
    wait_for(lambda: os.path.exists(path), path)

def over():
    for f in ("d.pid", "c.pid", "ready"):
        wait_for(lambda: f == "ready" or not os.path.exists(f), "the end of " + f)
        os.path.exists(f) and os.remove(f)

# Started in the background, or moved there, and brought back while it runs: bash
# says nothing to it, so that the first key finds dmon in front.
for moved in (False, True):
    for key, status in (("\x03", 130), ("\x1c", 131)):
        if moved:
            sh.line("dmon -n --tty -m 0 %s sleep 1000" % files)
            sh.in_front(number("c.pid"))
            sh.type("\x1a")
            sh.want("Stopped")
            sh.prompt()
            sh.run("bg")
        else:
            sh.run("dmon -n --tty -m 0 %s sleep 1000 &" % files)
            number("c.pid")
        wait_for(lambda: words("c.pid") and state(number("c.pid")) == "S", "a command that runs")
        sh.line("fg")
        sh.in_front(number("d.pid"))
        sh.type(key)
        sh.prompt()
        sh.status(status)
        over()

# A change of size is for the command as well, and what follows too.
sh.run("dmon -n --tty -m 0 %s python3 resized.py &" % files)
there("ready")
sh.line("fg")
sh.in_front(number("d.pid"))
sh.resize(33, 99)
sh.want("resized")
sh.in_front(number("c.pid"))
sh.resize(34, 99)
sh.want("resized")
sh.type("\x1c")
sh.prompt()
sh.status(131)
over()

# One that reads when it is in front already.
sh.line("dmon -n --tty -m 0 %s sh -c 'until [ -e go ]; do sleep 0.05; done; read x; echo got-$x' &" % files)
sh.prompt()
number("c.pid")
sh.line("fg")
sh.in_front(number("d.pid"))
open("go", "w").close()
sh.in_front(number("c.pid"))
sh.type("word\r")
sh.want("got-word")
sh.prompt()
sh.status(0)
over()

# A pager at the end of the pipeline asks for the terminal, and gets it.
sh.line("dmon -n --tty -m 0 seq 2000 | less")
sh.insist("G", lambda: b"\n2000" in sh.out, "the last page")
mark = len(sh.out)
sh.insist("q", lambda: b">>> " in sh.out[mark:], "the end of less")
sh.seen = len(sh.out)
sh.type("\x15")
sh.run("")
sh.lacks("Stopped (")
# Nobody takes it from a pager unasked.
whose = "dmon -n --tty -m 0 python3 -c 'import os; print(\"mine\", os.tcgetpgrp(2) == os.getpgrp())'"
sh.line(whose + " | cat")
sh.want("mine False")
sh.prompt()
sh.line(whose)
sh.want("mine True")
sh.prompt()
# Also while the command is up; then ^C is the command's again.
sh.line("dmon -n --tty -m 0 %s sh -c 'seq 2000; exec sleep 1000' | less" % files)
dmon = number("d.pid")
sh.in_front(dmon)
sh.insist("q", lambda: not run("pgrep", "-g", str(dmon), "less"), "the end of less")
sh.in_front(dmon)
sh.type("\x03")
sh.prompt()
over()

# Without --tty: a reader in the background has TTIN stop the whole job.
sh.run("dmon -n -m 0 %s cat &" % files)
dmon = number("d.pid")
wait_for(lambda: state(dmon) == "T", "a stopped dmon")
cmd = run("pgrep", "-P", str(dmon)).split()
check([state(int(pid)) for pid in cmd] == ["T"], "the command is not stopped: %s" % cmd)
# One that bash has not heard of would not be continued by it.
mark = len(sh.out)
sh.insist("jobs\r", lambda: b"Stopped" in sh.out[mark:], "a job that is known to be stopped")
sh.line("echo in-step")
sh.want("in-step")
sh.prompt()
sh.line("fg")
sh.in_front(dmon)
sh.type("words\r")
sh.want("words")
sh.type("\x04")
sh.prompt()
sh.status(0)
over()
sh.line("exit")
sh.end()
X
python3 keys.py || fail "see above"

# TTIN and TTOU mean what TSTP means, off a terminal too.
for sig in TSTP TTIN TTOU; do
	for wait in '' '-i 1h'; do
		set -m
		dmon -n -v --backoff 1h $wait --cmd-pid-file c.pid sleep 1000 2>said &
		dmon=$!
		set +m
		wait_for '[ -s c.pid ]'
		cmd=$(cat c.pid)
		kill -$sig $dmon
		wait_for '[ "$(state $dmon)" = T ] && paused $cmd'
		kill -CONT $dmon
		wait_for '[ "$(state $dmon)" = S ] && ! paused $cmd'
		kill $dmon
		joined $dmon 143
	done
done

# A daemon is not stopped by them.
dmon -p d.pid --cmd-pid-file c.pid --min-uptime 0 bash -c 'trap "echo >>continued" CONT; while :; do sleep 0.02; done'
dmon=$(cat d.pid)
cmd=$(cat c.pid)
for sig in TSTP TTIN TTOU; do kill -$sig $dmon; done
kill $cmd
wait_for '[ -s c.pid ] && [ "$(cat c.pid)" != $cmd ]'
holds '[ "$(state $dmon)" != T ]' "the daemon is stopped"
holds '[ ! -e continued ]' "the command of a daemon was stopped and continued"
stop d.pid

# Nor is its launcher deaf to them.
mkfifo fifo
set -m
dmon -p d.pid --cmd-pid-file c.pid --stdin fifo sleep 1000 &
launcher=$!
set +m
wait_for '[ -s d.pid ]'
kill -TSTP $launcher
wait_for '[ "$(state $launcher)" = T ]'
: >fifo
kill -CONT $launcher
joined $launcher 0
stop d.pid
