# What a program leaves behind on the pipe, and who may open it by name.
. "$LIB"
need perl perl
row F71 'O_NONBLOCK, O_DIRECT, O_ASYNC, another owner and another size left on the pipe'

# leave FD: flags on it that harm whoever comes next.
cat >leave <<'X'
use Fcntl;
open(my $end, $ARGV[0] ? ">&=1" : "<&=0") or die;
fcntl($end, F_SETOWN, $$ + 0) or die "$!";
fcntl($end, F_SETFL, O_NONBLOCK | O_ASYNC | 040000) or die "$!";
fcntl($end, 1031, 4096) or die "$!"; # F_SETPIPE_SZ
X
# The first run of each leaves its end so; the second writes or reads in
# pieces that do not fit, and dies of SIGIO if it is still sent to it.
cat >writer <<'X'
if [ "$DMON_RUN" = 1 ]; then exec perl leave 1; fi
exec perl -e 'print "x" x 99, "\n" for 1 .. 3000'
X
cat >reader <<'X'
if [ ! -e again ]; then >again; perl leave 0; exit 1; fi
exec perl -e 'open F, ">>got"; while (1) { $n = sysread STDIN, $_, 1024; die "$!" unless defined $n; last unless $n; print F $_ } close F'
X
ends_with 0 dmon -n --min-uptime 0 -m 1 sh writer -- sh reader
equal "$(lines got)" 3000 "the lines that the second reader has read"
equal "$(sort -u got | wc -c)" 100 "one line"

# Both open their end by name, and not the other's.
for users in '-u nobody' '-U nobody' '-u nobody -U daemon' '-u nobody -U nobody' '-u nobody -U nobody:daemon' ''; do
	>got
	chmod 666 got
	ends_with 0 dmon -n -m 0 -e $users sh -c 'echo out >/dev/stdout; echo err >/dev/stderr; echo again >>/dev/stdout' -- \
		sh -c 'exec cat /dev/stdin >>got'
	equal "$(sort got | tr '\n' ' ')" "again err out " "what went through the pipe with '$users'"
done
>got
ends_with 0 dmon -n -m 0 -u nobody -U daemon sh -c '(: </dev/stdout) 2>/dev/null || echo kept' -- \
	sh -c '(echo mine >/dev/stdin) 2>/dev/null || cat >>got'
equal "$(cat got)" kept "what each can do with the other's end"
