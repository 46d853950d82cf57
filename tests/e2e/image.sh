#!/usr/bin/env bash
# Builds the action's image from the Dockerfile without a registry and prints its name; progress goes to stderr. The base and the
# packages' layer are kept in WORK, so that a build without changes takes a moment; the compiler's cache outlives the clone.
# Exits 77 with the reason when this machine cannot build images. Usage: image.sh WORK
set -euo pipefail
cd "$(dirname "$0")/../.."
mkdir -p "$1"
work=$(realpath "$1")
image=localhost/perfwarden:test
base=docker.io/library/debian:bookworm-slim
# shellcheck source=tests/e2e/store.sh
. tests/e2e/store.sh

[ "$(id -u)" -eq 0 ] || { echo "skipped: images are built by root only" >&2; exit 77; }
for tool in mmdebstrap buildah podman runc; do
  command -v "$tool" >/dev/null || { echo "skipped: $tool is not installed (make test installs it)" >&2; exit 77; }
done

if [ -z "$(find "$work/base.tar" -mtime -7 2>/dev/null)" ]; then
  echo "making the base" >&2
  mmdebstrap --quiet --variant=minbase bookworm "$work/base-new.tar" >&2
  mv "$work/base-new.tar" "$work/base.tar"
  rm -f "$work/imported"
fi
if [ ! -e "$work/imported" ] || ! store podman image exists "$base"; then
  store podman import --quiet "$work/base.tar" "$base" >/dev/null
  touch "$work/imported"
fi

inputs=(Dockerfile .dockerignore .ci CMakeLists.txt CMakePresets.json LICENSE config src templates
  tests/support/install.sh)
hash=$({ stat -c %Y "$work/base.tar"; find "${inputs[@]}" -type f -print0 | sort -z | xargs -0 sha256sum; } | sha256sum)
if [ "$(cat "$work/hash" 2>/dev/null)" != "$hash" ] || ! store podman image exists "$image"; then
  echo "building the image" >&2
  # Not the one of this machine's own builds, which may be larger than the image's ccache would leave it.
  cache=${XDG_CACHE_HOME:-$HOME/.cache}/perfwarden-tests/image
  mkdir -p "$cache"
  store buildah bud --isolation chroot --pull-never --layers --volume "$cache:/root/.cache/ccache:rw" \
    --build-arg BASE="$base" -t "$image" . >&2
  echo "$hash" >"$work/hash"
fi
if [ ! -s "$work/compressed" ] || [ "$work/hash" -nt "$work/compressed" ]; then
  store podman save "$image" | gzip -c | wc -c >"$work/compressed"
fi
compressed=$(cat "$work/compressed")
echo "image size: $(store podman image inspect "$image" --format '{{.Size}}') bytes, $compressed compressed" >&2
[ "$compressed" -lt 40000000 ] || { echo "the image is larger than 40 MB compressed" >&2; exit 1; }
echo "$image"
