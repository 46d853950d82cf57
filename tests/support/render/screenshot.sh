#!/bin/bash
# Screenshots of an HTML file, light and dark, wide and narrow: screenshot.sh FILE.html OUT_PREFIX [HEIGHT]
# Needs chromium and a font with emoji (Debian: chromium fonts-noto-color-emoji). No network.
set -euo pipefail
file=$(realpath "$1"); prefix=$2; height=${3:-2600}
for width in 1280 400; do
  for scheme in light dark; do
    profile=$(mktemp -d)
    dark=(); [ "$scheme" = dark ] && dark=(--blink-settings=preferredColorScheme=0)
    [ "$scheme" = light ] && dark=(--blink-settings=preferredColorScheme=1)
    chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
      --disable-component-update --disable-sync --hide-scrollbars --force-prefers-reduced-motion --user-data-dir="$profile" "${dark[@]}" \
      --window-size="$width,$height" --screenshot="$prefix-$width-$scheme.png" "file://$file" >/dev/null 2>&1
    rm -rf "$profile"
  done
done
