#!/usr/bin/env bash
# The script by which people install a release, against a release made up here: it installs what has the right checksum, and nothing else.
# Usage: install.sh WORK
set -euo pipefail
script=$(realpath "$(dirname "$0")/../../.github/actions/host/install.sh")
rm -rf "$1"
mkdir -p "$1"
cd "$(realpath "$1")"
name=perfwarden-1.2.3-x86_64-linux
mkdir -p "release/v1.2.3" "made/$name"
printf '#!/bin/sh\necho perfwarden 1.2.3\n' >"made/$name/perfwarden"
chmod +x "made/$name/perfwarden"
tar -C made -czf "release/v1.2.3/$name.tar.gz" "$name"
(cd release/v1.2.3 && sha256sum "$name.tar.gz" >SHA256SUMS)
sum=$(cut -d ' ' -f 1 release/v1.2.3/SHA256SUMS)
other=$(printf '0%.0s' {1..64})

failures=0
expect() {  # expect WHAT STATUS TEXT ARGUMENTS…: the exit code, and a text that stdout or stderr holds
  local what=$1 wanted=$2 text=$3 status=0
  shift 3
  rm -rf to
  sh "$script" --version 1.2.3 --from "file://$PWD/release" --to "$PWD/to" "$@" >log 2>&1 || status=$?
  if [ "$status" -eq "$wanted" ] && grep -qF -- "$text" log && { [ "$wanted" -eq 0 ] || [ ! -e to/perfwarden ]; }; then
    echo "ok: $what"
  else
    echo "FAILED: $what (exit $status)"
    sed 's/^/    /' log
    failures=$((failures + 1))
  fi
}
expect "the release's checksum decides" 0 "perfwarden 1.2.3"
expect "a checksum that is given decides" 0 "perfwarden 1.2.3" --sha256 "$sum"
expect "an archive with another checksum is refused" 1 "nothing was installed" --sha256 "$other"
expect "a version with a path in it is refused" 1 "is not a version" --version ../1
expect "plain http is refused" 1 "--from needs" --from http://example.invalid
expect "a release that is not there is an error" 1 "cannot get" --version 9.9.9
expect "an unknown option is an error" 1 "unknown option" --prefix /usr
expect "an option without its value is an error" 1 "needs a value" --to
sed -i "s/^$sum/$other/" release/v1.2.3/SHA256SUMS
expect "an archive that SHA256SUMS does not know is refused" 1 "nothing was installed"
[ "$failures" -eq 0 ]
