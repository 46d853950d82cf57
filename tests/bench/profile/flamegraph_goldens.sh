#!/usr/bin/env bash
# Says how many of FlameGraph's own goldens `perfwarden profile fold` equals byte for byte.
# Usage: flamegraph_goldens.sh PERFWARDEN FLAMEGRAPH_CLONE   (a clone at 57207afb: later ones fail their own tests)
set -euo pipefail
perfwarden=$1
clone=$2
all=0
equal=0
for option in pid tid kernel jit all addrs; do
  for input in "$clone"/test/*.txt; do
    golden=$clone/test/results/$(basename "$input" .txt)-collapsed-$option.txt
    all=$((all + 1))
    if "$perfwarden" profile fold --format perf-script "--$option" "$input" 2>/dev/null | cmp -s - "$golden"; then
      equal=$((equal + 1))
    else
      echo "differs: $(basename "$golden")"
    fi
  done
done
echo "$equal of $all goldens are equal"
[ "$equal" = "$all" ] && [ "$all" -gt 0 ]
