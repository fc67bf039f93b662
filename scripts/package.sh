#!/bin/sh
# package.sh [ARCH]...: .deb and .rpm for these of Go's linux architectures (all
# that are released) into dist/, from dist/linux-ARCH and the completions of bin/.
# The same bytes come out of the same commit.
set -eu
cd "$(dirname "$0")/.."
GO=${GO:-go}
# Later ones need modules that cannot be had everywhere.
NFPM=github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.45.2
[ $# -gt 0 ] || set -- amd64 arm64 arm 386 riscv64

version=$(sed -n 's/^const Release = "\(.*\)"/\1/p' internal/cli/version.go)
epoch=$(git log -1 --format=%ct 2>/dev/null || date +%s)
export SOURCE_DATE_EPOCH="$epoch"
maintainer=$(sed -n 's/^maintainer: //p' packaging/nfpm.yaml)
date=$(date -u -d "@$epoch" +%Y-%m-%dT%H:%M:%SZ)
GOBIN=$PWD/dist/tools "$GO" install "$NFPM"

# lay DIR ARCH KIND: everything where the packages of KIND have it, the manual and the
# texts apart, since an rpm marks them.
lay() {
	root=$1/root pages=$1/pages texts=$1/texts
	share=$root/usr/share
	install -d "$root/usr/bin" "$root/usr/lib/tmpfiles.d" "$share/bash-completion/completions" \
		"$share/fish/vendor_completions.d" "$pages" "$texts"
	install -m 755 "dist/linux-$2"/* "$root/usr/bin/"
	for page in man/*.8; do
		gzip -9nc "$page" >"$pages/${page#man/}.gz"
	done
	install -m 644 packaging/tmpfiles.conf "$root/usr/lib/tmpfiles.d/dmon.conf"
	install -m 644 bin/completions/bash/* "$share/bash-completion/completions/"
	install -m 644 bin/completions/fish/* "$share/fish/vendor_completions.d/"
	install -m 644 README.md doc/*.md "$texts/"
	install -d "$1/examples"
	install -m 644 examples/* "$1/examples/"
	case $3 in
	deb)
		zsh=$share/zsh/vendor-completions
		install -d "$share/lintian/overrides"
		install -m 644 packaging/lintian-overrides "$share/lintian/overrides/dmon"
		install -m 644 packaging/copyright "$texts/copyright"
		gzip -9nc CHANGELOG.md >"$texts/changelog.gz"
		printf 'dmon (%s-1) unstable; urgency=medium\n\n  * See changelog.gz.\n\n -- %s  %s\n' \
			"$version" "$maintainer" "$(date -u -R -d "@$epoch")" | gzip -9nc >"$texts/changelog.Debian.gz"
		;;
	rpm)
		zsh=$share/zsh/site-functions
		install -d "$share/licenses/dmon"
		install -m 644 LICENSE "$share/licenses/dmon/"
		install -m 644 CHANGELOG.md "$texts/"
		printf -- '- semver: %s-1\n  date: %s\n  packager: %s\n  changes:\n    - note: See CHANGELOG.md.\n' \
			"$version" "$date" "$maintainer" >"$1/changelog.yaml"
		;;
	esac
	install -d "$zsh"
	install -m 644 bin/completions/zsh/* "$zsh/"
	# Whatever the umask is.
	find "$root" "$pages" "$texts" "$1/examples" -type d -exec chmod 755 {} + -o -type f ! -path '*/bin/*' -exec chmod 644 {} +
	find "$root" "$pages" "$texts" "$1/examples" -exec touch -h -d "@$epoch" {} +
}

for arch; do
	for kind in deb rpm; do
		work=dist/$kind-$arch
		rm -rf "$work"
		mkdir -p "$work"
		lay "$work" "$arch" $kind
		cp packaging/postinst "$work/"
		# Go's names are taken by nfpm, but for these of its arm.
		name=$arch
		[ "$arch" != arm ] || name=arm7
		sed "s/ARCHITECTURE/$name/; s/VERSION/$version/; s/DATE/$date/" packaging/nfpm.yaml >"$work/nfpm.yaml"
		# Only an rpm has kinds of files: a .deb leaves such out.
		mark=
		[ $kind != rpm ] || mark=', type: doc'
		for file in "$work"/pages/*; do
			echo "  - {src: 'pages/${file##*/}', dst: '/usr/share/man/man8/${file##*/}'$mark}"
		done >>"$work/nfpm.yaml"
		for file in "$work"/texts/*; do
			echo "  - {src: 'texts/${file##*/}', dst: '/usr/share/doc/dmon/${file##*/}'$mark}"
		done >>"$work/nfpm.yaml"
		for file in "$work"/examples/*; do
			echo "  - {src: 'examples/${file##*/}', dst: '/usr/share/doc/dmon/examples/${file##*/}'$mark}"
		done >>"$work/nfpm.yaml"
		[ $kind != rpm ] || echo 'changelog: changelog.yaml' >>"$work/nfpm.yaml"
		(cd "$work" && ../tools/nfpm package --packager $kind --target ..)
		rm -rf "$work"
	done
done
