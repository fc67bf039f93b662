# slow
# F16, F17: neither a process nor a descriptor is to be had when the command has
# to be started again. dmon says so once, tries on, and starts it when it can.
. "$LIB"
need prlimit util-linux

# again FILE: how many starts there were.
starts() { count '^cmd start' "$1"; }

# A control group without room for another task; see cgroups(7).
row F16 'no room for a process'
pids=$(awk '$3 == "cgroup" && $4 ~ /(^|,)pids(,|$)/ { print $2 }' /proc/mounts)
limit=pids.max
if [ -z "$pids" ]; then # control groups of the second kind only
	pids=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	echo +pids >"$pids/cgroup.subtree_control"
fi
group=$pids/dmon-test-$$
mkdir "$group"
trap 'rmdir "$group"' EXIT
sh -c 'echo $$ >"$0/cgroup.procs"
	exec dmon -n -L 100 -I events --cmd-pid-file cmd.pid --min-uptime 0 sleep 1000 -- sh -c "exec cat"' "$group" 2>said >out &
dmon=$!
wait_for '[ -s cmd.pid ]'
kill -USR1 $dmon # answered when all threads are made
wait_for 'has said "command up"'
echo 1 >"$group/$limit" # what is there may stay
kill "$(cat cmd.pid)"
wait_for 'has said "cannot"'
for i in $(seq 100); do # more attempts, and enough to do to want more threads
	kill -USR1 $dmon
	nap 0.025
done
alive $dmon
equal "$(count 'cannot' said)" 1 "the number of complaints"
equal "$(starts events)" 1 "the number of starts without room"
echo max >"$group/$limit"
wait_for '[ "$(starts events)" = 2 ]'
kill $dmon
joined $dmon 143
wait_for '[ ! -s "$group/cgroup.procs" ]'

row F17 'no descriptors left'
dmon -n -I fevents --cmd-pid-file fcmd.pid --min-uptime 0 sleep 1000 2>fsaid &
dmon=$!
wait_for '[ -s fcmd.pid ]'
prlimit --pid $dmon --nofile=3:1024
kill "$(cat fcmd.pid)"
wait_for 'has fsaid "cannot"'
nap 2.5
alive $dmon
equal "$(starts fevents)" 1 "the number of starts without descriptors"
prlimit --pid $dmon --nofile=1024:1024
wait_for '[ "$(starts fevents)" = 2 ]'
equal "$(count cannot fsaid)" 1 "the number of complaints"
kill $dmon
joined $dmon 143
