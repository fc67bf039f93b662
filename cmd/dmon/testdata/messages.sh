# --messages, -v, -q, and the line that USR1 gives.
. "$LIB"
private_mounts

run() { dmon -n --min-uptime 0 -m 1 "$@" sh -c 'exit 3'; }
# Failed runs are told: the first, then the 2nd, 4th, 8th in a row; and that -m is used up.
shape() { sed -E 's/pid [0-9]+/pid N/; s/ \[[0-9-]+ [0-9:]+\]$//; s/after [0-9.]+m?s/after T/' "$1"; }
ends_with 3 run 2>err
equal "$(shape err)" "dmon: command exited with status 3 after T
dmon: command exited with status 3 after T (2nd failure in a row)
dmon: leaving: no respawn is left after 2 runs, the last exited with status 3" "what dmon says without -v"
ends_with 143 dmon -n --min-uptime 0 -m 9 sh -c '[ $DMON_RUN != 3 ] || exit 0; kill $$' 2>err
equal "$(shape err)" "dmon: command was ended by TERM after T
dmon: command was ended by TERM after T (2nd failure in a row)
dmon: command was ended by TERM after T
dmon: command was ended by TERM after T (2nd failure in a row)
dmon: command was ended by TERM after T (4th failure in a row)
dmon: leaving: no respawn is left after 10 runs, the last was ended by TERM" "ten runs, of which the third is good"
dmon -n --min-uptime 0 -m 2 true 2>err
equal "$(shape err)" "dmon: leaving: no respawn is left after 3 runs, the last exited with status 0" "three good runs"
ends_with 3 dmon -n --success 3 -m 0 sh -c 'exit 3' 2>err
equal "$(cat err)" "" "what is said of a good run"
ends_with 3 run -q 2>err
equal "$(cat err)" "" "what dmon says with -q"
ends_with 3 run -v 2>err
equal "$(shape err)" "dmon: command started, pid N, run 1
dmon: command exited with status 3 after T
dmon: command started, pid N, run 2
dmon: command exited with status 3 after T (2nd failure in a row)
dmon: leaving: no respawn is left after 2 runs, the last exited with status 3" "what dmon says with -v"
equal "$(grep -cE ' \[20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\]$' err)" 5 "messages with a time"
ends_with 3 run -v --messages none 2>err
equal "$(cat err)" "" "what goes to standard error with none"
ends_with 3 dmon -n -v -m 0 --messages log sh -c 'echo mine; exit 3' -- sh -c 'exec cat >log' 2>err
equal "$(cat err)" "" "what goes to standard error with log"
has log mine
has log 'dmon: command started'
has log 'dmon: command exited with status 3'
ends_with 127 dmon -n -q no-such-command 2>err
has err 'cannot execute "no-such-command"'
# What stands behind -- is easily taken for what it is not.
ends_with 127 dmon -n sh -c true -- README.md 2>err
has err 'cannot execute "README.md"'
has err 'taken for the log command, from behind --; where that belongs to the command, --separator WORD sets another'
ends_with 127 dmon -n 'sleep 1' 2>err
has err 'it is one word'
# A message is a line, and leaves the terminal alone, whatever stands in it.
nasty=$'a\e[2J\ndmon: forged\u202e\u2028b'
for o in -p --cmd-pid-file -I -W --stdin; do
	ends_with 125 dmon -n -m 0 $o "nowhere/$nasty/x" true 2>err
	equal "$(grep -v '^dmon: cannot' err || :)" "" "other lines, with $o"
	equal "$(LC_ALL=C tr -d ' -~\n' <err | wc -c)" 0 "bytes that are not shown as they are, with $o"
done
ends_with 127 dmon -n "$nasty" 2>err
equal "$(LC_ALL=C tr -d ' -~\n' <err | wc -c)" 0 "bytes of a command that are not shown as they are"

# USR1, also with -q.
dmon -n -q sleep 1000 2>err -- cat &
dmon=$!
wait_for "pgrep -P $dmon -x sleep >/dev/null"
kill -USR1 $dmon
wait_for '[ -s err ]'
equal "$(sed -E 's/pid [0-9]+/pid N/g; s/for [0-9.]+m?s/for T/g' err)" \
	"dmon: command up, pid N, run 1, for T; log command up, pid N, run 1, for T" "the answer to USR1"
kill $dmon
joined $dmon 143
dmon -n --backoff 1h -I waiting.events false 2>err &
dmon=$!
wait_for 'has waiting.events "cmd exit"'
wait_for 'kill -USR1 $dmon; has err waiting'
grep -qE 'dmon: command waiting, run 1, for [0-9.]+m?s, starts in (1h|59m[0-9.]+s)' err
kill $dmon
joined $dmon 1
# A daemon: syslog, facility daemon, with its pid.
listen unixgram devlog syslog.got &
listener=$!
wait_for '[ -s syslog.got ]'
[ -e /dev/log ] || : >/dev/log
mount --bind devlog /dev/log
dmon -v -p x.pid --min-uptime 0 sleep 1000
dmon=$(cat x.pid)
wait_for 'grep -qE "dmon\[$dmon\]: command started, pid [0-9]+, run 1" syslog.got'
grep -qE '^<3[0-9]>|<3[0-9]>' syslog.got # facility daemon: 3 * 8 and the severity
kill -USR1 "$dmon"
wait_for 'has syslog.got "command up, pid"'
stop x.pid
wait_for 'has syslog.got "leaving: signal TERM"'
# In the foreground only when asked.
ends_with 3 dmon -n -m 0 -v --messages syslog sh -c 'exit 3' 2>err
equal "$(cat err)" "" "what goes to standard error with syslog"
wait_for 'has syslog.got "exited with status 3"'
# A syslogd that does not take anything holds nobody up.
kill -STOP $listener
start=$(now)
ends_with 3 dmon -n --min-uptime 0 -m 300 -v --messages syslog sh -c 'exit 3'
holds "[ $(($(now) - start)) -lt 30000 ]" "a stopped syslogd delayed dmon"
kill -KILL $listener
umount /dev/log

# On a terminal a daemon's start is told in one line; not with -q, nor elsewhere.
need script util-linux
script -qec 'dmon -p x.pid sleep 1000' /dev/null >typed
grep -qE "^dmon: sleep 1000 runs as process [0-9]+, looked after by process $(cat x.pid) \(kill -USR1 $(cat x.pid) has that say in the system log how it is, kill $(cat x.pid) ends both\)" typed
equal "$(lines typed)" 1 "the number of lines on the terminal"
stop x.pid
script -qec 'dmon -q -p x.pid sleep 1000' /dev/null >typed
equal "$(cat typed)" "" "what is told with -q"
stop x.pid
dmon -p x.pid sleep 1000 2>err
equal "$(cat err)" "" "what is told where there is no terminal"
stop x.pid
