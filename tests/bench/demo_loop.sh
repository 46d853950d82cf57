#!/usr/bin/env bash
# How surely the demo's planted 10 % is found: runs the demo N times and counts. Exits 0 when every run found it with HIGH
# confidence and flagged nothing else. Usage: demo_loop.sh [PERFWARDEN] [N]
set -euo pipefail
cd "$(dirname "$0")/../.."
binary=${1:-build/release/src/perfwarden}
runs=${2:-20}
work=build/demo-loop
found=0 clean=0
for ((run = 1; run <= runs; ++run)); do
  rm -rf "$work"
  status=0
  tests/e2e/demo/run.sh "$binary" "$work" >"$work.log" 2>&1 || status=$?
  # Prints "HIGH|other|missed NAMES-OF-OTHERS-FLAGGED".
  line=$(python3 - "$work" <<'PY'
import json, pathlib, sys
reports = list(pathlib.Path(sys.argv[1]).glob("reports/**/report.json"))
if not reports:
    print("missed no-report")
    sys.exit()
rows = json.loads(reports[0].read_text())["comparisons"]
state, others = "missed", []
for row in rows:
    said = row["verdict"] in ("regression", "improvement") or row["level"] in ("soft", "hard", "warn")
    if "hash" in row["benchmark"] and row["verdict"] == "regression":
        change = f'{row["change_percent"]:+.1f}%'
        state = "HIGH" if row["confidence"] == "HIGH" else f'{row["confidence"]}'
    elif said:
        others.append(f'{row["benchmark"]}/{row["metric"]}:{row["verdict"]}:{row["change_percent"]:+.1f}%')
print(state, change if state != "missed" else "", *others)
PY
  )
  read -r state change others <<<"$line"
  if [ "$state" = HIGH ]; then found=$((found + 1)); fi
  if [ -z "$others" ]; then clean=$((clean + 1)); fi
  echo "run $run: exit $status, hash $state $change${others:+, also flagged: $others}"
done
echo "$runs runs: found with HIGH confidence in $found, nothing else flagged in $clean"
[ "$found" -eq "$runs" ] && [ "$clean" -eq "$runs" ]
