# slow
# Conditions on what COMMAND's tree holds, uses and is.
. "$LIB"
need python3 python3

cat >hold.py <<'P'
import os, sys, time
megabytes, children = int(sys.argv[1]), int(sys.argv[2])
shared = bytearray(os.urandom(1)) * (megabytes << 20)
for i in range(children):
    if os.fork() == 0:
        if i % 2:
            os.setsid()
        if len(sys.argv) > 3:
            own = bytearray(b"x") * (megabytes << 20)
        break
open("ready", "a").write("x\n")
time.sleep(1000)
P

# reached WORD FILE: the event that a condition came true is of that kind.
reached() { grep -q "\"event\":\"reach\".*$1" "$2"; }

try() {
	rm -f ready ./*.events
	# A tree that holds too much: the children do, half of them in sessions of their own.
	ends_with 124 timeout 60 dmon -n --stop-if memory=150m/1s -I leak.events --info-format json python3 hold.py 30 6 own
	holds "reached 'memory [0-9]* MB (memory=150m/1s)' leak.events" "why is not told: $(cat leak.events)"
	# What is shared is not counted for each.
	rm -f ready
	dmon -n --stop-if memory=400m/0 --tell-if procs=20/2s -I shared.events --info-format json python3 hold.py 60 20 &
	dmon=$!
	wait_for 'has shared.events tell || gone $dmon' # it was looked at again and again by then
	holds "alive $dmon" "what is shared was counted more than once"
	kill $dmon
	wait $dmon || :
	# A restart for a limit is a failure.
	ends_with 124 timeout 60 dmon -n --restart-if procs=3/0 --give-up 2/1h --min-uptime 0 sh -c 'for i in 1 2 3 4; do sleep 1000 & done; wait'
	# A child that spins below one that sleeps, and short ones that are gone before anyone looks.
	ends_with 124 timeout 60 dmon -n --stop-if cpu=20%/2s sh -c 'sh -c "while :; do :; done" & wait'
	ends_with 124 timeout 60 dmon -n --stop-if cpu=10%/2s sh -c 'while :; do /bin/true; done'
}
try
( without_cgroups; try )

# Idle is who uses nothing; the warning comes first. What works is not.
dmon -n --tell-if idle=2s --stop-if idle=4s -I idle.events --info-format json sleep 1000 &
dmon=$!
joined $dmon 124
told=$(grep -oE '"event":"(tell|reach|stop)"' idle.events | head -n 3 | xargs)
equal "$told" "event:tell event:reach event:stop" "what was told"
dmon -n --stop-if idle=2s --tell-if age=4s -I busy.events --info-format json sh -c 'while :; do :; done' &
dmon=$!
wait_for 'has busy.events tell || gone $dmon'
holds "alive $dmon" "what works was taken for idle"
kill $dmon
joined $dmon 143

# A part of the memory there is; the option says what is wrong.
holds "dmon --explain --stop-if memory=50% true | grep -q 'more than 50% of the memory, which is [0-9]* MB'" "--explain does not tell the amount"
for wrong in memory=0 memory=100% memory=x cpu=50 cpu=0% cpu=50%/0 procs=x idle=5ms idle=1h:0% idle; do
	ends_with 125 dmon -n --stop-if $wrong true 2>wrong
	holds "has wrong --stop-if" "the option is not named: $(cat wrong)"
done
