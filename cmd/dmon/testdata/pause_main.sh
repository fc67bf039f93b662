# slow
# F64: a stop for the main process alone, in a pause, lets all go on: with a
# cgroup, without one, and with all of them stopped by a user before.
. "$LIB"
private_mounts
chmod 777 .
fake_load 0

cat >job <<'S'
trap 'echo TERM >>said; exit 3' TERM
sh -c 'echo $$ >child; trap "echo child >>said; exit 0" USR1; while :; do sleep 0.05; done' &
echo $$ >main
while :; do sleep 0.05; [ ! -s said ] || kill -USR1 $(cat child); done
S
for who in root nobody; do
	as=
	[ $who = root ] || as='setpriv --reuid 65534 --regid 65534 --clear-groups'
	for how in '--kill-mode main -k 20' '--stop-sequence TERM:main/20s/KILL'; do
		row F64 "$who, $how"
		rm -f child main said
		# shellcheck disable=SC2086
		$as dmon -n -v -L 4 $how sh -c "$(cat job)" 2>err &
		dmon=$!
		wait_for '[ -s child -a -s main ]'
		child=$(cat child)
		fake_load 9
		wait_for 'paused $child && paused $(cat main)'
		kill $dmon
		joined $dmon 3
		holds 'has said TERM' 'its handler did not run'
		if [ "${how#--kill}" != "$how" ]; then
			wait_for "! paused $child"
			kill -USR1 "$child"
			wait_for "gone $child"
			holds 'has said child' 'the handler of the child did not run'
		else
			wait_for "gone $child"
		fi
		fake_load 0
	done
done
