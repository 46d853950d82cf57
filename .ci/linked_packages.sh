#!/usr/bin/env bash
# Prints the Debian packages whose code is in a binary of the preset portable, each with its version: the archives that it is linked
# from, and what is only headers. Usage: linked_packages.sh BUILD_FOLDER
set -euo pipefail
# shellcheck disable=SC2016 # dpkg-query expands ${Package} itself
lines='${Package} ${Version}\n'
archives=$(ninja -C "$1" -t commands perfwarden | tail -n 1 | tr ' ' '\n' | grep -E '^/.*\.a$' | sort -u)
{
  echo "$archives" | while read -r archive; do dpkg-query -S "$archive" 2>/dev/null | sed 's/[,:].*//' || true; done
  # What the compiler links by itself, libpq's archives (out of its source's package), and headers only.
  dpkg-query -W -f '${Package}\n' libc6-dev 'libstdc++-12-dev' libgcc-12-dev libpq-dev \
    nlohmann-json3-dev libcli11-dev libkainjow-mustache-dev 'libboost1.74-dev' libprotozero-dev libfmt-dev
} | sort -u | xargs dpkg-query -W -f "$lines"
