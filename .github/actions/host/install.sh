#!/bin/sh
# Installs perfwarden, one static program, on a Linux machine with any C library. The archive is compared with its checksum before
# anything of it runs.
#   install.sh [--version V] [--sha256 HEX] [--to FOLDER] [--from ADDRESS]
# --sha256: of the archive; without it, the SHA256SUMS of the release decides. --from: a mirror of the releases (https:// or file://).
set -eu
version=0.1.0
sha256=
to=/usr/local/bin
from=https://github.com/perfwarden/perfwarden/releases/download

stop() {
  echo "install.sh: $1" >&2
  exit 1
}
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || stop "$1 needs a value"
  case $1 in
    --version) version=${2#v} ;;
    --sha256) sha256=$2 ;;
    --to) to=$2 ;;
    --from) from=${2%/} ;;
    *) stop "unknown option $1; known: --version --sha256 --to --from" ;;
  esac
  shift 2
done

case $(uname -s) in Linux) ;; *) stop "perfwarden runs on Linux only" ;; esac
case $(uname -m) in
  x86_64 | amd64) machine=x86_64 ;;
  *) stop "there is no binary for $(uname -m); build perfwarden from its source (make build)" ;;
esac
case $version in *[!0-9A-Za-z.-]* | '') stop "'$version' is not a version" ;; esac
case $from in https://* | file:///* | http://127.0.0.1:*) ;; *) stop "--from needs https:// or file://" ;; esac

get() { # get ADDRESS FILE
  case $1 in
    file://*) cp "${1#file://}" "$2" ;;
    *)
      if command -v curl >/dev/null; then
        curl --fail --silent --show-error --location --retry 3 --output "$2" "$1"
      elif command -v wget >/dev/null; then
        wget -q -O "$2" "$1"
      else
        stop "neither curl nor wget is installed"
      fi
      ;;
  esac || stop "cannot get $1"
}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
archive=perfwarden-$version-$machine-linux.tar.gz
get "$from/v$version/$archive" "$folder/$archive"
if [ -z "$sha256" ]; then
  get "$from/v$version/SHA256SUMS" "$folder/SHA256SUMS"
  sha256=$(awk -v name="$archive" '$2 == name || $2 == "*" name {print $1}' "$folder/SHA256SUMS")
  [ -n "$sha256" ] || stop "SHA256SUMS of v$version does not name $archive"
fi
found=$(sha256sum "$folder/$archive" | cut -d ' ' -f 1)
[ "$found" = "$sha256" ] || stop "the checksum of $archive is $found, not $sha256; nothing was installed"

tar -xzf "$folder/$archive" -C "$folder"
program=$folder/perfwarden-$version-$machine-linux/perfwarden
"$program" --version >/dev/null || stop "the program does not run on this machine"
mkdir -p "$to"
# Renamed into place, so that a program that is running now goes on.
cp "$program" "$to/.perfwarden.$$" && chmod 755 "$to/.perfwarden.$$" && mv -f "$to/.perfwarden.$$" "$to/perfwarden"
"$to/perfwarden" --version
