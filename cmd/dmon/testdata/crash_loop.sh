# slow
# F3: a command that fails at once is started less and less often.
. "$LIB"
row F3 'crash loop'

dmon -n -I events starts when.txt false &
dmon=$!
wait_for '[ "$(count "^cmd exit" events)" = 4 ]' # TERM would end what runs, with another status
ticks=$(awk '{ print $14 + $15 }' "/proc/$dmon/stat")
kill $dmon
joined $dmon 1
# Delays of 1, 2 and 4 s, by the clock of the command itself.
awk 'NR > 1 && $2 - last < want - 20 { print "run " NR " came " $2 - last " ms after the last, not " want; bad = 1 }
	NR > 1 { want *= 2 }
	NR == 1 { want = 1000 }
	{ last = $2 }
	END { exit bad }' when.txt
holds '[ '"$ticks"' -le 30 ]' "dmon used $ticks ticks of the processor in 7 s"

# --min-uptime 0 turns the delays off, --backoff sets them.
ends_with 1 timeout 20 dmon -n --min-uptime 0 -m 200 false
start=$(now)
ends_with 1 dmon -n --backoff 100ms:200ms -m 4 false
took=$(($(now) - start))
holds "[ $took -ge 700 ]" "100, 200, 200, 200 ms of delay took $took ms"

# A run that was long enough is followed by the next at once.
start=$(now)
ends_with 3 dmon -n --min-uptime 100ms --backoff 1h -m 3 sh -c 'sleep 0.15; exit 3'
holds "[ $(($(now) - start)) -ge 600 ]" "four runs of 150 ms"

# --give-up ends it, with the status of the last run.
ends_with 9 timeout 20 dmon -n --give-up 3/1h --backoff 10ms sh -c 'echo run >>runs; exit 9'
equal "$(lines runs)" 3 "the number of runs"

# --no-respawn-on too.
ends_with 4 dmon -n --no-respawn-on 4,TERM sh -c 'exit 4'
ends_with 143 dmon -n --no-respawn-on 4,TERM sh -c 'kill $$'

# --after-give-up hold: it stays, down, until somebody wants it; so as a daemon.
for how in -n '-p held.pid'; do
	rm -f runs
	# shellcheck disable=SC2086
	dmon $how --name held --give-up 2/1h --backoff 10ms --after-give-up hold --on give-up='echo "$DMON_CAUSE" >>gave' sh -c 'echo run >>runs; [ ! -e good ] || exec sleep 1000; exit 9' 2>err &
	wait_for '[ $(lines runs) = 2 ] && dmonctl is down held'
	[ "$how" != -n ] || has err 'command failed 2 times within 1h, staying down until it is started'
	status dmonctl start held
	wait_for '[ $(lines runs) = 4 ] && dmonctl is down held'
	touch good
	dmonctl start held
	dmonctl is up held
	dmonctl stop held
	rm good
	wait
done
equal "$(uniq -c gave | tr -s ' ')" " 4 cmd failed 2 times within 1h" "the hooks"

# A TIME: again after that, and at once for who asks.
rm -f runs
dmon -n --name later --give-up 1/1h --after-give-up 100ms -m 2 sh -c 'echo run >>runs; exit 9' 2>err || rc=$?
equal "$rc $(lines runs)" "9 3" "the status and the runs"
has err 'trying again in 100ms'
dmon -n --name later --give-up 1/1h --after-give-up 1h sh -c 'echo run >>later; exit 9' 2>err &
wait_for '[ $(lines later) = 1 ] && dmonctl is waiting later'
dmonctl start later --no-wait
wait_for '[ $(lines later) = 2 ]'
dmonctl stop later
joined $! 9
