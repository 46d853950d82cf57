#!/usr/bin/env bash
# Makes the actions of a release of what lies on main: action.yml names the published image instead of the Dockerfile, and the action
# that installs on the host names the archive's digest. Usage: pin_release.sh VERSION IMAGE_DIGEST ARCHIVE_SHA256 [FOLDER]
set -euo pipefail
version=$1
image=$2
archive=$3
cd "${4:-$(dirname "$0")/..}"
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || { echo "pin_release.sh: '$version' is not a version" >&2; exit 2; }
[[ $image =~ ^sha256:[0-9a-f]{64}$ ]] || { echo "pin_release.sh: '$image' is not a digest" >&2; exit 2; }
[[ $archive =~ ^[0-9a-f]{64}$ ]] || { echo "pin_release.sh: '$archive' is not a SHA-256" >&2; exit 2; }

# pin FILE PATTERN LINE: replaces exactly one line.
pin() {
  [ "$(grep -cE "$2" "$1")" -eq 1 ] || { echo "pin_release.sh: $1 has not one line like $2" >&2; exit 1; }
  sed -E -i "s|$2|$3|" "$1"
}
pin action.yml '^  image: Dockerfile$' "  image: docker://ghcr.io/perfwarden/perfwarden@$image"
pin .github/actions/host/action.yml "^    default: '' # written by the release workflow$" "    default: $archive"
pin .github/actions/host/action.yml '^    default: [0-9]+\.[0-9]+\.[0-9]+$' "    default: $version"
