# slow
# F61: processes that /proc does not show to dmon are signalled and awaited like
# any other: the mount option hidepid with programs that cannot be read, or that
# have the rights of another.
. "$LIB"
private_mounts
need setpriv util-linux
chmod 777 .
fake_load 0
mount -t tmpfs -o mode=1777 none /run/lock # no turns with other tests
mkdir proc
sleep=$(command -v sleep)
cp "$sleep" unreadable
chmod 711 unreadable
cp "$sleep" setuid
chmod 4755 setuid
nobody='setpriv --reuid 65534 --regid 65534 --clear-groups'
hide() { mount -t proc -o "hidepid=$1" proc /proc && mount --bind loadavg /proc/loadavg; }

# all WHO PROGRAM
all() {
	local as=$1 prog=$2 main opt=${3-}
	rm -f pid
	# shellcheck disable=SC2086
	$as dmon -n -v -k 20 $opt -I ev "$prog" 1000 2>err &
	dmon=$!
	wait_for 'has ev "cmd start"'
	main=$(awk '/cmd start/ {print $3}' ev)
	kill $dmon
	joined $dmon 143
	gone "$main" || fail "$prog lives on"
	rm -f ev
	# shellcheck disable=SC2086
	ends_with 124 $as dmon -n -t 200ms -k 20 $opt -m 0 "$prog" 1000 2>err
	# A child, and a stray, of one that can be seen.
	# shellcheck disable=SC2086,SC2016
	ends_with 0 $as dmon -n -k 1 $opt -m 0 sh -c '"$0" 1000 & echo $! >pid; (setsid "$0" 1000 & echo $! >stray); :' "$prog" 2>err
	holds 'gone $(cat pid) && gone $(cat stray)' "strays that run $prog live on"
	rm -f pid stray
	# shellcheck disable=SC2086,SC2016
	$as dmon -n -k 20 $opt -L 4 sh -c '"$0" 1000 & echo $! >pid; wait' "$prog" 2>err &
	dmon=$!
	wait_for '[ -s pid ] && [ "$(readlink /proc/$(cat pid)/exe)" = "$(realpath '"$prog"')" ]'
	fake_load 9
	wait_for 'paused $(cat pid)'
	fake_load 0
	wait_for '! paused $(cat pid)' 60
	fake_load 9
	wait_for 'paused $(cat pid)'
	kill $dmon
	joined $dmon 143
	gone "$(cat pid)" || fail "$prog lives on after a pause"
	fake_load 0
	rm -f pid
}

hide invisible
for prog in ./unreadable ./setuid; do
	row F61 "$prog under hidepid=invisible, as nobody"
	all "$nobody" "$prog"
done
row F61 'hidepid=noaccess'
hide noaccess
all "$nobody" ./unreadable
row F61 'hidepid=ptraceable, as root without the right to trace'
hide ptraceable
all 'setpriv --bounding-set -sys_ptrace' "$sleep" '-u nobody'
