# slow
# --load-of others: the load average less what the command adds, to a tenth,
# whatever else this machine does meanwhile. What is added by three threads that
# always want a processor is known; under SCHED_IDLE they are in nobody's way.
. "$LIB"
need chrt util-linux

all() { cut -d' ' -f1 /proc/loadavg; }

spin='while :; do :; done'
chrt -i 0 sh -c "$spin" &
foreign=$!
dmon -n -L 100 --load-of others chrt -i 0 sh -c "sh -c '$spin' & sh -c '$spin' & $spin" 2>err &
dmon=$!
nap 62
last=$(all)
wait_for '[ "$(all)" != "$last" ]'
nap 1 # the same turn of the kernel's for all
kill -USR1 $dmon
wait_for 'has err "pauses above 100.00"'
all=$(all)
kill $foreign
others=$(sed -n 's/.*load of others \([0-9.]*\),.*/\1/p' err)
# Each turn leaves 1884 of 2048 parts of what was missing; it is at least the
# 13th, and not the 20th when the machine is slow.
awk -v all="$all" -v others="$others" 'BEGIN {
	own = all - others
	print "load " all ", of others " others ", own " own
	exit !(own > 3 * (1 - (1884 / 2048) ^ 13) - 0.1 && own < 3 * (1 - (1884 / 2048) ^ 20) + 0.1)
}'
kill $dmon
joined $dmon 143
