# Item 3: dmon -e -p PID program -- dsyslog NAME, into a real rsyslogd.
. "$LIB"
need rsyslogd rsyslog

cat >rsyslog.conf <<C
# Without a queue of its own, from which it drops lines when it is ended.
main_queue(queue.type="Direct")
global(workDirectory="$PWD")
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="$PWD/log.sock" RateLimit.Interval="0")
template(name="plain" type="string" string="%syslogtag%%msg%\n")
*.* action(type="omfile" file="$PWD/messages" template="plain")
C
rsyslogd -n -f rsyslog.conf -i "$PWD/rsyslog.pid" &
syslogd=$!
wait_for '[ -S log.sock ]'

cat >program.sh <<'S'
echo "to standard output"
echo "to standard error" >&2
seq -f "line %g" 2000
(setsid sleep 1000 &)
trap 'echo "the last words"; exit' TERM
echo "ready to be ended"
while :; do sleep 0.05; done
S
dmon -e -p x.pid --cmd-pid-file c.pid sh program.sh -- dsyslog --socket "$PWD/log.sock" program
dmon=$(cat x.pid)
cmd=$(cat c.pid)
log=$(pgrep -P "$dmon" -x dsyslog)
wait_for 'has messages "ready to be ended"'
kill "$(cat x.pid)"
wait_for "gone $dmon"
holds "gone $cmd && gone $log && [ ! -e x.pid ]" "something is left"
wait_for 'has messages "the last words"'
has messages 'to standard output'
has messages 'to standard error'
equal "$(sed -n 's/^program: *line //p' messages | awk '$1 != NR { print "line " NR " is " $1; exit }')" "" "the numbered lines"
equal "$(count 'line [0-9]' messages)" 2000 "the number of lines"

# rsyslogd goes away and comes back; nothing is lost.
mkdir notes
dmon -e -p x.pid --cmd-pid-file c.pid -I events --min-uptime 0 numbers 0 "$PWD/notes" -- dsyslog --socket "$PWD/log.sock" numbers
wait_for 'has messages numbers:'
for _ in 1 2 3; do
	kill $syslogd
	joined $syslogd 0
	rm -f log.sock rsyslog.pid
	rsyslogd -n -f rsyslog.conf -i "$PWD/rsyslog.pid" &
	syslogd=$!
	wait_for '[ -S log.sock ]'
	before=$(lines messages)
	wait_for '[ $(lines messages) -gt '"$((before + 1000))"' ]'
done
# At the end there are ten seconds for what is in the pipe, which a slow syslogd
# would not read in that time.
kill -STOP "$(cat c.pid)"
log=$(awk '$1 == "log" && $2 == "start" { p = $3 } END { print p }' events)
wait_for '[ "$(unread "$log")" = 0 ]' 120
stop x.pid
last=$(cat notes/1)
wait_for 'grep -qE "numbers: *1 $last" messages'
grep '^numbers:' messages >numbers.log
gaps -d notes <numbers.log
kill $syslogd
wait $syslogd || :
rm -f rsyslog.pid
