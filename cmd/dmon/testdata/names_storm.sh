# slow
# Many clients at once, whatever state it is in: each is answered, and what was asked for last is so in the end.
. "$LIB"

# client VERB...: each is done, or the contrary has been asked for or it has not come up.
client() {
	local verb
	for verb; do
		status dmonctl -t 60 "$verb" "$name" 2>>said
		case $rc in 0 | 1) ;; *) echo "$verb ends with $rc" >>wrong ;; esac
	done
}
# storm NAME: twenty at once, and then one after the other.
storm() {
	name=$1
	for n in 1 2 3 4; do
		client down up &
		client up down &
		client restart restart &
		client start down start &
		client pause resume &
	done
	wait
	[ ! -e wrong ] || fail "$name: $(cat wrong said)"
	lacks said 'cannot ask' || fail "$name: $(cat said)"
	dmonctl resume "$name"
	for last in "$2" down "$2" 'down up down' "$2"; do
		for verb in $last; do dmonctl --no-wait "$verb" "$name"; done
		case $last in
		*down) dmonctl down "$name"; dmonctl is down "$name" ;;
		*) dmonctl wait -t 60 --for "$3" "$name"; holds '! dmonctl is down "$name"' "$name is down after $last" ;;
		esac
	done
	dmonctl stop "$name"
	dmonctl is ended "$name"
}

dmon --name plain sleep 1000
storm plain restart ready
dmon --name delayed --min-uptime 1h --backoff 30 sh -c '[ -e ok ] || exit 3; sleep 1000'
wait_for 'dmonctl is waiting delayed'
touch ok
storm delayed up ready
dmon --name stubborn --kill-after 0.1 sh -c 'trap "" TERM; while :; do sleep 1000; done'
storm stubborn start ready
dmon --name stopped sleep 1000
dmonctl signal STOP stopped
storm stopped restart ready
dmon --name down --down sleep 1000
storm down up ready

# More clients than are served at a time: nobody is turned away.
dmon --name crowd sleep 1000
for n in $(seq 60); do dmonctl text crowd "$n" 2>>said || echo "text $n" >>wrong & done
wait
[ ! -e wrong ] || fail "$(cat wrong said)"

# Who is kept waiting by a gate hears of it.
dmonctl down crowd
dmonctl pause crowd
dmonctl up crowd 2>err &
waiter=$!
wait_for "has err 'crowd is held (by request (dmonctl resume)): waiting'"
dmonctl resume crowd
joined $waiter 0
dmonctl stop crowd
