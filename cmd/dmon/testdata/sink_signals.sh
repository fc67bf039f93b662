# Signals to the sinks.
. "$LIB"
row F85 'a storm of HUP while the output is stuck; TERM twice; other signals'

# storm PID: 70,000 HUPs, as fast as they are taken one by one.
storm() { perl -e 'for (1 .. 70000) { kill "HUP", $ARGV[0] or die; select undef, undef, undef, 0.00001 unless $_ % 50 }' "$1"; }

mkfifo in out
exec 7<>in
for program in "dlog" "dsyslog --socket no/such name"; do
	exec 8<>out
	dd if=/dev/zero of=out bs=4k oflag=nonblock status=none 2>/dev/null || :
	seq 1000 >&7
	(exec 7>&- 8>&-; exec $program <in >out 2>/dev/null) &
	pid=$!
	wait_for 'ready $pid'
	storm $pid
	kill $pid
	wait_for "gone $pid" 20
	status wait $pid
	holds "[ $rc = 0 ] || [ $rc = 125 ]" "$program ended with $rc"
	exec 8>&-
done
exec 7>&-

# A second TERM is not as patient as the first, whose patience no try could end sooner.
# One that others held up proves nothing, so there are several.
mkfifo in2
took=
for _ in 1 2 3 4 5; do
	exec 7<>in2 8<>out
	dd if=/dev/zero of=out bs=4k oflag=nonblock status=none 2>/dev/null || :
	(exec 7>&- 8>&-; exec dlog <in2 >out 2>err) &
	pid=$!
	echo x >&7
	wait_for 'grep -q "^1 " /proc/$pid/task/*/syscall' # it waits in write(2)
	start=$(now)
	kill $pid
	wait_for 'grep -q "^ShdPnd:[[:space:]]*0*$" /proc/$pid/status'
	kill $pid
	joined $pid 125
	took=$(($(now) - start))
	has err 'cannot finish'
	exec 7>&- 8>&-
	[ $took -ge 5000 ] || break
done
holds "[ $took -lt 5000 ]" "the second TERM waited as long as the first"

# What means nothing to a sink has its default action, without a dump of ours.
for signal in QUIT:131 ABRT:134 TRAP:133 SYS:159 USR1:138 USR2:140 VTALRM:154 INT:130; do
	for program in "dlog f" "dsyslog --socket no/such name"; do
		exec 6> >(exec $program 2>err)
		pid=$!
		wait_for 'ready $pid'
		kill -${signal%:*} $pid
		status wait $pid
		equal $rc ${signal#*:} "the status of $program after $signal"
		equal "$(cat err)" "" "what $program says after $signal"
		exec 6>&-
	done
done

# All is stored, and old files are still being compressed: TERM ends that, and
# is no reason to complain.
rm -f f err
truncate -s 100g f.20260101T000000.000000Z # it would take minutes
echo one | dlog -z -s 1t f 2>err &
pid=$!
wait_for 'ls -l /proc/$pid/fd | grep -q f.20260101'
wait_for '[ "$(cat f)" = one ]'
start=$(now)
kill $pid
joined $pid 0
holds "[ $(($(now) - start)) -lt 5500 ]" "TERM waited for a compression"
equal "$(cat err)" "" "what is said of a compression that was given up"
rm f.20260101T000000.000000Z
