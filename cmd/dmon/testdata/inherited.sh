# F27: what was ignored when dmon was started stays ignored, for the command
# too; what was blocked is not; nothing of dmon's own is passed on.
. "$LIB"
row F27 'ignored and blocked signals'
# A shell that starts another program may have its signals blocked meanwhile, so
# that what it is reads its state itself.
need nohup coreutils
need perl perl-base

mask() { awk -v n="$2:" '$1 == n { print $2 }' "$1"; }

env --default-signal dmon -n -m 0 cat /proc/self/status >plain
equal "$(mask plain SigIgn)" 0000000000000000 "the signals that a command ignores"
equal "$(mask plain SigBlk)" 0000000000000000 "the signals that a command blocks"
env --default-signal dmon -n -m 0 true -- cat /proc/self/status >plain
equal "$(mask plain SigIgn)" 0000000000000000 "the signals that a log command ignores"

# nohup: HUP is ignored by dmon and by its command.
env --default-signal nohup dmon -n sh -c 'while read -r l; do echo "$l"; done </proc/$$/status >hup; exec sleep 1000' >/dev/null 2>&1 &
dmon=$!
wait_for '[ $(lines hup) -gt 40 ]'
equal "$(mask hup SigIgn)" 0000000000000001 "what a command ignores under nohup"
kill -HUP $dmon
kill -HUP $dmon
holds "alive $dmon" "HUP stopped dmon under nohup"
kill $dmon
joined $dmon 143

# INT, as a shell without job control starts things in the background.
env --default-signal env --ignore-signal=INT dmon -n sh -c 'while read -r l; do echo "$l"; done </proc/$$/status >int; exec sleep 1000' &
dmon=$!
wait_for '[ $(lines int) -gt 40 ]'
equal "$(mask int SigIgn)" 0000000000000002 "what a command ignores under a shell's &"
kill -INT $dmon
holds "alive $dmon" "INT stopped dmon though it was ignored"
kill $dmon
joined $dmon 143

# TERM blocked: it must work nevertheless.
perl -MPOSIX -e 'sigprocmask(SIG_BLOCK, POSIX::SigSet->new(SIGTERM, SIGUSR1, SIGHUP, SIGCHLD)) or die; exec @ARGV' \
	dmon -n sh -c 'while read -r l; do echo "$l"; done </proc/$$/status >blocked; exec sleep 1000' &
dmon=$!
wait_for '[ $(lines blocked) -gt 40 ]'
equal "$(mask blocked SigBlk)" 0000000000000000 "what a command blocks"
kill $dmon
joined $dmon 143

# CHLD ignored would have the kernel take the statuses away.
ends_with 7 env --ignore-signal=CHLD dmon -n -m 0 sh -c 'exit 7'
