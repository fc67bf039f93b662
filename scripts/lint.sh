#!/bin/sh
# lint.sh: what can be said about the sources without running them.
# All complaints are printed; the status is 1 if there was one.
set -u
cd "$(dirname "$0")/.." || exit 1
go=${GO:-go}
bad=0

complain() {
	echo "lint: $*" >&2
	bad=1
}

# Each way to fail, with what it found indented below.
found() {
	[ -z "$2" ] && return
	complain "$1"
	printf '%s\n' "$2" | sed 's/^/	/' >&2
}

found "gofmt would change" "$(gofmt -l . 2>&1)"

# As make cross compiles, which then finds most of its work done.
for system in "linux/$($go env GOHOSTARCH)" darwin/arm64 freebsd/amd64; do
	out=$(CGO_ENABLED=0 GOOS=${system%/*} GOARCH=${system#*/} $go vet ./... 2>&1) || found "go vet for $system" "$out"
done

if command -v mandoc >/dev/null; then
	found "mandoc" "$(mandoc -T lint -W warning man/*.8 2>&1)"
else
	complain "mandoc is missing: apt-get install mandoc"
fi

# Those in scripts are for any shell, those of the tests and of CI for bash.
for script in scripts/*.sh .ci/run cmd/*/testdata/*.sh cmd/*/testdata/*.bash; do
	[ -e "$script" ] || continue
	case $script in
	scripts/*) shell=sh ;;
	*) shell=bash ;;
	esac
	out=$($shell -n "$script" 2>&1) || found "$shell cannot read $script" "$out"
done

found "blanks at the end of a line" "$(grep -rnIE '[[:blank:]]+$' . \
	--exclude-dir=.git --exclude-dir=bin --exclude-dir=dist --exclude-dir=testdata)"

exit $bad
