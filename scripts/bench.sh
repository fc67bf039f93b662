#!/bin/sh
# bench.sh: runs every program in bench/, or those that are named, and prints
# their tables. make bench builds dmon, dlog and dsyslog first. BENCHFLAGS are
# flags for the program: BENCHFLAGS=--quick sh scripts/bench.sh cost
set -eu
cd "$(dirname "$0")/.."
go=${GO:-go}
if [ $# = 0 ]; then
	set -- cost sinks gate
	echo "bench: cost, sinks and gate, about half an hour in all; each says what it is at" >&2
fi
mkdir -p bin
for name in "$@"; do
	if [ ! -e "bench/$name/main.go" ]; then
		echo "bench: there is no bench/$name" >&2
		exit 1
	fi
	CGO_ENABLED=0 $go build -trimpath -o "bin/bench-$name" "./bench/$name"
	# shellcheck disable=SC2086
	"bin/bench-$name" ${BENCHFLAGS:-}
done
