# ^C is why dmon ends: it dies of INT itself, so that a shell gives up the loop it
# is in, whether INT ended the command, and dmon would have ended anyway, or no
# command was up that could have had the key. A graceful end has its time.
. "$LIB"
need python3 python3

cat >keys.py <<'X'
import os, sys
sys.path.insert(0, os.environ["DATA"])
from ptys import *

INT = -signal.SIGINT


def dmon(*argv):
    return Terminal("dmon", "-n", *argv)


# dmon hears of the key now and then after the death: often enough, that would show.
for options in (["-m", "0"], ["--no-respawn-on", "INT"], ["--give-up", "1/1m"], ["-1", "--success", "0,INT"]):
    for _ in range(10):
        t = dmon(*options, "sh", "-c", "echo ready; exec sleep 1000")
        t.want("ready")
        t.type("\x03")
        check(t.end() == INT, "%s: not by INT" % options)

# Nothing is up.
for options, script in ((["-v", "--backoff", "1h:1h"], "exit 3"), (["-v", "-i", "1h"], "exit 0")):
    for log in ([], ["--", "cat"]):
        t = dmon(*options, "sh", "-c", script, *log)
        t.want("starts again in")
        t.type("\x03")
        check(t.end() == INT, "%s %s: not by INT" % (options, log))

# TERM is no key, and what the command says counts.
t = dmon("-v", "--backoff", "1h:1h", "sh", "-c", "exit 3")
t.want("starts again in")
os.kill(t.pid, signal.SIGTERM)
check(t.end() == 3, "TERM in a delay")

# A command that handles it has the time of the first step, in peace: no TERM comes
# after a second, and the terminal is told what is awaited.
slow = 'trap "echo int; read x; echo saved; exit 7" INT; trap "echo term" TERM; echo ready; while :; do sleep 0.02; done'
t = dmon("-k", "1h", "bash", "-c", slow)
t.want("ready")
t.type("\x03")
t.want("waiting for the command to end")
t.want("kills it at once")
t.type("go on\r")
t.want("saved")
check(t.end() == 7, "the command's status")
t.lacks("term\r")

# A second one, later, is not so patient.
t = dmon("-k", "1h", "bash", "-c", slow)
t.want("ready")
t.type("\x03")
t.want("kills it at once")
t.type("\x03")
check(t.end() == 137, "the second ^C")

# What comes at once is the same.
t = dmon("-k", "1h", "bash", "-c", slow)
t.want("ready")
t.type("\x03\x03\x03")
t.want("kills it at once")
t.type("go on\r")
check(t.end() == 7, "three ^C at once")
X
python3 keys.py || fail "see above"
