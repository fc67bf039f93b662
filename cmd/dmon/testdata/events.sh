# -I to a file, a FIFO and sockets, with readers that are missing or slow.
. "$LIB"

# A file is appended to; the lines are those of the C original.
echo before >events
dmon -n -m 1 --min-uptime 0 -I events sh -c 'exit 3' -- cat &
dmon=$!
joined $dmon 3
sed 's/ [0-9][0-9]*/ PID/' events >shape
equal "$(grep -v log shape)" "before
cmd start PID
cmd exit PID 768
cmd start PID
cmd exit PID 768" "the events of the command"
equal "$(grep log shape)" "log start PID
log exit PID 0" "the events of the log command"
dmon -n -m 0 -I other sh -c 'kill $$' || :
grep -qE '^cmd exit [0-9]+ 15$' other

# json: one object a line, numbered.
dmon -n -m 1 --min-uptime 0 -I j --info-format json sh -c 'exit 3' || :
equal "$(grep -c '^{.*}$' j)" "$(lines j)" "the lines that are objects"
sed -n 's/.*"seq":\([0-9]*\).*/\1/p' j | awk '$1 != NR { exit 1 }'
head -1 j | grep -qE '^\{"time":"[0-9-]{10}T[0-9:]{8}\.[0-9]{6}Z","seq":1,"task":"cmd","event":"start","pid":[0-9]+,"run":1,"ready":true\}$'
grep -q '"event":"exit","pid":[0-9]*,"run":1,"status":768,.*"cause":"exit".*"code":3,"lasted":0[.0-9]*,"user":0' j
grep -q '"event":"leave".*"cause":"no respawn is left"' j

dmon -n -m 1 -t 1s --min-uptime 0 -I j2 --info-format json sh -c '[ $DMON_RUN = 2 ] || kill -9 $$; sleep 1000' || :
grep -q '"event":"exit".*"run":1,"status":9,.*"signal":9,.*"cause":"signal"' j2
for event in timeout stop exit; do grep -q "\"event\":\"$event\".*\"run\":2,.*\"cause\":\"timeout\"" j2; done

# A FIFO: nobody reads at first; what was dropped meanwhile is told.
mkfifo fifo
dmon -n --min-uptime 0 -I fifo starts fifo.runs sleep 1000 2>err &
dmon=$!
wait_for '[ $(lines fifo.runs) = 1 ]'
kill -KILL "$(tail -1 fifo.runs | cut -d' ' -f1)"
wait_for '[ $(lines fifo.runs) = 2 ]'
cat fifo >got &
reader=$!
# It opens the FIFO at the next change.
wait_for "[ \"\$(state $reader)\" = S ]"
kill -KILL "$(tail -1 fifo.runs | cut -d' ' -f1)"
wait_for '[ $(lines got) -ge 2 ]'
wait_for '[ $(lines fifo.runs) = 3 ]'
grep -qE '^dmon dropped [34]$' got
grep -q '^cmd exit' got
kill $dmon
joined $dmon 143
wait $reader
equal "$(tail -1 got | cut -d' ' -f1,2)" "cmd exit" "the last event"
equal "$(grep -v "^dmon: command was ended by KILL" err || :)" "" "what dmon said"

# A reader that does not read: nothing waits for it, and nothing is counted
# wrongly. Lines that came and lines that were dropped are all lines.
mkfifo slow
exec 8<>slow
start=$(now)
dmon -n -m 1500 --min-uptime 0 -I slow --info-format json false || :
dmon -n -m 1500 --min-uptime 0 -I slow false &
dmon=$!
joined $dmon 1
holds "[ $(($(now) - start)) -lt 60000 ]" "a slow reader delayed dmon"
exec 8>&-
rm slow
mkfifo slow
exec 8<>slow
dmon -n --min-uptime 0 -I slow --info-format json sh -c '[ ! -e drained ] || { : >rests; sleep 1000; }; echo >>runs' &
dmon=$!
wait_for '[ $(lines runs) -ge 700 ]'
cat <&8 >drain &
cat=$!
: >drained
# What was dropped is told with the next event; the end is one in any case.
wait_for '[ $(lines drain) -ge 100 ] && [ -e rests ]' # one that is no program yet has no exit
kill $dmon
rc=0
wait $dmon || rc=$?
wait_for 'has drain "\"event\":\"leave\"" && [ "$(tail -1 drain | grep -o exit)" = exit ]'
kill $cat
exec 8>&-
equal "$(grep -c '^{.*}$' drain)" "$(lines drain)" "the lines that are whole"
# Each event has a number: those that are missing are those that were counted.
awk '{ match($0, /"seq":[0-9]+/); seq = substr($0, RSTART + 6, RLENGTH - 6) + 0 }
	/"dropped"/ { match($0, /"count":[0-9]+/); step = substr($0, RSTART + 8, RLENGTH - 8) + 0; said++ }
	!/"dropped"/ { step = 1 }
	seq != last + step { print "after " last " comes " $0; bad = 1 }
	{ last = seq }
	END { exit bad || !said }' drain

# Sockets of both kinds; one that goes away and comes back.
for kind in unix unixgram; do
	listen $kind s.$kind $kind.got &
	listener=$!
	wait_for "[ -s $kind.got ]"
	dmon -n --min-uptime 0 -I s.$kind starts $kind.runs sleep 1000 &
	dmon=$!
	wait_for "grep -q '^cmd start' $kind.got"
	kill -KILL $listener
	wait_for "gone $listener"
	rm s.$kind
	wait_for "[ \$(lines $kind.runs) = 1 ]"
	kill -KILL "$(cut -d' ' -f1 $kind.runs)"
	wait_for "[ \$(lines $kind.runs) = 2 ]"
	listen $kind s.$kind $kind.again &
	listener=$!
	wait_for "[ -s $kind.again ]"
	kill $dmon
	joined $dmon 143
	wait_for "grep -q '^cmd exit' $kind.again"
	# A stream may have taken a line that nobody was there to read.
	grep -qE '^dmon dropped [12]$' $kind.again
	kill $listener
done
