#!/bin/sh
# release.sh: what is released, into dist/: archives and packages for every
# architecture, what is in the programs (sbom.txt), and checksums. The same bytes
# come out of the same commit, wherever it was cloned to.
set -eu
cd "$(dirname "$0")/.."
GO=${GO:-go}
[ -z "$(git status --porcelain)" ] || { echo "release: the tree has changes that no commit has" >&2; exit 1; }
version=$(sed -n 's/^const Release = "\(.*\)"/\1/p' internal/cli/version.go)
epoch=$(git log -1 --format=%ct)
rm -rf dist
"${MAKE:-make}" --no-print-directory dist completions
sh scripts/package.sh
for dir in dist/linux-*; do
	name=dmon-$version-${dir#dist/}
	mkdir "dist/$name"
	cp -R "$dir" "dist/$name/bin"
	cp -R man doc examples bin/completions README.md CHANGELOG.md LICENSE "dist/$name/"
	tar -C dist --sort=name --mtime="@$epoch" --owner=0 --group=0 --numeric-owner --mode=go=rX,u+w -cf - "$name" | gzip -9n >"dist/$name.tar.gz"
	rm -rf "dist/${name:?}"
done
# Which modules, at which versions with which sums, each program was made of.
(cd dist && "$GO" version -m linux-*/*) >dist/sbom.txt
rm -rf dist/tools dist/linux-*
(cd dist && sha256sum -- *.tar.gz *.deb *.rpm sbom.txt >SHA256SUMS)
ls -l dist
