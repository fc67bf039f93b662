# F13, F14: dmon itself is killed. The command gets TERM, the log command reads
# to the end, and the pid file that stays is no obstacle.
. "$LIB"

for sig in KILL SEGV; do
	row=F13
	[ $sig = KILL ] || row=F14
	rm -f log said
	dmon -p x.pid --cmd-pid-file cmd.pid sh -c 'trap "echo bye >said; exit" TERM; seq 1 1000; while :; do sleep 0.02; done' -- dlog -b log
	read -r dmon <x.pid
	read -r cmd <cmd.pid
	wait_for '[ $(lines log) = 1000 ]'
	row $row "dmon gets $sig"
	kill -$sig "$dmon"
	wait_for "gone $dmon && gone $cmd" 10
	wait_for '[ -s said ]'
	holds '[ -e x.pid ]' "who removed the pid file?"
	wait_for '! pgrep -x dlog -s 0 >/dev/null'
done

dmon -p x.pid --cmd-pid-file cmd.pid sleep 1000
holds "[ $(cat x.pid) != $dmon ]" "the pid file was not taken over"
stop x.pid

# A pid file with the number of a stranger does no harm to the stranger.
echo $$ >x.pid
dmon -p x.pid sleep 1000
holds "[ $(cat x.pid) != $$ ]" "the pid file was not taken over"
stop x.pid
