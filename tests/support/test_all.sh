#!/usr/bin/env bash
# All that must hold before a change lands. Each step runs even when an earlier one failed, and any failure fails the whole.
# A step that exits 77 was skipped and has printed why.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit
export CTEST_PARALLEL_LEVEL=${CTEST_PARALLEL_LEVEL:-2}
jobs=$(nproc)
logs=build/test-logs
mkdir -p "$logs"
passed=0 failed=0 skipped=0 failures=() skips=()

# Why tests were skipped: GoogleTest says it in the line below ": Skipped", scripts in a line of their own.
why_skipped() {
  local log=build/check/Testing/Temporary/LastTest.log
  [ -e "$log" ] || return 0
  { grep -A1 -h ': Skipped$' "$log" | grep -v -e ': Skipped$' -e '^--$'; grep -h '^skipped' "$log"; } | sort | uniq -c |
    sed -E 's/^ *([0-9]+) (skipped: )?/             skipped: \1 × /'
}

# step NAME COMMAND…: the output goes to a log that is shown when the step fails; the closing lines of ctest always are.
step() {
  local name=$1 log=$logs/$1.log start=$SECONDS status
  shift
  printf '%-12s ' "$name"
  "$@" >"$log" 2>&1
  status=$?
  if [ "$status" -eq 0 ]; then
    passed=$((passed + 1))
    echo "ok      $((SECONDS - start)) s"
    grep -E '^[0-9]+% tests passed' "$log" | sed 's/^/             /'
    sed -nE 's/^ *[0-9]+\/[0-9]+ Test +#[0-9]+: ([^ ]+) .*\*\*\*(Skipped|Not Run).*/             \2: \1/p' "$log"
    [ "$name" = tests ] && why_skipped
  elif [ "$status" -eq 77 ]; then
    skipped=$((skipped + 1))
    skips+=("$name: $(tail -n 1 "$log")")
    echo "SKIPPED $((SECONDS - start)) s: $(tail -n 1 "$log")"
  else
    failed=$((failed + 1))
    failures+=("$name")
    echo "FAILED  $((SECONDS - start)) s (exit $status), whole log: $log"
    grep -nE 'error:|FAILED|\*\*\*|Failure|warning:' "$log" | head -n 40
    tail -n 60 "$log"
  fi
}

# One build serves tests, sanitizers, clang's warnings and clang-tidy; the image is built by g++ with optimisation.
build() { cmake --preset check && cmake --build --preset check -j "$jobs"; }

step format make --no-print-directory check_format
step shellcheck sh -c "git ls-files '*.sh' .ci/run | xargs shellcheck -x"
step actions tests/tidy/lint_actions.sh
step sarif tests/tidy/lint_sarif.sh
step vendored tests/tidy/vendored.sh
step build build
step planted tests/tidy/planted.sh build/check
step tests ctest --preset check

for skip in "${skips[@]}"; do echo "skipped: $skip"; done
for failure in "${failures[@]}"; do echo "failed: $failure (log: $logs/$failure.log)"; done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
