#!/bin/sh
# fuzz.sh: every fuzz target for a short time, FUZZTIME (5s) each. With
# arguments only the targets of these names. What a target finds it writes to
# testdata/fuzz beside its test, to be kept there as a regression.
set -eu
cd "$(dirname "$0")/.."
go=${GO:-go}
time=${FUZZTIME:-5s}
count=0

wanted() {
	[ $# -gt 1 ] || return 0
	target=$1
	shift
	for name in "$@"; do
		[ "$name" != "$target" ] || return 0
	done
	return 1
}

# Up to Go 1.26 the end of the time may come in the middle of a step and then
# counts as a failure (go.dev/issue/75804). That says nothing but this, and no
# input is written; it deserves another run, which has to pass.
unlucky() {
	[ "$(sed -n '/^--- FAIL: /,$p' "$log" | sed 1d | grep -v '^FAIL' | tr '\n' '|')" = '    context deadline exceeded|exit status 1|' ] &&
		! grep -q 'Failing input written' "$log"
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT

fuzz() {
	for _ in 1 2 3; do
		# The status of what comes before tee is that of the last line in the log.
		{ $go test -run '^$' -fuzz "^$1\$" -fuzztime "$time" "$2" 2>&1 && echo "found nothing"; } | tee "$log"
		if [ "$(tail -n 1 "$log")" = "found nothing" ]; then
			return 0
		fi
		unlucky || break
		echo "the time was up in the middle of a step: once more"
	done
	echo "fuzz: $1 of $2 failed" >&2
	return 1
}

for file in $(grep -rlE '^func Fuzz[A-Za-z0-9_]*\(' --include='*_test.go' . | sort); do
	for target in $(sed -nE 's/^func (Fuzz[A-Za-z0-9_]*)\(.*/\1/p' "$file"); do
		wanted "$target" "$@" || continue
		echo "fuzzing $target of $(dirname "$file") for $time"
		fuzz "$target" "$(dirname "$file")"
		count=$((count + 1))
	done
done
if [ $count = 0 ]; then
	echo "fuzz: no such target: $*" >&2
	exit 1
fi
echo "fuzzed $count targets"
