# Somebody who does not read dmon's messages holds nothing up, and learns how
# many there were.
. "$LIB"

mkfifo f
exec 8<>f
dmon -n -v --min-uptime 0 -I events true 2>f &
dmon=$!
wait_for '[ $(count "^cmd start" events) -gt 2000 ]' 60
cat <&8 >read &
reader=$!
wait_for 'grep -q "^dmon: [0-9]* messages were dropped here" read'
kill $dmon
rc=0
wait $dmon || rc=$?
holds "[ $rc = 143 ] || [ $rc = 0 ]" "dmon ended with $rc" # it may have been between two runs
kill $reader
wait $reader || :
