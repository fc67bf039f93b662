# slow
# F56: ten thousand respawns of the command, and as many of the log command:
# descriptors, threads and memory are what they were after the first thousand.
. "$LIB"
row F56 'ten thousand restarts'

# Ten looks each, because a start of the log command may be under way in one.
cat >cmd.sh <<'C'
case $DMON_RUN in
100[0-9]) when=early ;;
999[0-9]) when=late ;;
*) exit 1 ;;
esac
dir=/proc/$DMON_PID
echo "$(ls $dir/fd | wc -l) $(ls $dir/task | wc -l) $(awk '/^RssAnon/ { print $2 }' $dir/status)" >>$when
exit 1
C
ends_with 1 dmon -n --min-uptime 0 -m 9999 -I events sh cmd.sh -- true
# least FIELD FILE
least() { cut -d ' ' -f "$1" "$2" | sort -n | head -1; }
equal "$(lines early) $(lines late)" "10 10" "the number of looks"
equal "$(least 1 late)" "$(least 1 early)" "the number of descriptors"
# Go keeps a thread or two more once they were wanted at the same time; one lost
# in a thousand starts would make nine.
holds "[ $(least 2 late) -le $(($(least 2 early) + 2)) ]" "there are $(least 2 late) threads, there were $(least 2 early)"
holds "[ $(least 3 late) -le $(($(least 3 early) + 1024)) ]" "it has grown from $(least 3 early) to $(least 3 late) kB"
holds '[ "$(count "^log start" events)" -gt 5000 ]' "the log command was not respawned so often"
