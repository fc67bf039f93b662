# slow
# Item 2: Debian's cron under dmon, with a real entry that fires, killed and
# respawned, its log continued. The table is private, so that no other cron of
# this machine has a part in it.
. "$LIB"
need cron cron
private_mounts

mount -t tmpfs tmpfs /var/spool/cron
mount -t tmpfs tmpfs /run
mkdir -p empty /var/spool/cron/crontabs
mount --bind empty /etc/cron.d
: >crontab
mount --bind crontab /etc/crontab
# What a job prints would be mailed; these print where cron itself prints to.
cat >/var/spool/cron/crontabs/root <<'T'
@reboot     echo began >/proc/$(cat /run/crond.pid)/fd/1
* * * * *   echo fired >/proc/$(cat /run/crond.pid)/fd/1
T
chmod 600 /var/spool/cron/crontabs/root

dmon -n -e -v --min-uptime 0 -I events cron -f -- dlog -t cron.log 2>err &
dmon=$!
wait_for 'has cron.log began'
wait_for 'has cron.log fired' 90
# Killed, it is respawned; and takes its start for that of the machine.
rm /run/crond.reboot
kill -KILL "$(awk '/^cmd start/ { print $3 }' events)"
wait_for '[ $(count "^cmd start" events) = 2 ]'
wait_for '[ $(count began cron.log) = 2 ]'
cron=$(awk '/^cmd start/ { p = $3 } END { print p }' events)
equal "$(cat /run/crond.pid)" "$cron" "the pid of cron"
equal "$(awk '{ print $2 }' cron.log | head -2 | tr '\n' ' ')" "began fired " "the begin of the log"
kill $dmon
joined $dmon 143
holds "gone $cron" "cron is left"
equal "$(count '^log start' events)" 1 "the runs of the log command"
has err 'command was ended by KILL'
