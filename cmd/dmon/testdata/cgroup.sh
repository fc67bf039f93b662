# The cgroup of a tree: what a killed dmon left behind is found by its pid file
# and ended, what was left on purpose is not, and no directory stays.
. "$LIB"
place=$(unified)$(sed -n 's/^0:://p' /proc/self/cgroup)
place=${place%/}
me=group$$ # other scripts, and others, have groups beside ours
groups() { find "$place" -maxdepth 1 -name "dmon.$1*" | wc -l; }

# What a dmon that is killed leaves goes before its successor's command begins,
# by TERM, or by KILL when it has had its time; a pause ends then too.
cat >tree.sh <<'T'
echo first $$ >>pids
trap 'echo bye >>said; exit' TERM
setsid sh -c 'trap "" TERM; echo $$ >>pids; while :; do sleep 0.02; done' &
while :; do sleep 0.02; done
T
dmon -p "$me.pid" sh tree.sh
read -r dmon <"$me.pid"
wait_for '[ $(lines pids) = 2 ]'
equal "$(groups ${me}_pid)" 1 "the number of groups while it runs"
echo 1 >"$(echo "$place"/dmon.${me}_pid.*)/cgroup.freeze"
kill -KILL "$dmon"
wait_for "gone $dmon"
# One of the same name elsewhere has nothing to do with it.
mkdir other
dmon -p "other/$me.pid" sleep 1000 2>other/err
equal "$(cat other/err)" "" "what is said of a pid file elsewhere"
stop "other/$me.pid"
holds '[ $(lines said) = 0 ]' "who woke it?"
dmon -v -k 100ms -p "$me.pid" sh -c 'for p in $(sed s/first// pids); do grep "^State:.[RSDT]" /proc/$p/status; done >found 2>/dev/null; : >done; exec sleep 1000' 2>err
grep -q 'dmon: a killed dmon left [2-9] processes of the command behind, ending them' err
wait_for '[ -e done ]'
equal "$(cat found)" "" "the processes that were left when the next run began"
equal "$(cat said)" bye "what it said on TERM"
stop "$me.pid"
equal "$(groups ${me}_pid)" 0 "the number of groups in the end"

# A TERM during that time is heard: nothing is started.
rm pids
dmon -p "$me.pid" sh tree.sh
read -r dmon <"$me.pid"
wait_for '[ $(lines pids) = 2 ]'
kill -KILL "$dmon"
wait_for "gone $dmon"
dmon -n -k 1h -p "$me.pid" touch ran 2>again &
dmon=$!
wait_for 'has again "left"'
insist $dmon # the first request is polite
joined $dmon 143
holds '[ ! -e ran ]' "it started a command after TERM"
equal "$(groups ${me}_pid)" 0 "the number of groups after TERM"

# With --orphan keep it was left on purpose; its empty group goes with the next.
dmon --orphan keep -p keep.pid sh -c 'echo $$ >kept; exec sleep 1000'
read -r dmon <keep.pid
wait_for '[ -s kept ]'
kill -KILL "$dmon"
wait_for "gone $dmon"
dmon --orphan keep -p keep.pid sleep 1000 2>err
equal "$(cat err)" "" "what is said of what was kept"
stop keep.pid
alive "$(cat kept)" || fail "what was to be kept is gone"
equal "$(groups "$dmon")" 1 "the group of what was kept"
kill "$(cat kept)"
wait_for 'gone $(cat kept)'
ends_with 0 dmon -n -m 0 true
equal "$(groups "$dmon")" 0 "the group that was empty"

# Where it may not be made, and where it must not, there is none.
chmod 777 .
dmon --explain true | grep -q "^tree .*in a cgroup of its own below $place"
dmon --kill-mode main --explain true | grep -q '^tree .*the main process'
setpriv --reuid 65534 --clear-groups dmon --explain true | grep -q '^tree .*walk of /proc'
setpriv --reuid 65534 --clear-groups dmon -n -m 0 cat /proc/self/cgroup >in
lacks in dmon.
dmon -n -m 0 --kill-mode main cat /proc/self/cgroup >in
lacks in dmon.
dmon -n -m 0 cat /proc/self/cgroup >in
has in dmon.
