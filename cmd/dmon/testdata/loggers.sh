# slow
# Loggers of every kind, under a user of their own, get every line of a
# numbered generator, also when either side is ended and respawned. F35, F36.
. "$LIB"
need multilog daemontools
need s6-log s6
need svlogd runit
need rotatelogs apache2-utils
need cronolog cronolog
need logger bsdutils
need rsyslogd rsyslog

# Some drop what they are in the middle of when TERM comes, so they get their
# TERM when the command pauses and everything is written.
hasty() { case $1 in svlogd | rotatelogs | cronolog | logger) ;; *) return 1 ;; esac; }
# quiet NAME: that is so.
quiet() {
	cmd=$(latest cmd "$1")
	log=$(latest log "$1")
	if [ "$(state "$cmd")" != T ]; then
		kill -STOP "$cmd" 2>/dev/null || :
		return 1
	fi
	# In this order: it may be at work on what it has just read. It waits for
	# more, in read, poll, select or ppoll, and not for room where it writes to.
	[ "$(unread "$log")" = 0 ] && grep -qE '^(0|7|23|271) ' "/proc/$log/syscall"
}
latest() { awk -v task="$1" '$1 == task && $2 == "start" { p = $3 } END { print p }' "$2.events"; }

# logged NAME SIGNAL GAPS-OPTION LOGGER...: its lines end up in NAME.d.
logged() {
	local name=$1 sig=$2 repeats=$3 dmon cmd log round
	shift 3
	[ "$sig" = KILL ] && row F36 "$name gets KILL" || row F35 "$name gets $sig"
	mkdir -p "$name.notes" "$name.d"
	chown nobody "$name.notes"
	chown -R daemon "$name.d"
	dmon -n -e -u nobody -U daemon --min-uptime 0 -I "$name.events" numbers 0 "$PWD/$name.notes" -- "$@" &
	dmon=$!
	wait_for "grep -q '^cmd start' $name.events"
	for round in $(seq 12); do
		cmd=$(latest cmd "$name")
		log=$(latest log "$name")
		! hasty "$name" || wait_for "quiet $name" 60
		# Once the one, once the other, once both.
		if [ $((round % 3)) != 1 ]; then
			kill -"$sig" "$log" 2>/dev/null || :
			# Until it is gone it would drop what comes meanwhile.
			! hasty "$name" || wait_for "gone $log"
		fi
		[ $((round % 3)) = 2 ] || kill -KILL "$cmd" 2>/dev/null || :
		! hasty "$name" || kill -CONT "$cmd" 2>/dev/null || :
		nap 0.0$((RANDOM % 40 + 15))
	done
	# Ten seconds may be too few for what is in the pipe.
	[ "$name" != logger ] || wait_for "quiet $name" 60
	kill $dmon
	rc=0
	wait $dmon || rc=$?
	holds "[ $rc = 143 ] || [ $rc = 137 ]" "dmon with $name ended with $rc" # KILL was ours
	holds "[ $(count '^log start' "$name.events") -ge 4 ]" "$name: the log command was hardly respawned"
	holds "[ $(count '^cmd start' "$name.events") -ge 4 ]" "$name: the command was hardly respawned"
	equal "$(count '^log signal' "$name.events")" 0 "the number of signals to $name in the end"
	# Only what the logger calls its log; one that was closed sorts first.
	cat "$name".d/@* "$name".d/current "$name".d/log 2>/dev/null >"$name.log" || :
	gaps $repeats "$name.notes" <"$name.log" >"$name.verdict" || fail "$name: $(cat "$name.verdict")"
	holds "! grep -q '^0 lines' $name.verdict" "$name: no lines"
}

mkdir svlogd.d
printf 's100000000\nn100\n' >svlogd.d/config
jobs=
logged multilog TERM "" multilog s16777215 n100 "$PWD/multilog.d" & jobs="$jobs $!"
logged s6-log TERM "" s6-log n100 s100000000 "$PWD/s6-log.d" & jobs="$jobs $!"
logged svlogd TERM "" svlogd "$PWD/svlogd.d" & jobs="$jobs $!"
for job in $jobs; do wait "$job" || fail "see above"; done
jobs=
logged rotatelogs TERM "" rotatelogs -n 2 "$PWD/rotatelogs.d/log" 1G & jobs="$jobs $!"
logged cronolog TERM "" cronolog "$PWD/cronolog.d/log" & jobs="$jobs $!"
mkdir logger.d
cat >rsyslog.conf <<C
main_queue(queue.type="Direct")
global(workDirectory="$PWD")
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="$PWD/log.sock" RateLimit.Interval="0")
template(name="plain" type="string" string="%msg%\n")
*.* action(type="omfile" file="$PWD/logger.d/log" template="plain")
C
rsyslogd -n -f rsyslog.conf -i "$PWD/rsyslog.pid" &
syslogd=$!
wait_for '[ -S log.sock ]'
logged logger TERM "" logger -t numbers -u "$PWD/log.sock" & jobs="$jobs $!"
for job in $jobs; do wait "$job" || fail "see above"; done
kill $syslogd
wait $syslogd || :
rm -f rsyslog.pid
jobs=
logged dlog-term TERM "" dlog -b -t "$PWD/dlog-term.d/log" & jobs="$jobs $!"
logged dlog-kill KILL -d dlog -b -t "$PWD/dlog-kill.d/log" & jobs="$jobs $!"
for job in $jobs; do wait "$job" || fail "see above"; done
