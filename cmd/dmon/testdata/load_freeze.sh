# alone
# F51: a tree that forks as fast as it can is frozen: half a second after the
# pause nothing of it runs, and a second later neither.
. "$LIB"
need stress-ng stress-ng
private_mounts
row F51 'freezing a tree that forks'
mount -t tmpfs -o mode=1777 none /run/lock # no turns with other tests

# running DMON: how many of the tree run. All are descendants of dmon, to whom
# orphans come, whatever sessions they are in.
running() {
	cat /proc/[0-9]*/stat 2>/dev/null | sed 's/^\([0-9]*\) (.*) /\1 /' | awk -v top="$1" '
		{ state[$1] = $2; parent[$1] = $3 }
		END {
			for (p in state) {
				for (q = p; q in parent && q != top; q = parent[q]) ;
				if (q == top && p != top && state[p] == "R") n++
			}
			print n + 0
		}'
}

# All at once: each has the others to contend with.
fake_load 0.10
kinds=('--fork 4' '--vfork 4' '--clone 2' setsid)
for n in "${!kinds[@]}"; do
	case ${kinds[n]} in
	setsid) set -- sh -c 'n=0; while :; do setsid sh -c "sleep 0.01 & setsid sleep 0.02 &" & n=$((n + 1)); [ $((n % 8)) != 0 ] || wait; done' ;;
	*) set -- stress-ng --quiet ${kinds[n]} ;;
	esac
	dmon -n -k 1 -L 4 -I events.$n "$@" &
	dmons[n]=$!
done
for n in "${!kinds[@]}"; do
	wait_for "has events.$n 'cmd start'"
	wait_for "[ \$(running ${dmons[n]}) -gt 0 ]"
done
nap 0.5
fake_load 9.50
for n in "${!kinds[@]}"; do wait_for "has events.$n 'cmd pause'"; done
for when in 0.5 1; do
	nap $when
	for n in "${!kinds[@]}"; do equal "$(running ${dmons[n]})" 0 "the number that run of ${kinds[n]} after another $when s"; done
done
kill "${dmons[@]}"
for dmon in "${dmons[@]}"; do wait $dmon || :; done
