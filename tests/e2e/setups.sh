#!/usr/bin/env bash
# setups.sh PERFWARDEN WORK: guards against strangers must not be in the way of people. `check` finds a slower head as another user than
# root, on a runner whose steps and benchmarks are one user, in a local shell with a token, in clones with submodules and with Git LFS, and
# in a workspace that is mounted read-only. What this machine cannot set up is said. Skips (77) unless root starts it.
set -euo pipefail
tool=$(realpath "$1")
work=$2
[ "$(id -u)" = 0 ] || { echo "skipped: only root can become other users"; exit 77; }
rm -rf "$work"
mkdir -p "$work/home"
work=$(realpath "$work")
cp "$tool" "$work/perfwarden"  # where user 1001 may go
export HOME=$work/home GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@example.invalid GIT_COMMITTER_NAME=t
export GIT_COMMITTER_EMAIL=t@example.invalid GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=protocol.file.allow GIT_CONFIG_VALUE_0=always
unset "${!GITHUB_@}" GH_TOKEN
failures=0

# A repository whose head takes half as long again as its base; what it takes is the first word of the file `cost`, where there is one.
repository() {  # repository FOLDER
  mkdir -p "$1"
  git -C "$1" init -q -b main
  cat >"$1/bench" <<'SH'
#!/bin/sh
cost=10
[ -e cost ] && cost=$(head -c 2 cost)
[ -e lib/cost ] && cost=$(head -c 2 lib/cost)
awk -v cost="$((cost * FACTOR / 10))" -v noise="$$" 'BEGIN { printf "work %.4f ms\n", cost * (1 + noise % 50 / 10000) }'
SH
  sed -i s/FACTOR/10/ "$1/bench"
  chmod +x "$1/bench"
  cat >"$1/perfwarden.yml" <<'YML'
version: 1
suites:
  core: { run: ./bench, parser: { regex: '^(?<name>\S+) (?<value>[\d.]+) (?<unit>ms)$' }, iterations: 10, warmup: 0, profile: off }
budgets: { "*": +5% }
history: off
YML
  printf '/reports/\n/.perfwarden/\n' >"$1/.gitignore"
}
base() { git -C "$1" add -A && git -C "$1" commit -qm base; }
slower() { sed -i 's|\* 10 / 10|* 15 / 10|' "$1/bench" && git -C "$1" commit -qam head; }

# walk WHAT FOLDER COMMAND…: the command, in the folder, must exit 1 for the slower head and say so
walk() {
  local status=0
  (cd "$2" && "${@:3}") >"$work/out" 2>&1 || status=$?
  if [ "$status" -eq 1 ] && grep -q 'slower than its budget' "$work/out"; then
    echo "ok: $1"
  else
    sed 's/^/    /' "$work/out"
    echo "FAILED: $1 (exit $status)"
    failures=$((failures + 1))
  fi
}
as_1001() { setpriv --reuid=1001 --regid=1001 --clear-groups env HOME="$work/home" "$@"; }
check=("$work/perfwarden" -q check --base HEAD~1)

repository "$work/plain"
base "$work/plain"
slower "$work/plain"
walk "a local shell, as root" "$work/plain" "${check[@]}"
walk "a local shell with GH_TOKEN set" "$work/plain" env GH_TOKEN=ghp_0123456789abcdef0123 "${check[@]}"
if grep -q 'has a token' "$work/out"; then
  echo "FAILED: a token outside of CI is nobody's danger, and was warned of"
  failures=$((failures + 1))
fi

cp -a "$work/plain" "$work/theirs"
chown -R 1001:1001 "$work/theirs" "$work/home"
walk "another user than root" "$work/theirs" as_1001 "${check[@]}"
runner=(GITHUB_ACTIONS=true GITHUB_EVENT_NAME=push GITHUB_REPOSITORY=o/r GITHUB_WORKSPACE="$work/theirs"
  GITHUB_SHA="$(git -C "$work/plain" rev-parse HEAD)" GITHUB_TOKEN=ghs_0123456789abcdef0123)
walk "a runner whose steps and benchmarks are one user" "$work/theirs" \
  as_1001 "${runner[@]}" sh -c '"$@"; exit $?' sh "${check[@]}" --no-publish
grep -q 'has a token in its variables' "$work/out" || { echo "FAILED: the token in reach was not warned of"; failures=$((failures + 1)); }

mkdir "$work/library"
git -C "$work/library" init -q -b main
echo 20 >"$work/library/cost"
base "$work/library"
repository "$work/with-library"
git -C "$work/with-library" submodule --quiet add "$work/library" lib
base "$work/with-library"
slower "$work/with-library"
git clone -q --recursive "$work/with-library" "$work/submodules"
walk "a clone with submodules" "$work/submodules" "${check[@]}"

if command -v git-lfs >/dev/null; then
  repository "$work/with-large-files"
  git -C "$work/with-large-files" lfs install --local >/dev/null
  echo 'cost filter=lfs diff=lfs merge=lfs -text' >"$work/with-large-files/.gitattributes"
  echo 30 >"$work/with-large-files/cost"
  base "$work/with-large-files"
  slower "$work/with-large-files"
  git -C "$work/with-large-files" show HEAD:cost | grep -q 'git-lfs' || { echo "FAILED: the file is not of Git LFS"; exit 1; }
  walk "a clone with Git LFS" "$work/with-large-files" "${check[@]}"
else
  echo "skipped: Git LFS is not installed, so a clone with it was not tried"
fi

# Read-only: the places that `check` writes to are mounted, or named.
cat >"$work/read-only.sh" <<'SH'
set -e
mkdir -p .perfwarden
mount --bind . . && cd "$PWD" && mount -o remount,ro,bind .
mount -t tmpfs none .perfwarden
exec "$@"
SH
if unshare -m true 2>/dev/null; then
  walk "a workspace that is read-only" "$work/plain" unshare -m sh "$work/read-only.sh" "${check[@]}" --output "$work/reports"
  [ -s "$work/reports/report.json" ] || { echo "FAILED: there is no report outside of it"; failures=$((failures + 1)); }
else
  echo "skipped: nothing can be mounted here, so a read-only workspace was not tried"
fi
[ "$failures" -eq 0 ]
