# What dmonctl says to whom: names that are not there, -q, help, the variable, a first look.
. "$LIB"

# A new user learns how to begin, and what there is to do.
dmonctl >out 2>err
equal "$(cat out)" '' 'the list of nothing'
has err 'no dmon of yours runs here'
dmonctl help >out
dmonctl --help >help
diff out help
for verb in $(sed -n '/^Verbs/,/^$/s/^  \([a-z]*\) .*/\1/p' help); do
	dmonctl help "$verb" >out
	has out "Usage: dmonctl [OPTION]... $verb"
	has out "Example:"
	holds '[ -z "$(grep ".\{100\}" out)" ]' "a line of help $verb is too long"
done
ends_with 125 dmonctl stauts x 2>err
has err 'did you mean status?'
ends_with 125 dmonctl help lgs 2>err
has err 'did you mean logs?'
ends_with 125 dmonctl stop 2>err
has err 'dmonctl help stop'

for words in 'events a b' 'logs a b' 'whoami 1 2' 'text a b c' 'help a b'; do
	ends_with 125 dmonctl $words 2>err
	has err "and not \"${words##* }\" as well"
done

# Of several names those that are there are acted on; the others are told, and are the failure.
dmon --name a sleep 1000
dmon --name b sleep 1000
for verb in down up pause resume restart 'signal CONT' stop start stop forget; do
	ends_with 4 dmonctl $verb a ghost 'none/*' b 2>err
	equal "$(cat err)" "dmonctl: nothing here is called ghost or 'none/*'" "what $verb says"
	case $verb in
	down | stop) [ "$(dmonctl list --json a b | grep -cE '"state":"(down|ended)"')" = 2 ] ;;
	pause) dmonctl is paused a && dmonctl is paused b ;;
	forget) equal "$(dmonctl list a b 2>/dev/null)" '' 'what forget left' ;;
	*) dmonctl is up a && dmonctl is up b ;;
	esac || fail "$verb has not done it: $(dmonctl)"
	dmon --if-absent --name none sleep 1000
done
ends_with 4 dmonctl wait none ghost 2>err
ends_with 4 dmonctl wait --any ghost ghosts 2>err
ends_with 124 dmonctl wait -t 0.01 --any ghost none 2>err
equal "$(grep -c 'nothing here is called ghost$' err)" 1 'what wait --any says of the other'

# Each failure has its line; -q has none, and the same status.
dmon --name c sleep 1000
dmonctl stop none c
for verb in down up pause resume 'signal HUP'; do
	ends_with 125 dmonctl $verb c none 2>err
	equal "$(grep -c '^dmonctl: .* is ended: .*dmonctl start' err)" 2 "failures of $verb"
	ends_with 125 dmonctl -q $verb c none 2>err
	equal "$(cat err)" '' "what -q $verb says"
done
ends_with 4 dmonctl forget -q ghost 2>err
ends_with 4 dmonctl -q stop ghost 2>>err
ends_with 4 dmonctl -q text ghost x 2>>err
ends_with 4 dmonctl -q is up ghost 2>>err
ends_with 4 dmonctl -q wait ghost 2>>err
dmonctl start none
ends_with 125 dmonctl -q forget none 2>>err
equal "$(cat err)" '' 'what -q says'
ends_with 125 dmonctl -q stop --color never none 2>err
has err 'means nothing to stop'

# restart brings back what has ended or was killed, and fails where that fails.
dmonctl stop none
dmonctl restart none c
dmonctl is up none && dmonctl is up c
kill -KILL "$(dmonctl list --json c | sed 's/.*"dmon":{"pid":\([0-9]*\).*/\1/')"
wait_for 'dmonctl is lost c'
dmonctl restart none c
dmonctl is up c
cp "$(command -v sleep)" prog
dmon --name own ./prog 1000
dmonctl stop own
rm prog
ends_with 127 dmonctl restart own 2>err
has err prog
ends_with 127 dmonctl -q start own 2>err
equal "$(cat err)" '' 'what -q start says'

# A text goes as it came.
dmonctl text c 'so it is'
dmonctl list c >out
has out 'so it is'
dmonctl text c
dmonctl list c >out
lacks out 'so it is'

# What the variable says is for the verbs that it means something to.
export DMONCTL_OPTIONS='--color never -q --lines 5'
dmonctl is up c
dmonctl events c >out
equal "$(lines out)" 6 'lines of events, over several dmons'
ends_with 4 dmonctl stop ghost 2>err
equal "$(cat err)" '' 'what -q in the variable says'
unset DMONCTL_OPTIONS
dmonctl stop c none

# One that does not answer is told as such, and within the time that was given.
dmon --name mute sleep 1000
pid=$(dmonctl list --json mute | sed 's/.*"dmon":{"pid":\([0-9]*\).*/\1/')
kill -STOP "$pid"
for verb in down restart stop; do
	ends_with 124 dmonctl -t 0.1 $verb mute 2>err
	has err "mute does not answer within 100ms: its dmon, process $pid"
done
dmonctl is up mute
rm "$DMON_DIR/mute/control"
ends_with 125 dmonctl -t 0.1 pause mute 2>err
has err "socket is gone; signals still reach its dmon, process $pid"
dmonctl wait mute &
waiter=$!
kill "$pid"
kill -CONT "$pid"
joined $waiter 143

# What a record cannot hold is not started as something else.
dmon --name odd sh -c 'sleep 1000' "$(printf 'a\377b')"
dmonctl stop odd
ends_with 125 dmonctl start odd 2>err
has err 'start it by hand'
dmon --name odd sh -c 'sleep 1000' "$(printf '%5000s')"
dmonctl stop odd
ends_with 125 dmonctl restart odd 2>err
has err 'start it by hand'
mkdir "$(printf 'd\377')"
(cd "$(printf 'd\377')" && dmon --name odd sleep 1000)
dmonctl stop odd
ends_with 125 dmonctl start odd 2>err
has err 'start it by hand'
dmon --name odd sh -c 'printf %s "$1" >said; exec sleep 1000' x "é \"'\\
	世 $(printf '\001\177')"
wait_for '[ -s said ]'
cp said before
dmonctl stop odd
rm said
dmonctl start odd
wait_for '[ -s said ]'
cmp before said
dmonctl stop odd
