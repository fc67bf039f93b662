# F68: the first process of a pid namespace on a terminal, and signals that Go's
# runtime would answer with a trace of itself.
. "$LIB"
need python3 python3
need unshare util-linux
need setsid util-linux
row F68 'PID 1: ^C; signals of faults'

cat >keys.py <<'X'
import os, sys
sys.path.insert(0, os.environ["DATA"])
from ptys import *

inside = "unshare", "--fork", "--pid", "--mount-proc"
hello = "sh", "-c", "echo up; exec sleep 1000"
# As docker run -it has it, and in the process group of whoever made the namespace.
for leader in ([], ["setsid", "-c"]):
    for tty in ([], ["--tty"]):
        t = Terminal(*inside, *leader, "dmon", "-n", "-m", "0", *tty, *hello)
        t.want("up")
        t.type("\x1a")
        t.type("\x03")
        check(t.end() == 130, "^C: %s" % leader)
    # -n is implied; ^C in a delay, under --tty after a command that had the terminal.
    for tty in ([], ["--tty"]):
        t = Terminal(*inside, *leader, "dmon", "-v", *tty, "--backoff", "1h", "false")
        t.want("starts again in")
        t.type("\x03")
        check(t.end() == 130, "^C in a delay: %s" % (leader + tty))
X
python3 keys.py || fail "see above"

quiet="ABRT BUS FPE ILL SEGV STKFLT SYS TRAP"
# As PID 1 we live, whatever comes, and do not say a word.
unshare --fork --pid --mount-proc dmon -n --cmd-pid-file c.pid sleep 1000 2>said &
unshare=$!
wait_for '[ -s c.pid ]'
dmon=$(pgrep -P $unshare)
for sig in QUIT TTIN TTOU TSTP $quiet 32 33 34 35 50 64; do kill -$sig "$dmon"; done
for sig in QUIT $quiet; do nsenter -t "$dmon" -p -m kill -$sig 1; done
kill -USR1 "$dmon"
wait_for 'has said "command up"'
equal "$(lines said)" 1 "the lines that were said"
holds '[ "$(state "$dmon")" = S ]' "dmon is stopped"
kill "$dmon"
joined $unshare 143

# Otherwise they end us as they end others, and the command gets TERM.
ulimit -c 0
for sig in $quiet; do
	dmon -n --cmd-pid-file c.pid -p d.pid sleep 1000 2>said &
	dmon=$!
	wait_for '[ -s c.pid ]'
	cmd=$(cat c.pid)
	kill -$sig $dmon
	joined $dmon $((128 + $(kill -l $sig))) 2>>job
	wait_for 'gone $cmd'
	equal "$(cat said)" "" "what was said of $sig"
	rm c.pid d.pid
done
# What has no name means nothing.
dmon -n --cmd-pid-file c.pid sleep 1000 2>said &
dmon=$!
wait_for '[ -s c.pid ]'
for sig in 32 33 34 35 50 64; do kill -$sig $dmon; done
kill -USR1 $dmon
wait_for 'has said "command up"'
kill $dmon
joined $dmon 143
# And a child is none the wiser.
ends_with 162 dmon -n -m 0 bash -c 'kill -34 $$'
ends_with 134 dmon -n -m 0 bash -c 'kill -ABRT $$'
