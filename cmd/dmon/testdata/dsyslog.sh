# dsyslog beside logger(1), and a daemon that is replaced at the worst moment.
. "$LIB"
need logger bsdutils
need strace strace
need perl perl
row F86 'the time of messages in POSIX zones, as logger has it'

# lines_of PROGRAM...: what a daemon gets from it, without the seconds.
lines_of() {
	rm -f sock got
	listen unixgram sock got &
	local listener=$!
	wait_for '[ -S sock ]'
	"$@" <input
	wait_for "[ \$(grep -o 'x: ' got | wc -l) = $(lines input) ]"
	kill -KILL $listener
	wait $listener 2>/dev/null || :
	sed -E 's/:[0-9]{2}:[0-9]{2} x: /:MM:SS x: /g' got
}

printf '%s\n' one 'two  words ' $'tab\tand \\ and %s' 'äöü €' "<3>text" $'control\001\033[0m' '' end | sed '/^$/d' >input
for words in '-p user.info' '-p local0.notice' '-p kern.emerg' '-p mail.debug' '-p authpriv.warning'; do
	equal "$(lines_of dsyslog --socket sock $words x)" "$(lines_of logger --socket sock -t x $words)" "what the daemon got with $words"
done
for zone in UTC XYZ-3 CET-1CEST,M3.5.0,M10.5.0/3 Europe/Berlin '<+0330>-3:30'; do
	export TZ=$zone
	equal "$(lines_of dsyslog --socket sock x)" "$(lines_of logger --socket sock -t x -p user.info)" "what the daemon got in zone $zone"
done
unset TZ

# The daemon dies with a line in its queue, and another one is there before
# dsyslog has asked whether that listens.
cat >daemon <<'X'
use IO::Socket::UNIX;
my $s = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $ARGV[0]) or die;
open F, ">>got2"; F->autoflush;
while ($ARGV[1] eq "reads") { $s->recv($_, 9000); s/.*x: //; print F "$_\n" }
sleep 1000;
X
perl daemon sock2 waits &
first=$!
perl daemon sock3 reads &
second=$!
wait_for '[ -S sock2 ] && [ -S sock3 ]'
mkfifo in
exec 7<>in
echo one >&7
(exec 7>&-; exec strace -f -o trace -e trace=connect,sendmmsg -e inject=connect:delay_enter=1s \
	dsyslog --socket sock2 x <in 2>err) &
strace=$!
wait_for 'grep -q "sendmmsg.*= 1" trace'
dsyslog=$(pgrep -P $strace)
wait_for '! grep -q "^42 " /proc/$dsyslog/task/*/syscall'
kill -KILL $first
# It has found the queue empty, and is about to connect once more.
wait_for "cat /proc/$dsyslog/task/*/syscall | grep -q '^42 '"
mv sock3 sock2
wait_for 'has got2 one'
kill $dsyslog
joined $strace 0
kill -KILL $second
