# Standard error and output full, without a reader, closed, on a full disk:
# nobody waits for them, nobody dies of them, and TERM works.
. "$LIB"
private_mounts
row F79 'standard error and output full, closed, without a reader'

# writes PID: how often it has tried to write. waits PID: how often it has waited.
writes() { awk '/^syscw/ { print $2 }' "/proc/$1/io"; }
waits() { awk '/^voluntary/ { n += $2 } END { print n }' /proc/"$1"/task/*/status; }

mkfifo full
exec 8<>full
status dd if=/dev/zero of=full bs=4k oflag=nonblock status=none 2>/dev/null

exec 5> >(:)
reader=$!
wait_for 'gone $reader' # nobody reads from 5 now

# unread N: standard error as the Nth way not to be read, then the program.
unread() {
	local way=$1
	shift
	case $way in
		full) exec "$@" 2>full ;;
		gone) exec "$@" 2>&5 ;;
		closed) exec "$@" 2>&- ;;
		device) exec "$@" 2>/dev/full ;;
	esac
}

for way in full gone closed device; do
	for program in 'dmon --nonsense' 'dlog --nonsense' 'dsyslog --nonsense' 'dlog no/such/dir'; do
		rc=0
		(unread $way $program </dev/null) || rc=$?
		equal $rc 125 "the status of $program with standard error $way"
	done

	# dlog tells a full disk and goes on when there is room.
	mkdir -p disk
	mount -t tmpfs -o size=64k tmpfs disk
	mkfifo in
	exec 7<>in
	(exec 7>&- 8>&-; unread $way dlog disk/log <in) &
	dlog=$!
	echo one >&7
	wait_for '[ "$(cat disk/log)" = one ]'
	status dd if=/dev/zero of=disk/filler bs=4k status=none 2>/dev/null
	wait_for 'ready $dlog'
	before=$(writes $dlog)
	seq 3000 >&7
	wait_for '[ $(writes $dlog) -gt $((before + 2)) ]'
	rm disk/filler
	wait_for '[ "$(lines disk/log)" = 3001 ]'
	# While nothing can be written, TERM ends it, and a second one too.
	status dd if=/dev/zero of=disk/filler bs=4k status=none 2>/dev/null
	before=$(writes $dlog)
	seq 5000 >&7
	wait_for '[ $(writes $dlog) -gt $((before + 2)) ]'
	kill $dlog
	kill $dlog 2>/dev/null || :
	wait_for "gone $dlog" 5
	status wait $dlog
	holds "[ $rc = 0 ] || [ $rc = 125 ]" "dlog ended with $rc"
	exec 7>&-
	rm in
	umount disk

	# dsyslog tells that nobody listens.
	mkfifo in
	exec 7<>in
	(exec 7>&- 8>&-; unread $way dsyslog --socket no/such name <in) &
	dsyslog=$!
	echo one >&7
	wait_for 'ready $dsyslog && [ $(waits $dsyslog) -gt 8 ]'
	holds "alive $dsyslog" "dsyslog died of its own message ($way)"
	kill $dsyslog
	joined $dsyslog 0
	exec 7>&-
	rm in

	# dmon tells every run.
	(exec 8>&-; unread $way dmon -n -v --min-uptime 0 -I events true) &
	dmon=$!
	wait_for '[ "$(count "^cmd start" events)" -gt 100 ]'
	kill $dmon
	status wait $dmon
	holds "[ $rc = 143 ] || [ $rc = 0 ]" "dmon ended with $rc"
	rm events
done

# Lines for standard output wait for its reader, but not for one that is gone.
rc=0
yes | dlog >&5 2>err || rc=$?
equal $rc 125 "the status of dlog whose standard output has no reader"
has err 'cannot write standard output: broken pipe'

# A message longer than a page finds a pipe with room for one.
mkfifo paged
exec 6<>paged
status dd if=/dev/zero of=paged bs=4k oflag=nonblock status=none 2>/dev/null
dd if=paged of=/dev/null bs=4k count=1 status=none
long=$(printf '%03000d' 0)
ends_with 125 dlog "$long"$'\001\001\001\001\001'"$long" 2>paged

# --help, as any tool: dies of a reader that is gone, says that a disk is full.
for program in dmon dlog dsyslog; do
	ends_with 125 $program --help >/dev/full 2>err
	has err "$program: cannot write to standard output"
	ends_with 141 $program --help >&5 2>err
	equal "$(cat err)" "" "what $program says without a reader"
done
