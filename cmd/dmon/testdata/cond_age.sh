# Conditions on the age of a run.
. "$LIB"

private_mounts

# Restarts that nobody counts as failures, each of the whole tree.
dmon -n -m 0 --give-up 1/1h --restart-if age=200ms -I again.events sh -c 'sleep 1000 & echo $! >>pids; echo $$ >>pids; wait' &
dmon=$!
wait_for '[ $(count "cmd start" again.events) -ge 4 ]'
kill $dmon
joined $dmon 143
while read -r pid; do holds "gone $pid" "process $pid is left"; done <pids

# A limit that ends dmon; what COMMAND ends with does not matter.
ends_with 124 timeout 20 dmon -n -m 9 --stop-if age=100ms -I end.events --info-format json sleep 1000
holds "grep -q '\"event\":\"reach\".*\"cause\":\"the run has lasted .* (age=100ms)\"' end.events" "why is not told"
holds "grep -q '\"event\":\"exit\".*\"cause\":\"age\"' end.events" "the cause of the end is not the age"
ends_with 124 timeout 20 dmon -n --stop-if age=100ms bash -c 'trap "exit 0" TERM; while :; do sleep 0.02; done'

# A warning, a signal, and then the end; each once in a run.
cat >warned.sh <<'S'
trap 'echo usr1 >>got' USR1
echo up >>got
while :; do sleep 0.02; done
S
dmon -n --tell-if age=50ms --send-if usr1:age=400ms --restart-if age=900ms~100ms -I warned.events --info-format json bash warned.sh &
dmon=$!
wait_for '[ $(count up got) -ge 3 ]'
kill $dmon
joined $dmon 143
equal "$(head -n 5 got | xargs)" "up usr1 up usr1 up" "what the command saw"
first=$(grep -E '"event":"(tell|reach)"' warned.events | head -n 4 | sed 's/.*"event":"\([a-z]*\)".*"met":\([a-z]*\).*/\1 \2/; s/.*"event":"reach".*/reach/' | xargs)
equal "$first" "tell true reach reach tell false" "what was told"

# Time in a pause does not count, and the age begins anew after it.
fake_load 9
dmon -n -L 5 --stop-if age=100ms -I held.events sleep 1000 &
dmon=$!
wait_for '[ -e held.events ]'
nap 0.5
holds "[ $(count 'cmd start' held.events) = 0 ] && alive $dmon" "it was not held, or has an age while it waits"
kill $dmon
joined $dmon 143

# What is wrong is said at the start.
for wrong in --restart-if=age --stop-if=age=0 --tell-if=age=1h~ --send-if=age=1h --send-if=HUP --send-if=STOP:age=1h --restart-if=weather=bad; do
	ends_with 125 dmon -n "$wrong" true 2>wrong
	holds "has wrong '${wrong%%=*}'" "the option is not named: $(cat wrong)"
done
for option in restart-if stop-if send-if tell-if; do
	ends_with 0 dmon --$option help >help
	holds "has help 'age=TIME[~TIME]'" "--$option help does not list it"
done
