# All conditions at once, each of which comes true, and no longer where it can.
. "$LIB"

private_mounts
mkdir -p supplies/BAT0
echo Battery >supplies/BAT0/type
echo Discharging >supplies/BAT0/status
mount --bind supplies /sys/class/power_supply
echo 1 >conf

# It works as long as it is to, and then it sleeps.
cat >work.sh <<'S'
sleep 1000 &
trap 'kill $!; exit 0' TERM
while [ ! -e rest ]; do :; done
touch rests
wait
S
conditions=(memory=1/0 cpu=1%/1s procs=1/0 idle=1s:1% age=200ms changed=conf fails=false works='test ! -e rest' hours=sun-sat battery)
options=()
for one in "${conditions[@]}"; do options+=(--tell-if "$one"); done
dmon -n "${options[@]}" --check-failures 1 --check-interval 1s --messages none -I events --info-format json bash work.sh &
dmon=$!
told() { grep -qF "($1)" events; } # with what was measured
over() { has events "no longer: $1\""; }
for one in cpu=1%/1s memory=1/0 procs=1/0 age=200ms "works=test ! -e rest" hours=sun-sat battery; do wait_for 'told "$one"'; done
holds "! told idle=1s:1%" "it works, and is called idle"
echo 2 >conf
wait_for 'told changed=conf'
touch rest
echo Full >supplies/BAT0/status
wait_for 'told idle=1s:1%'
for one in cpu=1%/1s "works=test ! -e rest" battery; do wait_for 'over "$one"'; done
wait_for 'told fails=false' # a run that was never well has three times as long as otherwise
kill $dmon
joined $dmon 0
equal "$(grep -c '"event":"tell".*"met":true' events)" ${#conditions[@]} "how many came true"
