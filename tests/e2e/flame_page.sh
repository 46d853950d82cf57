#!/bin/bash
# Pages of `perfwarden profile flamegraph` in a real browser: flame_page.sh PERFWARDEN FOLDER. Skips (77) without one.
set -euo pipefail
perfwarden=$1; folder=$2; here=$(cd "$(dirname "$0")" && pwd)
command -v node >/dev/null || { echo "skipped: no node"; exit 77; }
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || { echo "skipped: no chromium"; exit 77; }
rm -rf "$folder"; mkdir -p "$folder"
printf '%s\n' 'main;parse;read 600' 'main;parse;scan 200' 'main;write 200' >"$folder/plain.folded"
"$perfwarden" profile flamegraph "$folder/plain.folded" -o "$folder/plain.html"
printf '%s\n' 'main;parse 500' 'main;gone 500' >"$folder/base.folded"
printf '%s\n' 'main;parse 500' 'main;fresh 1500' >"$folder/head.folded"
"$perfwarden" profile flamegraph "$folder/base.folded" "$folder/head.folded" -o "$folder/diff.html"
# A few samples of a lost unwinder, 300 frames deep, beside 10 000.
{ echo 'main;parse 9900'; printf 'main'; printf ';lost_%d' $(seq 300); echo ' 10'; echo 'main;lost_1 90'; } >"$folder/deep.folded"
"$perfwarden" profile flamegraph "$folder/deep.folded" -o "$folder/deep.html"
node "$here/flame_page.mjs" "$chromium" "$folder/plain.html" "$folder/diff.html" "$folder/deep.html"
