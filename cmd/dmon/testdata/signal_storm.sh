# slow
# F25: a storm of signals is one shutdown.
. "$LIB"
row F25 'storm of signals'

for round in 1 2 3; do
	dmon -n -p x.pid -I events.$round env --default-signal=INT bash -c 'trap : TERM; (setsid sleep 1000 &) ; echo >up; while :; do sleep 0.02; done' -- cat &
	dmon=$!
	wait_for '[ -e up ]'
	rm up
	for _ in $(seq 350); do
		kill -TERM $dmon 2>/dev/null || break
		kill -HUP $dmon 2>/dev/null || break
		kill -USR2 $dmon 2>/dev/null || break
	done
	joined $dmon 137
	equal "$(count 'cmd stop' events.$round)" 1 "the number of stops"
	equal "$(count 'cmd exit' events.$round)" 1 "the number of exits"
	holds '[ ! -e x.pid ]' "the pid file is left"
done
# A storm of what is not forwarded is nothing at all.
dmon -n sleep 1000 2>reports &
dmon=$!
wait_for "pgrep -P $dmon -x sleep >/dev/null"
sleep=$(pgrep -P $dmon -x sleep)
for _ in $(seq 300); do kill -ALRM $dmon; kill -QUIT $dmon; kill -USR2 $dmon; kill -CHLD $dmon; kill -CONT $dmon; kill -WINCH $dmon; done
holds "alive $sleep && alive $dmon" "dmon or its command did not survive"
kill $dmon
joined $dmon 143
