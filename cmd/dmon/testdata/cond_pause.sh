# A command that is held while a condition is true: by a test of the user's, or by the
# time of the day.
. "$LIB"

happened() { count "\"event\":\"$1\"" "$2"; }
exec_dmon() { exec dmon -n --info-format json "$@"; }

# As long as a test works, and again. What dmon says about it.
export DMON_DIR=$PWD/names
mkdir -m 700 "$DMON_DIR"
exec_dmon --name held --pause-if works='test -e busy' --check-interval 100ms -I works.events sleep 1000 &
dmon=$!
wait_for '[ $(happened start works.events) = 1 ]'
pid=$(sed -n 's/.*"event":"start","pid":\([0-9]*\).*/\1/p' works.events)
for n in 1 2; do
	touch busy
	wait_for '[ $(happened pause works.events) = $n ]'
	holds "paused $pid" "it is not paused"
	holds "has works.events 'the check has succeeded (works=test -e busy)'" "why is not told"
	dmonctl status held >status
	holds "has status paused && has status '(works=test -e busy)'" "dmonctl does not say why"
	rm busy
	wait_for '[ $(happened resume works.events) = $n ]'
	wait_for '! paused $pid'
done
holds "has works.events 'no longer: works=test -e busy'" "why it goes on is not told"
touch busy
wait_for '[ $(happened pause works.events) = 3 ]'
kill $dmon
joined $dmon 143

# A test that fails, and one gate beside another.
exec_dmon --name failing --pause-if fails='test -e well && echo >>asked' --pause-if works='test -e busy' --check-interval 100ms --check-failures 2 -I fails.events sleep 1000 &
dmon=$!
wait_for '[ $(happened pause fails.events) = 1 ]'
rm busy
touch well
wait_for '[ $(happened resume fails.events) = 1 ]'
rm well
wait_for '[ $(happened pause fails.events) = 2 ]'
holds "has fails.events 'the check has failed 2 times in a row'" "why is not told"
dmonctl pause failing
touch well
rm -f asked
wait_for '[ -e asked ] && [ $(lines asked) -gt 3 ]' # the test has worked, and more than once
equal "$(happened resume fails.events)" 1 "how often it was resumed"
dmonctl resume failing
wait_for '[ $(happened resume fails.events) = 2 ]'
kill $dmon
joined $dmon 143

# The time of the day: a start is held, dmon ends before it begins, and it is told.
exec_dmon --pause-if hours=sun-sat -I hours.events touch started &
dmon=$!
wait_for '[ $(happened hold hours.events) = 1 ]'
holds "grep -q '\"cause\":\"it is .* (hours=sun-sat)\"' hours.events" "why is not told"
kill $dmon
joined $dmon 143
ends_with 0 dmon -n --stop-if hours=00:00-24:00 touch started
holds "[ ! -e started ]" "it was started"
exec_dmon -m 0 --tell-if hours=00:00-12:00,12:00-24:00 --tell-if hours=sun-mon,tue-sat -I told.events sleep 1000 2>/dev/null &
dmon=$!
wait_for '[ $(happened tell told.events) = 2 ]'
kill $dmon
joined $dmon 143

# The local time is that of TZ, with zoneinfo and without.
hour=$((10#$(TZ=UTC0 date +%H)))
now="$hour:00-$(((hour + 2) % 24)):00"
for zone in UTC0 Etc/UTC :UTC "<ABC>0"; do
	TZ=$zone ends_with 0 dmon -n --stop-if "hours=$now" touch started
done
holds "[ ! -e started ]" "it was started"
TZ="<ABC>-12" ends_with 0 dmon -n -1 --stop-if "hours=$now" touch far
holds "[ -e far ]" "half a day on is no other time"
TZ=Europe/Atlantis ends_with 125 dmon -n --stop-if hours=sat true 2>wrong
holds "has wrong TZ=Europe/Atlantis" "the zone is not named: $(cat wrong)"

# What is wrong is said at the start.
for wrong in memory=1m changed=x age=1h procs=4 hours= hours=8-18 hours=mon-foo hours=08:00-08:00 works= battery=1; do
	ends_with 125 dmon -n --pause-if "$wrong" true 2>wrong
	holds "has wrong --pause-if" "the option is not named: $(cat wrong)"
done
ends_with 0 dmon --pause-if help >help
holds "has help hours=LIST && has help fails=COMMAND && lacks help memory" "what --pause-if help lists"
