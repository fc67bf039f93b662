# A hundred dmons of mixed kinds; thirty ended at once; waits that miss nothing.
. "$LIB"

for n in $(seq 30); do dmon --name "web/$n" sleep 1000; done
for n in $(seq 30); do dmon --name "crash/$n" --backoff 20 false & done
for n in $(seq 30); do dmon -n --name "fore/$n" sh -c 'sleep 1001 & sleep 1001' & done
wait_for '[ "$(dmonctl list | grep -cE "^(web|fore)/[0-9]+ +up ")" = 60 ]'
for n in $(seq 5); do dmon --name "ended/$n" -m 0 sh -c "exit $n"; done
for n in $(seq 5); do dmon --name "killed/$n" sleep 1002; done
for n in $(seq 5); do kill -KILL "$(dmonctl list --json "killed/$n" | sed 's/.*"dmon":{"pid":\([0-9]*\).*/\1/')"; done
wait_for '[ "$(dmonctl list | grep -cE "^ended/[0-9]+ +ended ")" = 5 ]'
wait_for '[ "$(dmonctl list | grep -cE "^killed/[0-9]+ +lost ")" = 5 ]'
wait_for '[ "$(dmonctl list | grep -cE "^crash/[0-9]+ +waiting ")" = 30 ]'
equal "$(dmonctl list | wc -l)" 101 'the lines of the list'
for n in $(seq 5); do ends_with "$n" dmonctl wait "ended/$n"; done

# Thirty at once, and nothing is left of any tree.
dmonctl stop 'web/*' 'fore/*'
equal "$(dmonctl list 'web/*' 'fore/*' | grep -c ' ended ')" 60 'what has ended'
wait
dmonctl stop 'crash/*'
dmonctl forget 'web/*' 'fore/*' 'crash/*' 'ended/*' 'killed/*'
equal "$(dmonctl list 2>/dev/null)" '' 'what is known'
