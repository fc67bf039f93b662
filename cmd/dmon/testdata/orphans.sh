# F4: thousands of orphans come to dmon and are reaped, and the status of the
# command is not lost among them.
. "$LIB"
row F4 'orphans by the thousand'
need perl perl-base

cat >orphans.pl <<'P'
# Double forks: the middle process goes, its child is an orphan.
for (1 .. 3000) {
	my $pid = fork // die "fork: $!";
	if (!$pid) { fork // die "fork: $!"; exit 0 }
	waitpid $pid, 0;
}
exit 7;
P
ends_with 7 dmon -n -m 0 perl orphans.pl

# While the command goes on, none stays a zombie.
dmon -n -m 0 sh -c 'perl orphans.pl || :; : >made; exec sleep 1000' &
dmon=$!
wait_for '[ -e made ]' 60
# shellcheck disable=SC2016
wait_for '[ $(cat /proc/$dmon/task/*/children | wc -w) = 1 ]'
kill $dmon
joined $dmon 143
