# F72: what dmon does where the kernel or the machine lacks something.
. "$LIB"
private_mounts
need strace strace

# lacking CALLS: dmon with these system calls refused, a tree with a stray of its own
# session, a stop that reaches all of it.
lacking() {
	row F72 "without $1"
	rm -f pids trace
	# shellcheck disable=SC2016
	strace -f -qq -o trace -e "trace=$1" -e "inject=$1:error=ENOSYS" dmon -n -m 1 --backoff 0 -k 5 sh -c '(setsid sleep 1000 & echo $! >>pids); [ $DMON_RUN = 2 ] || exit 1; sleep 1000 & echo $! >>pids; wait' 2>err &
	tracer=$!
	wait_for '[ "$(lines pids)" = 3 ]' 60
	wait_for '[ -n "$(cat /proc/'$tracer'/task/*/children)" ]'
	kill $(cat /proc/$tracer/task/*/children)
	joined $tracer 143
	for p in $(cat pids); do gone "$p" || fail "process $p lives on"; done
	holds 'lacks err cannot' 'it has failed'
}
lacking clone3
lacking pidfd_open
lacking pidfd_send_signal

row F72 'without cgroups of version 2'
ends_with 3 unshare -m sh -c 'umount -l "$0" 2>/dev/null; exec dmon -n -m 0 sh -c "(setsid sleep 1000 & echo \$! >pid); exit 3"' "$(unified)"
gone "$(cat pid)" || fail 'a stray lives on'

row F72 'without /proc'
mkdir empty
mount --bind empty /proc
for as in '-n' ''; do
	# shellcheck disable=SC2086
	ends_with 125 dmon $as true 2>err
	has err 'dmon needs /proc' || fail "dmon $as does not say so: $(cat err)"
	equal "$(wc -l <err)" 1 'how often it is said'
done
umount /proc
