# dsyslog into daemons that are not like the others: rsyslogd on a stream, which
# goes away and comes back, and busybox, which cuts.
. "$LIB"
need rsyslogd rsyslog
need busybox busybox-static
row F50 'a stream: restarted, 0 lost; long lines for who cuts'

cat >rsyslog.conf <<C
main_queue(queue.type="Direct")
global(workDirectory="$PWD")
module(load="imptcp")
input(type="imptcp" Path="$PWD/stream.sock")
template(name="plain" type="string" string="%syslogtag%%msg%\n")
*.* action(type="omfile" file="$PWD/messages" template="plain")
C
begin() {
	rsyslogd -n -f rsyslog.conf -i "$PWD/rsyslog.pid" 7>&- &
	syslogd=$!
	wait_for '[ -S stream.sock ]'
}
begin
seq -f 'line %g' 60000 >input
mkfifo in
dsyslog --socket stream.sock x <in 2>err &
sink=$!
exec 7>in
for part in 1 2 3; do
	head -n $((20000 * part)) input | tail -n 20000 >&7 &
	feeder=$!
	before=$(lines messages)
	wait_for "[ \$(lines messages) -gt $before ]"
	kill $syslogd
	joined $syslogd 0
	rm -f stream.sock rsyslog.pid
	begin
	joined $feeder 0
done
exec 7>&-
joined $sink 0
kill $syslogd
joined $syslogd 0
# What rsyslogd had read of a line when it ended, it may have written so.
equal "$(sed -n 's/^x: *line //p' messages | sort -nu | awk '$1 == n + 1 { n++ } END { print n }')" 60000 "the lines that came"

# busybox reads 255 bytes and forgets the rest. It listens at /dev/log and nowhere else.
mkdir dev
mknod dev/null c 1 3
unshare -m sh -c 'mount --bind dev /dev && exec busybox syslogd -n -O "$PWD/out"' &
busybox=$!
wait_for '[ -S dev/log ]'
long=$(printf 'é%.0s' {1..600})
printf '%s\n<3>grave\n' "$long" | dsyslog --socket dev/log --max-line 255 --prefix-priority x
wait_for 'has out "user.err x: grave"'
equal "$(sed -n 's/.*user.info x: //p' out | tr -d '\n')" "$long" "a long line to busybox"
kill $busybox
wait $busybox || :
