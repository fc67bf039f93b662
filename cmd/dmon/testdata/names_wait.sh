# slow
# wait misses no end, however the two fall together, and two starts at once have one winner.
. "$LIB"

for n in $(seq 100); do
	dmon --name "w" -m 0 sh -c "sleep 0.0$((n % 10))$((n * 7 % 10)); exit $((n % 7))"
	ends_with $((n % 7)) dmonctl wait -t 60 w
done

for n in $(seq 50); do
	dmon --name race sleep 1000 2>err1 &
	one=$!
	dmon --name race sleep 1000 2>err2 &
	two=$!
	r1=0 r2=0
	wait $one || r1=$?
	wait $two || r2=$?
	case $r1,$r2 in
	0,125) loser=err2 ;;
	125,0) loser=err1 ;;
	*) fail "two starts ended with $r1 and $r2" ;;
	esac
	grep -Eq 'race is (already running as process [0-9]+|being started already)' "$loser" || fail "the loser hears: $(cat "$loser")"
	dmonctl stop race
done

# Commands in quick succession end in the state of the last one.
dmon --name quick sleep 1001
for n in $(seq 10); do
	dmonctl --no-wait down quick
	dmonctl --no-wait up quick
	dmonctl --no-wait restart quick
	dmonctl down quick
	dmonctl is down quick
	dmonctl up quick
	dmonctl is up quick
done
dmonctl stop quick

# A run that does not come up is a failure of restart.
printf '#!/bin/sh\n[ -e ok ] || exit 3\nexec sleep 1002\n' >prog
chmod +x prog
touch ok
dmon --name bad ./prog
dmonctl restart bad
chmod -x prog
ends_with 1 dmonctl restart bad 2>err
has err 'did not come up'
dmonctl stop bad

# Events over two generations: numbers without a gap, and the same from a file that is followed.
dmon --name chatty --min-uptime 0 -m 600 true
dmonctl events -f --since 1 chatty >events
tail -n +2 events | sed 's/.*"seq":\([0-9]*\).*/\1/' >numbers
first=$(head -1 numbers)
equal "$(cat numbers)" "$(seq "$first" "$(tail -1 numbers)")" 'the numbers'
has events '"event":"end"'
