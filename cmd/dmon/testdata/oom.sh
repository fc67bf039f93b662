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

# It is told as what it was, to all who are told; a shell passes on what its child had.
# A KILL of somebody's is none, also after one that was.
hog='exec dd if=/dev/zero of=/dev/null bs=500M count=1 status=none'
sh -c 'echo $$ >"$0/cgroup.procs"
	exec dmon -n -m 3 --name hungry -I json --info-format json --min-uptime 0 --success 137,KILL --on "exit=echo \$SERVICE_RESULT \$EXIT_STATUS \$DMON_CAUSE >>told" sh -c "$1"' "$group" "
	case \$DMON_RUN in 1) $hog ;; 2) (\$(echo $hog)); exit \$? ;; 3) kill -9 \$\$ ;; *) exit 137 ;; esac" 2>err || equal $? 137 "the status"
sed -n 's/.*"event":"exit".*"cause":"\([a-z]*\)".*/\1/p' json | tr '\n' ' ' >causes
equal "$(cat causes)" "oom oom signal exit " "the causes"
equal "$(cat told)" "oom-kill KILL oom
oom-kill 137 oom
success KILL signal
success 137 exit" "what hooks were told"
has err 'command was ended by KILL (out of memory)'
has err 'command exited with status 137 (out of memory)'
equal "$(count 'out of memory' err)" 2 "the messages"
