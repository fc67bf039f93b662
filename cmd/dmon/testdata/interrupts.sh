# F68: ^C and loops of shells; dying of INT, and where that cannot be. A shell goes
# on with its loop unless INT has ended the program: a status of 130 is not enough.
. "$LIB"
need python3 python3
row F68 'INT ignored, ^C between runs'

cat >itself.py <<'X'
import os, signal
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.kill(os.getpid(), signal.SIGINT)
X
cat >keys.py <<'X'
import os, sys, time
sys.path.insert(0, os.environ["DATA"])
from ptys import *

INT = -signal.SIGINT

def loop(dmon, up, text="for i in 1 2; do echo turn-$i; %s; done; echo the-end", shells=("bash", "dash"), ends=True):
    """^C in a loop of a script, when up says so."""
    for shell in shells:
        for f in ("c.pid", "said"):
            os.path.exists(f) and os.remove(f)
        t = Terminal(shell, "-c", text % dmon)
        up(t)
        t.type("\x03")
        if ends:
            check(t.end() == INT, "^C does not end a loop of %s around %s" % (shell, dmon))
            t.lacks("turn-2")
            t.lacks("the-end")
        else:
            t.want("turn-2")
            up(t)
            t.type("\x03")
            t.end()

def in_run(t):
    t.in_front(number("c.pid"))

def in_delay(t):
    t.want("starts again in")

# In a run.
loop("dmon -n --cmd-pid-file c.pid sleep 1000", in_run)
loop("dmon -n --tty -m 0 --cmd-pid-file c.pid sleep 1000", in_run)
# Between two, after whatever status.
for tty in ("", "--tty "):
    loop("dmon -n -v %s--backoff 1h false" % tty, in_delay)
    loop("dmon -n -v %s-i 1h true" % tty, in_delay)
    loop("dmon -n -v %s--backoff 1h sh -c \"exit 130\"" % tty, in_delay)
# Before the first.
loop("dmon -n -v --min-memory 99.9% --cmd-pid-file c.pid sleep 1000", lambda t: t.want("held"))

# Of the same kind by itself.
for argv in (["sleep", "1000"], ["--tty", "sleep", "1000"]):
    t = Terminal("dmon", "-n", "-m", "0", "--cmd-pid-file", "c.pid", *argv)
    in_run(t)
    t.type("\x03")
    check(t.end() == INT, "not dead of INT: %s" % argv)
# A command that ends by itself with 130, or after ^C with a status of its own, has
# not been interrupted, nor have we.
t = Terminal("dmon", "-n", "-m", "0", "--tty", "sh", "-c", "exit 130")
check(t.end() == 130, "dead of INT for a status of 130")
t = Terminal("dmon", "-n", "-m", "0", "--cmd-pid-file", "c.pid", "sh", "-c", "trap 'exit 5' INT; echo up; while :; do sleep 0.05; done")
t.want("up")
in_run(t)
t.type("\x03")
check(t.end() == 5, "the status is not the command's")

# A command that died of INT before we have heard of the key.
t = Terminal("dmon", "-n", "-m", "0", "python3", "itself.py")
check(t.end() == INT, "not dead of INT without the key")
# It is started again no sooner than we can have heard.
began = time.monotonic()
t = Terminal("dmon", "-n", "-m", "5", "--min-uptime", "0", "sh", "-c", "kill -INT $$")
t.end()
check(time.monotonic() - began >= 0.5, "started again at once after INT")

# INT ignored at the start: 130, and no hang.
for option in ([], ["--tty"]):
    t = Terminal("env", "--ignore-signal=INT", "dmon", "-n", "-m", "0", *option, "python3", "itself.py")
    check(t.end() == 130, "the status with INT ignored")

# The log command is out of the way of ^C.
t = Terminal("dmon", "-n", "--cmd-pid-file", "c.pid", "sh", "-c", "echo up; exec sleep 1000", "--",
             "sh", "-c", "trap 'echo hit >hit' INT; while read x; do echo $x; done >log; echo read >>log")
wait_for(lambda: words("log"), "a line in the log")
in_run(t)
t.type("\x03")
check(t.end() == INT, "not dead of INT with a log command")
check(words("log") == ["up", "read"] and not os.path.exists("hit"), "the log command was interrupted")

# An INT that a process has sent is no key: the command is told by the stop sequence.
for option in ([], ["--tty"], ["-u", "nobody"]):
    t = Terminal("dmon", "-n", "-k", "1h", "-p", "d.pid", *option, "sh", "-c",
                 "trap 'exit 7' TERM; trap 'exit 8' INT; echo up; while :; do sleep 0.05; done")
    t.want("up")
    os.kill(number("d.pid"), signal.SIGINT)
    check(t.end() == 7, "the status after an INT that was sent: %s" % option)

# A stop by others is none of the shell's business.
t = Terminal("dmon", "-n", "--stop-sequence", "INT/10s/KILL", "-p", "d.pid", "--cmd-pid-file", "c.pid", "sleep", "1000")
in_run(t)
os.kill(number("d.pid"), signal.SIGTERM)
check(t.end() == 130, "dead of INT for TERM")
X
python3 keys.py || fail "see above"
