#!/bin/sh
# check_packages.sh: the packages for this machine are made twice, alike; lintian and
# rpmlint have nothing to say; and they install, work and go again without a trace,
# in a copy of this system that only changes in memory.
set -eu
cd "$(dirname "$0")/.."
fail() {
	echo "packages: $*" >&2
	exit 1
}
if [ "${1:-}" != inside ]; then
	arch=$(${GO:-go} env GOARCH)
	rm -rf "dist/linux-$arch"
	CGO_ENABLED=0 ${GO:-go} build -trimpath -ldflags='-s -w' -o "dist/linux-$arch/" ./cmd/...
	make --no-print-directory completions
	sh scripts/package.sh "$arch" >/dev/null
	first=$(cat dist/*.deb dist/*.rpm | sha256sum)
	sh scripts/package.sh "$arch" >/dev/null
	[ "$first" = "$(cat dist/*.deb dist/*.rpm | sha256sum)" ] || fail "made twice, they differ"
	# Go's words stand one behind the other, "there" before "for ..." among them.
	said=$(lintian -EI --pedantic --allow-root --suppress-tags spelling-error-in-binary dist/*.deb) || fail "lintian: $said"
	[ -z "$said" ] || fail "lintian: $said"
	exec unshare --mount --pid --fork sh "$0" inside
fi

base=$(mktemp -d)
trap 'umount -l "$base"; rmdir "$base"' EXIT
mount -t tmpfs none "$base"
mkdir "$base/changed" "$base/work" "$base/root"
mount -t overlay -o "lowerdir=/,upperdir=$base/changed,workdir=$base/work" none "$base/root"
cp dist/*.deb dist/*.rpm packaging/rpmlintrc "$base/root/"
mount -t proc none "$base/root/proc"
mount -t tmpfs none "$base/root/run"
within() { chroot "$base/root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"; }

# gone NAME FILE...: nothing of the package is left.
gone() {
	name=$1
	shift
	for file; do
		[ -d "$base/root$file" ] || [ ! -e "$base/root$file" ] || fail "$name: $file stays behind"
	done
}

# works NAME: a user of the installed package has what he expects.
works() {
	[ "$(within stat -c %a /run/dmon)" = 1777 ] || fail "$1: /run/dmon is not there for everybody"
	within dmon --name package -p /run/package.pid sleep 1000 -- dlog /run/log || fail "$1: dmon does not start"
	within dmonctl is up package || fail "$1: dmonctl does not see it"
	within dmonctl stop package || fail "$1: dmonctl does not stop it"
	for page in dmon dlog dsyslog dmonctl; do
		gzip -dc "$base/root/usr/share/man/man8/$page.8.gz" | grep -q '^\.Dt' || fail "$1: no page $page"
		[ -s "$base/root/usr/share/bash-completion/completions/$page" ] || fail "$1: no completion for $page"
	done
}

within sh -c 'dpkg -i /*.deb' >/dev/null || fail "the .deb does not install"
works deb
all=$(within dpkg -L dmon)
within dpkg --purge dmon >/dev/null || fail "the .deb does not go"
# shellcheck disable=SC2086
gone deb $all

rm -rf "$base/root/run/dmon"
said=$(within sh -c 'rpm -i --nodeps /*.rpm 2>&1') || fail "the .rpm does not install: $said"
works rpm
all=$(within rpm -ql dmon)
said=$(within rpm -e dmon 2>&1) || fail "the .rpm does not go: $said"
# shellcheck disable=SC2086
gone rpm $all

# In here, since it unpacks what has absolute paths where these lead.
said=$(within sh -c 'rpmlint -r /rpmlintrc /*.rpm 2>&1') || fail "rpmlint: $said"
case $said in *' 0 errors, 0 warnings'*) ;; *) fail "rpmlint: $said" ;; esac
echo "packages: made twice alike, clean for lintian and rpmlint, installed and removed"
