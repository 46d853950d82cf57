#!/usr/bin/env bash
# Runs each libFuzzer program for a while from its corpus and fixtures; crashes are kept as BUILD/crash-*. Usage: run.sh BUILD [SECONDS]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$(realpath "$1")
seconds=${2:-60}
cd "$build"
for program in tests/fuzz/*_fuzz; do
  stem=$(basename "$program" _fuzz)
  mkdir -p "corpus/$stem"
  seeds=()
  for folder in "$here/corpus/$stem" "$here/../fixtures/$stem"; do [ -d "$folder" ] && seeds+=("$folder"); done
  echo "== $stem, $seconds s"
  "./$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    "corpus/$stem" "${seeds[@]}"
done
