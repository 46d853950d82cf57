#!/usr/bin/env bash
# Says how often `perfwarden profile diff` flags two sets of recordings of equal code, and how often it finds own time made longer.
# Usage: equal_code.sh PERFWARDEN [RECORDINGS A SIDE] [SETS] [PER CENT OF OWN TIME MORE]   (needs perf and gcc; takes minutes)
set -euo pipefail
perfwarden=$1 runs=${2:-3} sets=${3:-20} more=${4:-0}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
for source in "$here"/equal_code/*; do
    name=$(basename "${source%.*}")
    compiler=gcc
    [[ $source == *.cpp ]] && compiler=g++
    for extra in 0 "$more"; do
        $compiler -O1 -g -fno-omit-frame-pointer -DEXTRA="$extra" "$source" -o "$name.$extra" -lm
    done
    flagged=0 failed=0
    for ((set = 0; set < sets; set++)); do
        rm -rf base head && mkdir base head
        for ((run = 0; run < runs; run++)); do
            for side in base head; do
                extra=0
                [[ $side == head ]] && extra=$more
                cp "$name.$extra" "$name"  # functions are told apart by their program too
                perf record -q -e cpu-clock -F 7999 -g -o recording "./$name" >/dev/null 2>&1
                perf script -i recording -F comm,pid,tid,time,period,event,ip,sym,dso >"$side/$run.txt" 2>/dev/null
            done
        done
        "$perfwarden" profile diff base head --gate --as json -o diff.json 2>/dev/null || failed=$((failed + 1))
        grep -qE '"change": "(regression|improvement|new|removed)"' diff.json && flagged=$((flagged + 1))
    done
    echo "$name: of $sets sets of $runs recordings a side, $flagged flagged, $failed failed the gate"
done
