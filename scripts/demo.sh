#!/bin/sh
# What "make run" shows: a real copy under dmon that is killed in the middle,
# taken up again, and finished, with its output in a log of dlog's. Ends with 0
# only if the copy is identical and was resumed.
set -eu

bin=$(cd "$(dirname "$0")/../bin" && pwd)
dmon=$bin/dmon
dlog=$bin/dlog
mib=300 # to be copied
rate=40 # MiB a second, so that there is a middle

say() { printf '\n%s\n' "$*"; }
fail() {
	printf 'demo: %s\n' "$*" >&2
	exit 1
}

[ -x "$dmon" ] && [ -x "$dlog" ] || fail "bin/dmon and bin/dlog are not there: run 'make build' first"

if ! command -v rsync >/dev/null; then
	if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
		say "rsync is missing, so it is installed first."
		{ apt-get update -qq && apt-get install -y -qq rsync; } >/dev/null 2>&1 ||
			fail "cannot install rsync: install it by hand and try again"
	else
		fail "rsync is missing: install it first (on Debian, as root: apt-get install rsync)"
	fi
fi

dir=$(mktemp -d "${TMPDIR:-/tmp}/dmon-demo.XXXXXX")
pid=
clean_up() {
	trap - EXIT
	# dmon ends rsync and dlog; only then may their files go.
	if [ -n "$pid" ]; then
		kill "$pid" 2>/dev/null || :
		wait "$pid" || :
	fi
	rm -rf "$dir"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

free=$(df -Pk "$dir" | awk 'NR == 2 { print int($4 / 1024) }')
[ "$free" -gt $((2 * mib + 50)) ] || fail "there is no room for $((2 * mib)) MiB in $dir: set TMPDIR to a place that has it"
cd "$dir"

say "1. A tree of $mib MiB to copy, in $dir"
mkdir src
i=0
while [ $i -lt $((mib / 5)) ]; do
	mkdir -p src/$((i % 6))
	head -c 5242880 /dev/urandom >src/$((i % 6))/file$i
	i=$((i + 1))
done
files=$i
du -sh src

# On a machine that is busy with other things -L 4.0 would hold the copy back,
# which is what it is for, but no demonstration.
limit=4.0
busy=$(cut -d ' ' -f 1 /proc/loadavg 2>/dev/null || echo 0)
limit=$(awk -v l="$limit" -v b="$busy" 'BEGIN { print (b * 3 > l + 0) ? int(b * 3 + 1) ".0" : l }' </dev/null)
[ "$limit" = 4.0 ] || echo "(the load is $busy already, so the limit is $limit here)"

say "2. dmon copies it: until it has worked, paused while the load is above $limit,"
echo "   output with timestamps into a log. Soon that rsync is killed."
set -- "$dmon" -n -1 -v -L "$limit" -p demo.pid --cmd-pid-file rsync.pid \
	rsync -a --stats --bwlimit="${rate}m" src/ dst -- "$dlog" -t rsync.log
echo "   \$ $*" | sed "s|$bin/||g"
"$@" 2>messages &
pid=$!

# seconds_until N CONDITION: waits for it, at most N seconds.
seconds_until() {
	n=0
	while ! eval "$2"; do
		n=$((n + 1))
		[ $n -le $(($1 * 10)) ] || return 1
		kill -0 "$pid" 2>/dev/null || return 1
		sleep 0.1
	done
}
copied() { find dst -type f -name 'file*' 2>/dev/null | wc -l; }

seconds_until 30 '[ "$(copied)" -ge $((files / 3)) ]' || fail "the copy did not get far: $(cat messages)"
done_before=$(copied)
say "3. $done_before of $files files are there: kill -KILL \$(cat rsync.pid)"
kill -KILL "$(cat rsync.pid)"

status=0
wait "$pid" || status=$?
pid=

say "4. What dmon said about it:"
sed 's/^/   /' messages
say "5. The end of the log:"
sed -n '/Number of files:/,$p' rsync.log | head -6 | sed 's/^/   /'

[ $status = 0 ] || fail "dmon ended with status $status"
diff -r src dst >/dev/null || fail "the copy is not identical"
grep -q 'ended by KILL' messages || fail "rsync was not killed: it was too quick"
again=$(sed -n 's/.*Number of regular files transferred: \([0-9,]*\).*/\1/p' rsync.log | tr -d ,)
[ -n "$again" ] && [ "$again" -lt "$files" ] && [ "$again" -gt 0 ] ||
	fail "the copy was not taken up again: ${again:-no} files of $files in the last run"
[ ! -e demo.pid ] && [ ! -e rsync.pid ] || fail "pid files are left"

say "The copy is identical, dmon ended with 0; the last run copied $again files of $files."
