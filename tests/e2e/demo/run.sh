#!/usr/bin/env bash
# The demo: a small git repository whose second commit makes one of four benchmarks do 10 % more work, and
# `perfwarden check` on it. Exits 0 when check said what it must: exit 1. Usage: run.sh PERFWARDEN WORK_DIRECTORY
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
binary=$(realpath "$1")
mkdir -p "$2"
work=$(realpath "$2")

# A person's git settings (signing, hooks, another default branch) must not reach the demo.
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=demo GIT_AUTHOR_EMAIL=demo@example.invalid GIT_COMMITTER_NAME=demo
export GIT_COMMITTER_EMAIL=demo@example.invalid
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
# Also in a CI job the demo is a command on a terminal, not the action.
for name in $(compgen -e); do
  case $name in GITHUB_* | INPUT_* | PERFWARDEN_* | AI_GATE_* | CI) unset "$name" ;; esac
done

rm -rf "$work/repository" "$work/reports"
git init -q -b main "$work/repository"
cd "$work/repository"
cp "$here/bench.cpp" "$here/perfwarden.yml" .
printf '/bench\n/.perfwarden/\n' >.gitignore
git add -A
git commit -qm "A small text library and its benchmarks"
sed -i 's/k_hash_rounds = 100;/k_hash_rounds = 110;/' bench.cpp
git commit -qam "Stretch keys a little more"

echo "Two commits in $work/repository; the second makes the benchmark 'hash' do 10 % more work:"
git --no-pager diff -U0 HEAD~1 -- bench.cpp | grep '^[-+]constexpr' | sed 's/^/    /'
echo "\$ perfwarden check --base HEAD~1"
echo
status=0
"$binary" check --base HEAD~1 --no-publish -o "$work/reports" || status=$?

report=$(find "$work/reports" -name report.json -print -quit)
if [ -n "$report" ]; then
  echo
  echo "HTML:     $(dirname "$report")/report.html"
  echo "Markdown: $(dirname "$report")/report.md"
  for picture in "$(dirname "$report")"/*.diff.html; do [ -e "$picture" ] && echo "Flames:   $picture"; done
fi
if [ "$status" -ne 1 ]; then
  echo "demo: perfwarden check exited with $status; a planted slowdown must give 1" >&2
  exit 1
fi
for name in report.html report.md report.json; do
  if [ ! -s "$(dirname "${report:-/nowhere/x}")/$name" ]; then
    echo "demo: no $name was written" >&2
    exit 1
  fi
done
if command -v perf >/dev/null; then
  first=$(python3 -c 'import json, sys
evidence = json.load(open(sys.argv[1]))["evidence"]
print(evidence[0]["frames"][0]["name"] if evidence and evidence[0]["frames"] else "no function")' "$report")
  case $first in
    *hash* | *stretch*) echo "the function that did it: $first" ;;
    *) echo "demo: the report names $first first, not the hash that was made slower" >&2 && exit 1 ;;
  esac
fi
echo "exit code 1: the slowdown was found."
