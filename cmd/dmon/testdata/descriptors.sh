# F29: what dmon was given is passed on, its own is not.
. "$LIB"
row F29 'descriptors closed or given'


list='for f in /proc/self/fd/*; do if [ -e "$f" ]; then printf "%s " "${f##*/}"; fi; done'
# What else this script was given is not for us to judge.
ours=$(bash -c "$list" 9<&-)
equal "$(dmon -n -m 0 bash -c "$list" 9<&-)" "$ours" "the descriptors of a command"
equal "$(dmon -n -m 0 bash -c "$list" 9<&- -- cat)" "$ours" "the descriptors of a command with a log command"
equal "$(dmon -n -m 0 true -- bash -c "$list" 9<&-)" "$ours" "the descriptors of a log command"
equal "$(dmon -n -m 0 bash -c "$list" 7</etc/passwd 9<&-)" "$(bash -c "$list" 7</etc/passwd 9<&-)" "the descriptors that dmon was given"
dmon -n -m 0 -p x.pid --cmd-pid-file c.pid -I events -L 100000 bash -c "$list" 9<&- >got -- cat
equal "$(cat got)" "$ours" "the descriptors with everything open"
dmon -m 0 -p x.pid --cmd-pid-file c.pid -I events -L 100000 bash -c "$list" 9<&- 7</etc/passwd -- sh -c 'cat >daemons'
wait_for '[ -s daemons ] && [ ! -e x.pid ]'
equal "$(cat daemons)" "0 1 2 " "the descriptors of a daemon's command"
# The second run like the first.
dmon -n -m 3 --min-uptime 0 bash -c "$list; echo" 9<&- -- cat >got
equal "$(sort -u got)" "$ours" "the descriptors of four runs"

# 0, 1 and 2 closed: nothing of dmon's may take their place.
status dmon -n -p x.pid -I events -m 0 bash -c 'for n in 0 1 2; do readlink /proc/self/fd/$n; done >closed' <&- >&- 2>&- 9<&-
equal $rc 0 "the status with 0, 1 and 2 closed"
lacks closed pipe
lacks closed x.pid
lacks closed events
status dmon -n -m 0 bash -c 'echo to the log' <&- >&- 2>&- 9<&- -- sh -c 'cat >closed.log'
equal $rc 0 "the status with 0, 1 and 2 closed"
equal "$(cat closed.log)" "to the log" "the log"
dmon -p x.pid --cmd-pid-file c.pid sleep 1000 <&- >&- 2>&-
holds 'alive $(cat c.pid)' "no command"
stop x.pid

# A daemon's streams are /dev/null and its directory is kept.
dmon -m 0 bash -c 'got=$(for n in 0 1 2; do readlink /proc/$$/fd/$n; done); echo "$got" >nulls.new; pwd >>nulls.new; mv nulls.new nulls'
wait_for '[ -e nulls ]'
equal "$(cat nulls)" "/dev/null
/dev/null
/dev/null
$PWD" "the streams and the directory of a daemon's command"
