# slow
# --pause-after, --max-pause and limits that cannot reopen, the machine being
# what files of ours say; and what --min-memory makes of a control group.
. "$LIB"
private_mounts
mount -t tmpfs -o mode=1777 none /run/lock # no turns with other tests
available() { printf 'MemTotal: %012d kB\nMemAvailable: %012d kB\n' $((8 << 20)) $(($1 << 10)) 1<>meminfo; }

available 1000
mount --bind meminfo /proc/meminfo
mount -o remount,bind,ro /proc/meminfo

row F88 'more than there is'
ends_with 125 dmon -n --min-memory 8g touch ran 2>err
has err 'cannot keep 8.0GiB of memory available: there are 8.0GiB in all'
holds '[ ! -e ran ]' "a command ran that never could have gone on"
row F88 'nearly all there is'
dmon -n -m 0 --min-memory 95% -I all.events true 2>err &
all=$!
dmon -n -v --min-memory 500m --max-pause 4 -I max.events sleep 1000 2>max.err &
max=$!
dmon -n -v --min-memory 500m --pause-after 1h -I after.events sleep 1000 2>after.err &
after=$!
dmon -n -v --min-memory 500m --pause-after 2 -I soon.events sleep 1000 2>soon.err &
soon=$!
wait_for 'has max.events "cmd start" && has after.events "cmd start" && has soon.events "cmd start"'
holds '[ ! -e all.events ] || lacks all.events "cmd start"' "it started with an eighth of the memory available"

# It is paused, and works again after 4 seconds; that is told without -v too.
available 100
wait_for 'has max.events "cmd pause"'
paused=$(now)
wait_for 'has max.events "cmd resume"'
holds "[ $(($(now) - paused)) -gt 3000 ]" "it was held back for $(($(now) - paused)) ms"
grep -Eq '^dmon: held back for [0-9.]+s, runs for [0-9ms.]+ although available memory 100.0MiB is not yet above 550.0MiB' max.err
wait_for '[ $(count "cmd pause" max.events) = 2 ]' 60
wait_for 'has soon.events "cmd pause"'
lacks after.events 'cmd pause'

available 8192
wait_for 'has soon.events "cmd resume"' 60
joined $all 0
for p in $max $after $soon; do kill $p; done
for p in $max $after $soon; do joined $p 143; done
