#!/bin/sh
# Compares `perfwarden profile top` with `go tool pprof -top` on real profiles, line for line.
# usage: pprof_top.sh PERFWARDEN FILE…     Needs go. Of each file every sample type is compared: as it is printed by
# default, all functions, and the first three. Of the headings what only pprof knows (Build ID, Time, Doc) is left out.
set -u
perfwarden=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rows=0
differing=0

# compare FILE TYPE pprof-flag perfwarden-flags…
compare() {
  file=$1 type=$2 flag=$3
  shift 3
  go tool pprof -top -sample_index="$type" ${flag:+"$flag"} "$file" 2>/dev/null | grep -vE '^(Build ID|Time|Doc): ' >"$work/want"
  "$perfwarden" profile top --sample-type "$type" "$@" "$file" >"$work/got" 2>"$work/errors" || cat "$work/errors"
  rows=$((rows + $(wc -l <"$work/want")))
  wrong=$(diff "$work/want" "$work/got" | grep -c '^[<>]')
  if [ "$wrong" -gt 0 ]; then
    differing=$((differing + wrong))
    echo "$file, $type, $flag: $wrong lines differ"
    diff "$work/want" "$work/got" | head -5
  fi
}

for file in "$@"; do
  types=$(go tool pprof -raw "$file" 2>/dev/null |
    awk '/^Samples:/ { getline; for (i = 1; i <= NF; i++) { sub(/\/.*/, "", $i); print $i }; exit }')
  for type in $types; do
    compare "$file" "$type" "" --cutoff 0.5
    compare "$file" "$type" -nodefraction=0 --cutoff 0
    compare "$file" "$type" -nodecount=3 --count 3
  done
done
echo "$rows lines compared, $differing differ"
[ "$differing" -eq 0 ]
