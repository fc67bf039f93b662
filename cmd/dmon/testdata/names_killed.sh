# What a killed dmon leaves at its name, and of its tree, and what the next one
# does about it.
. "$LIB"
row F13 'by its name'
private_mounts

cat >tree.sh <<'S'
trap : TERM
setsid sh -c 'echo $$ >pid; exec sleep 1000' &
while :; do sleep 0.02; done
S

# killed OPTION...: leave the tree of a killed dmon behind.
killed() {
	rm -f pid err
	dmon "$@" sh tree.sh
	wait_for '[ -s pid ]'
	dead=$(dmonctl list --json 'k*' | sed 's/.*"dmon":{"pid":\([0-9]*\).*/\1/')
	kill -KILL "$dead"
	wait_for 'dmonctl is lost k'
	holds "alive $(cat pid)" 'the tree is gone by itself'
}

left() {
	# The next of that name ends what is left before it begins, and says so.
	killed --name k
	ends_with 0 dmon -n -m 0 --name k --stop-sequence TERM/100ms/KILL sh -c 'kill -0 $(cat pid) 2>/dev/null && echo beside; :' >out 2>err
	grep -q 'a killed dmon left [23] processes of the command behind, ending them' err
	equal "$(cat out)" '' 'what runs beside the next'
	holds "gone $(cat pid)" 'it is left'
	# After an end nothing is looked for.
	ends_with 0 dmon -n -m 0 --name k true 2>err
	lacks err 'killed dmon'
	# On purpose it is left alone, by who leaves it and by who finds it.
	killed --name k --orphan keep
	ends_with 0 dmon -n -m 0 --name k --orphan keep true 2>err
	lacks err 'killed dmon'
	holds "alive $(cat pid)" 'it was ended'
	for p in $(pgrep -f "^sh tree.sh$") $(cat pid); do [ "$(readlink "/proc/$p/cwd")" != "$PWD" ] || kill -KILL "$p"; done
}
left
without_cgroups
left

# A name that dmon made of the command's is nobody's: what is left at it is seen
# until the next of that command, which takes it or tidies it up.
dmon sleep 1000
wait_for 'dmonctl is up sleep'
dmon sleep 1000
wait_for '[ "$(dmonctl list | grep -c "^sleep")" = 2 ]'
dmonctl list --json 'sleep*' | sed 's/.*"dmon":{"pid":\([0-9]*\).*"command":{"pid":\([0-9]*\).*/\1 \2/' >pids
equal "$(lines pids)" 2 'the dmons'
while read -r dmon cmd; do kill -KILL "$dmon"; done <pids
wait_for '[ "$(dmonctl list | grep -c "^sleep.*lost")" = 2 ]'
dmon sleep 1000
wait_for 'dmonctl is up sleep && [ "$(dmonctl list | grep -c "^sleep")" = 1 ]'
dmonctl stop sleep
wait_for '! ls "$DMON_DIR" | grep -q sleep'
