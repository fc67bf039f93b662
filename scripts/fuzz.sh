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

for file in $(grep -rlE '^func Fuzz[A-Za-z0-9_]*\(' --include='*_test.go' . | sort); do
	for target in $(sed -nE 's/^func (Fuzz[A-Za-z0-9_]*)\(.*/\1/p' "$file"); do
		wanted "$target" "$@" || continue
		echo "fuzzing $target of $(dirname "$file") for $time"
		$go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" "$(dirname "$file")"
		count=$((count + 1))
	done
done
if [ $count = 0 ]; then
	echo "fuzz: no such target: $*" >&2
	exit 1
fi
echo "fuzzed $count targets"
