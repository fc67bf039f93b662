# F28: whoever reads dmon's output is gone; that is no reason to end.
. "$LIB"
need python3 python3
need perl perl
row F28 'readers gone'

set +o pipefail
dmon -n -v -m 0 sh -c 'sleep 0.1; exit 5' 2>&1 | true
equal "${PIPESTATUS[0]}" 5 "dmon's status without a reader"
dmon -n -v --min-uptime 0 -m 30 sh -c 'exit 6' 2>&1 | true
equal "${PIPESTATUS[0]}" 6 "dmon's status without a reader"

# The command is on its own: SIGPIPE ends it as it would without dmon.
dmon -n -m 0 sh -c 'sleep 0.1; echo; echo; echo; exec yes' 2>/dev/null | true
equal "${PIPESTATUS[0]}" 141 "the status of a command without a reader"

# A daemon whose launcher's standard error is gone starts all the same.
dmon -p x.pid sleep 1000 2>&1 | true
wait_for '[ -s x.pid ]'
stop x.pid
# /dev/full takes nothing.
ends_with 4 dmon -n -v -m 0 sh -c 'exit 4' 2>/dev/full
ends_with 125 dmon --help >/dev/full

row F73 'nobody reads our standard output'
# Without a log command that is the end, as it is without dmon. piped PIPELINE: its
# statuses.
piped() { bash -c "$1"'; echo "${PIPESTATUS[*]}"' 2>/dev/null; }
for main in yes '-e sh -c "exec yes >&2"' 'sh -c yes' 'bash -c "yes; exit \$?"' 'perl -e "1 while print qq(y)"'; do
	equal "$(piped "timeout 60 dmon -n --min-uptime 0 $main | head -c 1 >one")" "141 0" "dmon -n $main | head"
done
# A socket is as good.
cat >sock.py <<'X'
import socket, subprocess, sys
ours, theirs = socket.socketpair()
p = subprocess.Popen(["timeout", "60", "dmon", "-n", "--min-uptime", "0", "yes"], stdout=theirs)
theirs.close()
ours.recv(10)
ours.close()
sys.exit(p.wait())
X
ends_with 141 python3 sock.py
# It is another matter where the pipe that broke was not ours, or where the output
# goes to a file or to a log command.
cat >broken.sh <<'X'
echo run >>runs
[ $DMON_RUN = 3 ] && exit 4
kill -PIPE $$
X
d="timeout 60 dmon -n --min-uptime 0 --no-respawn-on 4"
for main in "$d sh broken.sh" "$d sh broken.sh >/dev/null" "$d sh broken.sh | cat" "$d --stdout out sh broken.sh | true" "$d sh broken.sh -- sh -c 'cat >/dev/null' | true"; do
	rm -f runs
	case $(piped "$main") in 4 | '4 0') ;; *) fail "$main did not end with 4" ;; esac
	equal "$(lines runs)" 3 "the runs of $main"
done
