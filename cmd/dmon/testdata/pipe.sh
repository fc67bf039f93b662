# F39 to F41, and where output goes.
. "$LIB"
need s6-log s6

row F39 'O_NONBLOCK left behind'
# s6-log leaves O_NONBLOCK on the pipe that the next reader gets too.
mkdir notes
cat >logger.sh <<'S'
if [ ! -e second ]; then
	: >second
	exec s6-log n20 s100000000 ./log.d
fi
exec cat >>log
S
chmod 755 .
dmon -n --min-uptime 0 -I events numbers 0 notes -- sh logger.sh 2>err &
dmon=$!
wait_for '[ -s log.d/current ]'
kill "$(awk '/^log start/ { print $3 }' events)"
wait_for '[ $(lines log) -gt 1000 ]'
kill $dmon
joined $dmon 143
cat log.d/@* log.d/current log 2>/dev/null | gaps notes || fail "lines were lost"
equal "$(cat err)" "" "what cat says"

row F40 'the last lines'
# The last lines before the end arrive, with -1 and with -m.
for option in -1 '-m 0'; do
	for _ in 1 2 3 4 5; do
		# shellcheck disable=SC2086
		ends_with 0 dmon -n $option seq 20000 -- sh -c 'exec cat >end.log'
		equal "$(tail -1 end.log) $(lines end.log)" "20000 20000" "the end of the log under $option"
		# A slow one gets them all too.
		# shellcheck disable=SC2086
		ends_with 0 dmon -n $option seq 20000 -- sh -c 'sleep 0.1; exec cat >end.log'
		equal "$(tail -1 end.log) $(lines end.log)" "20000 20000" "the end of the log under $option"
	done
done

row F41 'a survivor holds the pipe'
# Something that outlives the command holds the pipe.
ends_with 0 timeout 20 dmon -n -1 sh -c '(setsid sleep 1000 &); echo done' -- sh -c 'exec cat >end.log'
equal "$(cat end.log)" done "the log"

# Standard error: beside the log command, with -e into it, with -e and without
# one to standard output.
both='echo out; echo err >&2'
equal "$(dmon -n -m 0 sh -c "$both" -- sed s/^/log:/ 2>&1 | sort | tr '\n' ' ')" "err log:out " "output without -e"
equal "$(dmon -n -e -m 0 sh -c "$both" -- sed s/^/log:/ 2>&1 | tr '\n' ' ')" "log:out log:err " "output with -e"
equal "$(dmon -n -e -m 0 sh -c "$both" 2>/dev/null | tr '\n' ' ')" "out err " "output with -e alone"

# --stdin, --stdout and --stderr; the latter two append.
echo before >o
seq 3 >i
ends_with 0 dmon -n -m 1 --min-uptime 0 --stdin i --stdout o --stderr e sh -c 'cat; echo wrong >&2'
equal "$(tr '\n' ' ' <o)" "before 1 2 3 1 2 3 " "what --stdout has"
equal "$(tr '\n' ' ' <e)" "wrong wrong " "what --stderr has"
dmon -m 0 --stdin i --stdout d.out sh -c 'cat; echo end'
wait_for 'has d.out end'
equal "$(tr '\n' ' ' <d.out)" "1 2 3 end " "what a daemon's --stdout has"
# A FIFO that nobody writes to holds up the command and not dmon.
mkfifo fifo
dmon -n --stdin fifo cat >out &
dmon=$!
wait_for "pgrep -P $dmon >/dev/null"
kill $dmon
rc=0
wait $dmon || rc=$?
holds "[ $rc -ge 125 ]" "dmon with a FIFO that nobody writes to ended with $rc"
