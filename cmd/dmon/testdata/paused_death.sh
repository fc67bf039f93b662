# slow
# F63: a command that dies in a pause is followed by one that executes, whether
# its tree has a cgroup or not, and whether the step that ends the rest of it
# wakes anybody or not.
. "$LIB"
private_mounts
row F63 'death in a pause'
mount -t tmpfs -o mode=1777 none /run/lock # no turns with other tests

for how in '' '--stop-sequence KILL' '--kill-mode main'; do
	fake_load 0.10
	rm -f pids events
	# The child is what KILL leaves behind.
	dmon -n -L 4 $how --min-uptime 0 -I events sh -c 'sleep 1000 & echo $$ $! >>pids; wait' &
	dmon=$!
	wait_for '[ "$(lines pids)" = 1 ]'
	fake_load 9.50
	wait_for 'has events "cmd pause"' 60
	read -r cmd child <pids
	wait_for 'paused $cmd && paused $child'
	kill -KILL "$cmd"
	case $how in
	*main) wait_for '! paused $child' ;; # left alone, and not stopped for ever
	*) wait_for 'gone $child' ;;
	esac
	fake_load 0.10
	wait_for '[ "$(lines pids)" = 2 ]' 90
	next=$(sed -n '2s/ .*//p' pids)
	holds '! paused $next' 'the next run stands still'
	equal "$(count 'cmd start' events)" 2 'the number of starts'
	kill $dmon
	case $how in *KILL) joined $dmon 137 ;; *) joined $dmon 143 ;; esac
	[ "$how" != '--kill-mode main' ] || kill -KILL $(sed 's/.* //' pids)
done
