# F8: a tree that forks faster than it can be walked. The bound is the kernel's,
# by the limit on processes of a user that nobody else is, no other run of this either.
. "$LIB"
row F8 'fork bomb'
need perl perl-base
need ps procps
uid=$((100000 + $$))

cat >bomb.pl <<'P'
use POSIX ();
$SIG{CHLD} = "IGNORE";
$SIG{TERM} = "IGNORE";
while (1) {
	my $pid = fork;
	POSIX::setsid() if defined $pid && !$pid;
	select undef, undef, undef, 0.002;
}
P
procs() { ps -o pid=,stat= -u $uid | awk '$2 !~ /^Z/' | wc -l; }

for _ in 1 2 3; do
	dmon -n -k 50ms -u $uid:$uid -r nproc=60 perl bomb.pl &
	dmon=$!
	wait_for '[ $(procs) -ge 40 ]'
	start=$(now)
	kill $dmon
	joined $dmon 137
	took=$(($(now) - start))
	equal "$(procs)" 0 "the number of processes left after $took ms"
	holds "[ $took -lt 10000 ]" "it took $took ms"
done
