#!/usr/bin/env bash
# Makes what a release offers to download: the static program with the notices of all that is in it, its SBOM, the install script and
# their checksums. The same build gives the same bytes. Usage: package.sh BUILD_FOLDER OUT
set -euo pipefail
cd "$(dirname "$0")/.."
build=$1
out=$2
version=$(sed -nE 's/^project\(perfwarden VERSION ([0-9.]+).*/\1/p' CMakeLists.txt)
name=perfwarden-$version-x86_64-linux
revision=${REVISION:-$(git rev-parse HEAD 2>/dev/null || echo unknown)}
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/$name/notices" "$out"
install -s "$build/src/perfwarden" "$folder/$name/perfwarden"
cp LICENSE "$folder/$name/"
.ci/linked_packages.sh "$build" >"$folder/packages"
while read -r package _; do
  cp "/usr/share/doc/$package/copyright" "$folder/$name/notices/$package"
done <"$folder/packages"
cp templates/dashboard/vendor/uplot/LICENSE "$folder/$name/notices/uplot"
.ci/sbom.sh perfwarden "$version" "$revision" <"$folder/packages" >"$out/$name.spdx.json"
cp "$out/$name.spdx.json" "$folder/$name/sbom.spdx.json"
tar -C "$folder" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner -cf - "$name" | gzip -9n >"$out/$name.tar.gz"
cp .github/actions/host/install.sh "$out/install.sh"
(cd "$out" && sha256sum "$name.tar.gz" "$name.spdx.json" install.sh >SHA256SUMS && cat SHA256SUMS)
