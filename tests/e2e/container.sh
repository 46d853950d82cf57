#!/usr/bin/env bash
# The action's image as GitHub's runner starts it: the same mounts, a workspace of uid 1001, no arguments, root inside.
# Exits 77 with the reason when this machine cannot run containers. Usage: container.sh WORK
set -euo pipefail
cd "$(dirname "$0")/../.."
mkdir -p "$1"
work=$(realpath "$1")
# shellcheck source=tests/e2e/store.sh
. tests/e2e/store.sh
image=$(tests/e2e/image.sh "$work")
if ! version=$(run_container "$image" --version 2>&1); then
  echo "$version"
  echo "skipped: runc cannot start a container on this machine"
  exit 77
fi
echo "$version"

failures=0
check() {  # check WHAT COMMAND…
  if "${@:2}" >/dev/null 2>&1; then
    echo "ok: $1"
  else
    echo "FAILED: $1"
    failures=$((failures + 1))
  fi
}

host=$work/host
workspace=$host/workspace

# A repository whose head is 20 % slower than its base; its benchmark tells who runs it.
make_workspace() {  # make_workspace SECONDS-OF-AN-INVOCATION
  rm -rf "$host"
  mkdir -p "$workspace" "$host"/{runner_temp,home,workflow,file_commands}
  cat >"$workspace/bench.sh" <<SH
sleep $1
id -u >>/github/runner_temp/uids
noise=\$(od -An -N1 -tu1 /dev/urandom)
awk -v noise="\$noise" 'BEGIN { printf "work %.4f ms\n", BASE_MS * (1 + noise / 25600) }'
SH
  sed -i 's/BASE_MS/10/' "$workspace/bench.sh"
  cat >"$workspace/perfwarden.yml" <<'YML'
version: 1
suites:
  core:
    run: sh bench.sh
    parser: { regex: '^(?<name>\S+) (?<value>[\d.]+) (?<unit>ms)$' }
    iterations: 10
budgets:
  "*": +5%
YML
  printf '/reports/\n/.perfwarden/\n' >"$workspace/.gitignore"
  export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@example.invalid
  export GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@example.invalid
  git -C "$workspace" init -q -b main
  git -C "$workspace" add -A
  git -C "$workspace" commit -qm base
  sed -i 's/BEGIN { printf "work %.4f ms\\n", 10 /BEGIN { printf "work %.4f ms\\n", 12 /' "$workspace/bench.sh"
  git -C "$workspace" commit -qam head
  printf '{"before": "%s", "after": "%s", "repository": {"id": 1, "full_name": "acme/parser", "default_branch": "main"}}\n' \
    "$(git -C "$workspace" rev-parse HEAD~1)" "$(git -C "$workspace" rev-parse HEAD)" >"$host/workflow/event.json"
  echo 'earlier=kept' >"$host/file_commands/output"
  echo 'earlier text' >"$host/file_commands/summary"
  chown -R 1001:1001 "$host"
}

# Variables and mounts of the runner's own `docker run` for a container action.
run_action() {  # run_action NAME OPTIONS…
  run_container --name "$1" --workdir /github/workspace \
    -e GITHUB_ACTIONS=true -e CI=true -e HOME=/github/home -e GITHUB_WORKSPACE=/github/workspace \
    -e GITHUB_EVENT_NAME=push -e GITHUB_EVENT_PATH=/github/workflow/event.json -e GITHUB_REPOSITORY=acme/parser \
    -e GITHUB_REF=refs/heads/main -e GITHUB_REF_NAME=main -e GITHUB_SHA="$(git -c safe.directory='*' -C "$workspace" rev-parse HEAD)" \
    -e GITHUB_OUTPUT=/github/file_commands/output -e GITHUB_STEP_SUMMARY=/github/file_commands/summary \
    -e GITHUB_SERVER_URL=https://github.com -e GITHUB_API_URL=https://api.github.com -e GITHUB_RUN_ID=1 -e GITHUB_RUN_ATTEMPT=1 \
    -e RUNNER_TEMP=/github/runner_temp -e INPUT_COMMAND=check -e INPUT_BASE=HEAD~1 -e INPUT_TOKEN= "${@:2}" \
    -v "$host/runner_temp":/github/runner_temp -v "$host/home":/github/home -v "$host/workflow":/github/workflow \
    -v "$host/file_commands":/github/file_commands -v "$workspace":/github/workspace "$image"
}

make_workspace 0.02
status=0
run_action "perfwarden-check-$$" >"$work/check.log" 2>&1 || status=$?
sed 's/^/    /' "$work/check.log"
check "exit code 1 comes through (got $status)" [ "$status" -eq 1 ]
check "outputs are appended" grep -qx 'earlier=kept' "$host/file_commands/output"
check "the verdict is an output" grep -qxE 'verdict=fail|fail' "$host/file_commands/output"
check "the summary is appended" grep -qx 'earlier text' "$host/file_commands/summary"
check "the summary names the benchmark" grep -q 'work' "$host/file_commands/summary"
check "a report was written" [ -n "$(find "$workspace/reports" -name report.html 2>/dev/null)" ]
check "the benchmark ran as the workspace's owner, never as root" [ "$(sort -u "$host/runner_temp/uids")" = 1001 ]
strangers=$(find "$workspace" ! -uid 1001 | head)
check "every file in the workspace is its owner's ${strangers:+(not: $strangers)}" [ -z "$strangers" ]
check "git's worktrees are gone" [ "$(git -c safe.directory='*' -C "$workspace" worktree list | wc -l)" -eq 1 ]

# The image carries the object that counts allocations, and a benchmark that runs as the workspace's owner can load it.
printf 'version: 1\nsuites:\n  core: { run: [/usr/bin/git, --version], parser: time, iterations: 2, count: [allocations] }\n' \
  >"$workspace/count.yml"
run_container --workdir /github/workspace -v "$workspace":/github/workspace "$image" \
  run --config count.yml --output counted.json >"$work/count.log" 2>&1 || cat "$work/count.log"
check "allocations are counted in the image" grep -q '"metric":"allocations"' "$workspace/counted.json"

# Cancelled: the runner's SIGTERM reaches process 1.
make_workspace 1
name=perfwarden-term-$$
run_action "$name" >"$work/term.log" 2>&1 &
pid=$!
for _ in $(seq 200); do  # until two warm-ups and a whole pair ran
  [ "$(wc -l 2>/dev/null <"$host/runner_temp/uids" || echo 0)" -ge 5 ] && break
  sleep 0.1
done
start=$(date +%s)
store podman kill --signal TERM "$name" >/dev/null
status=0
wait "$pid" || status=$?
seconds=$(($(date +%s) - start))
sed 's/^/    /' "$work/term.log"
check "SIGTERM gives 143 (got $status)" [ "$status" -eq 143 ]
check "within the runner's 7 s (took $seconds s)" [ "$seconds" -lt 7 ]
check "what was measured is kept" [ -n "$(find "$workspace/reports" -name 'samples-*.json' 2>/dev/null)" ]
strangers=$(find "$workspace" ! -uid 1001 | head)
check "every file is still the owner's ${strangers:+(not: $strangers)}" [ -z "$strangers" ]

# Ten cancellations at random moments: as the runner does it, as a person does it, and as a machine that goes away. Each run follows
# the last in the same workspace, as on a runner that is kept; the eleventh is left alone.
make_workspace 0.02
moments=""
for number in $(seq 10); do
  signals=(TERM INT KILL)
  signal=${signals[number % 3]} after=$((RANDOM % 25)) name=perfwarden-cancelled-$$-$number
  moments+=" $signal@${after}00ms"
  run_action "$name" >>"$work/cancelled.log" 2>&1 &
  pid=$!
  sleep $((after / 10)).$((after % 10))
  store podman kill --signal "$signal" "$name" >/dev/null 2>&1 || true  # too early, or too late
  wait "$pid" || true
done
check "no cancelled run is still there (${moments# })" [ -z "$(store podman ps --quiet)" ]
torn=$(find "$workspace/reports" -name '*.json' -exec sh -c 'for f; do python3 -m json.tool "$f" /dev/null || echo "$f"; done' - {} + 2>/dev/null)
check "every file that they wrote is whole ${torn:+(not: $torn)}" [ -z "$torn" ]
status=0
run_action "perfwarden-afterwards-$$" >"$work/afterwards.log" 2>&1 || status=$?
check "the next run finds nothing in its way (got $status)" [ "$status" -eq 1 ]
check "git's worktrees are gone" [ "$(git -c safe.directory='*' -C "$workspace" worktree list | wc -l)" -eq 1 ]
left=$(find "$host" -name '*.tmp-*' -o ! -uid 1001 | head)
check "nothing half-written is left, and nothing of another user ${left:+(not: $left)}" [ -z "$left" ]
check "earlier outputs are kept" grep -qx 'earlier=kept' "$host/file_commands/output"

rm -rf "$host"
[ "$failures" -eq 0 ]
