# A command that rests while the machine runs on a battery, on a made-up machine with a
# mouse.
. "$LIB"

private_mounts
for one in BAT0 AC mouse; do mkdir -p "supplies/$one"; done
cd supplies
echo Battery | tee BAT0/type >mouse/type
echo Discharging | tee BAT0/status >mouse/status
echo Device >mouse/scope
echo Mains >AC/type
echo 0 >AC/online
cd ..
mount --bind supplies /sys/class/power_supply

happened() { count "\"event\":\"$1\"" "$2"; }
ends_with 0 dmon -n --stop-if battery touch started
holds "[ ! -e started ]" "it was started"
dmon --explain --pause-if battery true >explained
holds "has explained 'on a battery, as it does now'" "--explain does not say how it is"
dmon -n --pause-if battery --tell-if battery -I events --info-format json sleep 1000 2>/dev/null &
dmon=$!
wait_for '[ $(happened hold events) = 1 ] && [ $(happened tell events) = 1 ]'
holds "has events 'the machine runs on a battery (battery)'" "why is not told"
echo 1 >supplies/AC/online
wait_for '[ $(happened start events) = 1 ] && [ $(happened tell events) = 2 ]'
kill $dmon
joined $dmon 143
rm -r supplies/BAT0
echo 0 >supplies/AC/online
ends_with 0 dmon -n -1 --stop-if battery touch started
holds "[ -e started ]" "the mouse counts"

# A kernel that tells nothing of it is known at the start.
mount -t tmpfs none /sys/class
ends_with 125 dmon -n --pause-if battery true 2>wrong
holds "has wrong /sys/class/power_supply" "what is missing is not named: $(cat wrong)"
