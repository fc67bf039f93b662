# slow
# Item 1: a real rsync, killed in the middle, takes its copy up again.
. "$LIB"
need rsync rsync
private_mounts
fake_load 1.00 # whatever this machine is doing

mkdir src
for d in $(seq 20); do
	mkdir src/$d
	for f in $(seq 5); do head -c 300000 /dev/urandom >src/$d/$f; done
done
# 30 MB at 15 MB/s: there is a middle.
dmon -n -1 -v -L 4.0 --min-uptime 1m --backoff 100ms -I events rsync -a --stats --bwlimit=15m src/ dst -- dlog -t log 2>err &
dmon=$!
wait_for '[ $(find dst -name 5 2>/dev/null | wc -l) -ge 5 ]'
kill -KILL "$(awk '/^cmd start/ { print $3 }' events)"
joined $dmon 0
# Ended between making a temporary file and noting its name, rsync leaves it.
diff -r -x '.*.??????' src dst
equal "$(count '^cmd start' events)" 2 "the number of runs"
has err 'command was ended by KILL'
has err 'command starts again in 100ms'
has err 'command exited with status 0'
holds '[ $(find dst -name ".*" | wc -l) -le 1 ]' "rsync left temporary files"
# The second run took up what the first had done.
files=$(sed -n 's/.*Number of regular files transferred: //p' log)
holds "[ $files -gt 0 ] && [ $files -le 95 ]" "the second run copied $files files of 100"
grep -qE '^[0-9-]{10}/[0-9:]{8} Number of files' log
