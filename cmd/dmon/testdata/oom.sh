# F18: the command takes more memory than its group may, and is killed for it.
# dmon, in the same group, is not, and starts it again.
. "$LIB"
row F18 'killed for want of memory'

memory=$(awk '$3 == "cgroup" && $4 ~ /(^|,)memory(,|$)/ { print $2 }' /proc/mounts)
limit=memory.limit_in_bytes
if [ -z "$memory" ]; then # control groups of the second kind only
	memory=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	limit=memory.max
	echo +memory >"$memory/cgroup.subtree_control"
fi
group=$memory/dmon-test-$$
mkdir "$group"
trap 'rmdir "$group"' EXIT
echo 48m >"$group/$limit"
ends_with 137 sh -c 'echo $$ >"$0/cgroup.procs"
	exec dmon -n -m 2 -I events --min-uptime 0 dd if=/dev/zero of=/dev/null bs=500M count=1 status=none' "$group"
equal "$(count '^cmd start' events)" 3 "the number of starts"
equal "$(count '^cmd exit [0-9]* 9$' events)" 3 "the number of deaths by KILL"
