#!/bin/sh
# check.sh: what must pass before a change lands; make check and CI run it.
# It installs what the tests need and this machine lacks (Debian, as root),
# runs one stage after the other, and ends at the first that fails.
set -u
cd "$(dirname "$0")/.." || exit 1
PATH=$PATH:/usr/local/go/bin:/usr/local/sbin:/usr/sbin:/sbin
GO=${GO:-go}
export PATH GO

fail() {
	echo "check: $*" >&2
	exit 1
}

# What is called, and the Debian package that has it. Tests say themselves
# what they need: scripts by a line "need TOOL PACKAGE", Go files by a comment
# "//check:need TOOL PACKAGE".
tools() {
	cat <<-'END'
	bash bash
	mandoc mandoc
	gcc gcc
	git git
	strace strace
	rsyslogd rsyslog
	lintian lintian
	rpmlint rpmlint
	rpm rpm
	END
	grep -rhE '^[[:blank:]]*(//check:)?need [^ ]+ [^ ]+$' --include='*.sh' --include='*_test.go' . | sed 's/.*need //'
}

missing() {
	tools | sort -u | while read -r tool package; do
		command -v "$tool" >/dev/null || echo "$package"
	done
	# The race detector links against C.
	[ -e /usr/include/stdio.h ] || echo libc6-dev
}

provide() {
	command -v "$GO" >/dev/null || fail "Go is missing: https://go.dev/dl/ has it"
	packages=$(missing | sort -u | tr '\n' ' ')
	if [ "$(id -u)" != 0 ]; then
		[ -z "$packages" ] || echo "check: missing: apt-get install $packages" >&2
		fail "must run as root: the tests use other users, namespaces and mounts (make lint, fuzz and cross do without)"
	fi
	if [ -z "$packages" ]; then
		echo "everything is there"
		return
	fi
	command -v apt-get >/dev/null || fail "missing, and no apt-get to install it: $packages"
	echo "installing $packages"
	export DEBIAN_FRONTEND=noninteractive
	# shellcheck disable=SC2086
	apt-get update -qq </dev/null && apt-get install -y -qq --no-install-recommends $packages </dev/null ||
		fail "cannot install what is missing: apt-get install $packages"
	packages=$(missing | sort -u | tr '\n' ' ')
	[ -z "$packages" ] || fail "still missing after their installation: $packages"
}

# Every test once, and not from the cache: most are about the system. Behind
# them stands which of the faults that dmon must survive they have met.
tests() {
	"$GO" build -o bin/faults ./internal/house/faults &&
		"$GO" test -json -count=1 -timeout 25m ./... | bin/faults
}

# The race detector, where something goes on beside something else, and not over
# the scripts, which wait for most of their time and would take minutes more:
# make race runs them, and all the rest, under it as well. What is played in one
# goroutine, and takes long, is left out too: walks through the states of the
# machine, crowds of gates (F87) and years of calendars.
races() {
	# shellcheck disable=SC2046
	CGO_ENABLED=1 "$GO" test -race -count=1 -timeout 20m \
		-skip '^(TestScripts|Test(Random)?Walk|TestF87.*|TestF49Calendar.*)$' $(beside)
}

# beside: the packages that start goroutines, or whose tests do.
beside() { grep -rlE --include='*.go' '(^|[[:blank:];{])go (func\(|[A-Za-z_.]+\()' . | xargs -n 1 dirname | sort -u; }

fuzz() { FUZZTIME=${FUZZTIME:-1s} sh scripts/fuzz.sh; }

# Compiling for one system after the other leaves a processor idle at each link.
cross() { "${MAKE:-make}" --no-print-directory -j 2 cross; }

summary=
stage() {
	name=$1
	shift
	echo "== $name"
	began=$(date +%s)
	"$@" </dev/null || fail "$name failed after $(($(date +%s) - began)) s"
	took=$(($(date +%s) - began))
	echo "== $name: $took s"
	summary="$summary$(printf '  %-9s %4d s' "$name" "$took")
"
}

start=$(date +%s)
stage needs provide
stage lint sh scripts/lint.sh
stage tests tests
stage races races
stage fuzz fuzz
stage cross cross
stage packages sh scripts/check_packages.sh
stage packages sh scripts/check_packages.sh
printf 'check: all passed in %d s\n%s' $(($(date +%s) - start)) "$summary"
