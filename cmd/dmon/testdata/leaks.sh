# slow
# F56: ten thousand respawns of the command, and as many of the log command:
# descriptors, threads and memory are what they were after the first thousand.
. "$LIB"
row F56 'ten thousand restarts'

cat >cmd.sh <<'C'
case $DMON_RUN in
1000 | 10000)
	dir=/proc/$DMON_PID
	echo "$(ls $dir/fd | wc -l) $(ls $dir/task | wc -l) $(awk '/^RssAnon/ { print $2 }' $dir/status)" >>seen
	;;
esac
exit 1
C
ends_with 1 dmon -n --min-uptime 0 -m 9999 -I events sh cmd.sh -- true
cat seen
equal "$(lines seen)" 2 "the number of looks"
awk 'NR == 1 { fds = $1; threads = $2; memory = $3 }
	NR == 2 { exit !($1 <= fds && $2 <= threads + 1 && $3 <= memory + 1024) }' seen ||
	fail "it has grown: $(tr '\n' ';' <seen)"
holds '[ "$(count "^log start" events)" -gt 5000 ]' "the log command was not respawned so often"
