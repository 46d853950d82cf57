#!/bin/sh
# The work that perfwarden gates of itself: both sides of 1,000 series are compared, and the report is written. The sides are made once.
# Usage: own_compare.sh PERFWARDEN [SERIES]
set -eu
series=${2:-1000}
folder=build/own_compare_$series
if [ ! -s "$folder/head.json" ]; then
  mkdir -p "$folder"
  for side in base head; do
    awk -v series="$series" -v side="$side" 'BEGIN {
      srand(side == "base" ? 1 : 2)
      printf "{\"schema\": \"perfwarden.samples/1\", \"run\": {\"session\": \"one\"}, \"series\": ["
      for (s = 0; s < series; s++) {
        printf "%s\n{\"suite\": \"own\", \"benchmark\": \"b%05d\", \"metric\": \"wall_time\", \"unit\": \"s\", \"better\": \"lower\", \"invocations\": [", s ? "," : "", s
        for (i = 0; i < 30; i++) printf "%s[%.9f]", i ? ", " : "", 0.001 * (1 + s % 7) * (1 + rand() / 50) * (side == "head" && s % 20 == 0 ? 1.1 : 1)
        printf "]}"
      }
      print "\n]}"
    }' >"$folder/$side.json"
  done
fi
exec "$1" compare "$folder/base.json" "$folder/head.json" --json --output "$folder/report.json"
