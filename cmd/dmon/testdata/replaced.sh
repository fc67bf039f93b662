# F21: dmon's own file is replaced, then removed, while it runs.
. "$LIB"
row F21 'program replaced or removed'

cp "$(command -v dmon)" mine
./mine -n --min-uptime 0 starts runs.txt sleep 1000 &
dmon=$!
wait_for '[ $(lines runs.txt) = 1 ]'
rm mine
echo 'echo not dmon' >mine
chmod +x mine
kill -KILL "$(awk 'END { print $1 }' runs.txt)"
wait_for '[ $(lines runs.txt) = 2 ]'
rm mine
kill -KILL "$(awk 'END { print $1 }' runs.txt)"
wait_for '[ $(lines runs.txt) = 3 ]'
kill $dmon
joined $dmon 143
