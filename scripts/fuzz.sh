#!/bin/sh
# fuzz.sh: every fuzz target for a short time, FUZZTIME (5s) each, as many at
# once as there are processors. With arguments only the targets of these names.
# What a target finds it writes to testdata/fuzz beside its test, to be kept
# there as a regression.
set -eu
cd "$(dirname "$0")/.."
go=${GO:-go}
time=${FUZZTIME:-5s}

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
	[ "$(sed -n '/^--- FAIL: /,$p' "$1" | sed 1d | grep -v '^FAIL' | tr '\n' '|')" = '    context deadline exceeded|' ] &&
		! grep -q 'Failing input written' "$1"
}

# one TARGET DIRECTORY PROGRAM: in one worker, as others run beside it.
one() {
	log=$3.$1
	for _ in 1 2 3; do
		if (cd "$2" && "$3" -test.run '^$' -test.fuzz "^$1\$" -test.fuzztime "$time" -test.fuzzcachedir "$cache/$2" -test.parallel 1) >"$log" 2>&1 &&
			! grep -q 'no fuzz tests to fuzz' "$log"; then
			echo "$1 of $2 for $time: $(grep '^fuzz: ' "$log" | tail -n 1)"
			return 0
		fi
		unlucky "$log" || break
	done
	cat "$log"
	echo "fuzz: $1 of $2 failed" >&2
	return 1
}

if [ "${1-}" = -one ]; then
	one "$2" "$3" "$4"
	exit
fi

programs=$(mktemp -d)
trap 'rm -rf "$programs"' EXIT
cache=$($go env GOCACHE)/fuzz/$($go list -m)
export cache FUZZTIME="$time"

# The targets of a package share a program.
for file in $(grep -rlE '^func Fuzz[A-Za-z0-9_]*\(' --include='*_test.go' . | sort); do
	dir=$(dirname "$file")
	program=$programs/$(echo "$dir" | tr / .).test
	for target in $(sed -nE 's/^func (Fuzz[A-Za-z0-9_]*)\(.*/\1/p' "$file"); do
		wanted "$target" "$@" || continue
		[ -e "$program" ] || $go test -c -fuzz=. -o "$program" "$dir"
		echo "$target $dir $program"
	done
done >"$programs/list"
if [ ! -s "$programs/list" ]; then
	echo "fuzz: no such target: $*" >&2
	exit 1
fi
xargs -P "$(getconf _NPROCESSORS_ONLN)" -L 1 sh scripts/fuzz.sh -one <"$programs/list"
echo "fuzzed $(wc -l <"$programs/list") targets"
