#!/usr/bin/env bash
# token_search.sh PERFWARDEN WORK: code that `check` runs as the workspace's owner searches the machine for the token that
# root's step has, in every place that is known; it must find nothing. The same search as root must find it, or it proves
# nothing.
set -euo pipefail
tool=$(realpath "$1")
work=$2
[ "$(id -u)" = 0 ] || { echo "skipped: only root can run benchmarks as another user"; exit 77; }
setpriv --reuid=1001 --regid=1001 --clear-groups true 2>/dev/null || { echo "skipped: user 1001 cannot be become"; exit 77; }
rm -rf "$work"
mkdir -p "$work"
chmod 1777 "$work"
# The token is in the variables of this shell, as GitHub's runner gives it to a step, and of what it starts.
GITHUB_TOKEN=ghs_$(od -An -N18 -tx1 /dev/urandom | tr -d ' \n')
export GITHUB_TOKEN
# A home of its own: what perfwarden leaves in it is found there, and nobody waits until all of root's files were read.
export HOME=$work/home
mkdir "$HOME"
# What to look for, where the one who searches can read it: the token backwards, so that this file is no find.
rev <<<"$GITHUB_TOKEN" >"$work/needle"

# What a runner has: a work folder of the runner's user, and folders that only root's steps write.
runner=$work/runner
mkdir -p "$runner/_temp/_runner_file_commands" "$runner/_temp/_github_workflow" "$runner/repo"
: >"$runner/_temp/_runner_file_commands/set_output_1"
cd "$runner/repo"
git init -q -b main .
git config user.email a@example.invalid
git config user.name a
printf 'version: 1\nsuites: { core: { run: sh ./search.sh, parser: json, iterations: 2, warmup: 0 } }\nbudgets: { "*": +5%% }\nhistory: off\n' >perfwarden.yml
cat >search.sh <<'S'
needle=$(rev <NEEDLE)
found() { echo "$(id -u): $1" >>FOUND; }
if mkdir ONCE-$(id -u) 2>/dev/null; then
  env | grep -qF "$needle" && found environment
  for p in /proc/[0-9]*; do
    for f in environ cmdline; do
      tr '\0' '\n' 2>/dev/null <"$p/$f" | grep -qF "$needle" && found "$f of $(cat "$p/comm" 2>/dev/null)"
    done
  done 2>/dev/null
  pid=$PPID # up to the first process: memory, by reading and by ptrace
  while [ "${pid:-0}" -gt 1 ]; do
    python3 SCAN "$pid" "$needle" && found "memory of $(cat /proc/$pid/comm)"
    pid=$(awk '$1 == "PPid:" { print $2 }' /proc/$pid/status)
  done 2>/dev/null
  grep -rqsF "$needle" . .git "$HOME" RUNNER /tmp/perfwarden-* /var/crash /var/lib/systemd/coredump 2>/dev/null && found "a file"
fi
printf '{"a": {"value": 10.%s, "unit": "ms"}}\n' $(($$ % 7))
S
cat >"$work/scan.py" <<'P'
import ctypes, sys
pid, needle = int(sys.argv[1]), sys.argv[2].encode()
libc = ctypes.CDLL(None, use_errno=True)
# PTRACE_SEIZE stops nothing, and ends with this process.
attached = libc.ptrace(0x4206, pid, None, None) == 0
found = False
try:
    for line in open(f"/proc/{pid}/maps"):
        span, rights = line.split()[:2]
        begin, end = (int(x, 16) for x in span.split("-"))
        if "r" not in rights or end - begin > 1 << 28 or begin >= 1 << 47:
            continue
        with open(f"/proc/{pid}/mem", "rb", 0) as memory:
            memory.seek(begin)
            try:
                found = found or needle in memory.read(end - begin)
            except OSError:
                pass
except OSError:
    pass
sys.exit(0 if found or attached else 1)
P
sed -i "s|NEEDLE|$work/needle|; s|SCAN|$work/scan.py|; s|RUNNER|$runner|g; s|FOUND|$work/found|; s|ONCE|$work/once|" search.sh
git add -A
git commit -qm base
git checkout -qb change
echo x >x
git add -A
git commit -qm head

# search UID: `check` in a workspace of that user
search() {
  : >"$work/found"
  chmod 666 "$work/found"
  rm -rf reports .perfwarden
  chown -R "$1:$1" "$runner"
  env GITHUB_ACTIONS=true GITHUB_EVENT_NAME=push GITHUB_REPOSITORY=o/r GITHUB_WORKSPACE="$PWD" RUNNER_TEMP="$runner/_temp" \
    GITHUB_OUTPUT="$runner/_temp/_runner_file_commands/set_output_1" GITHUB_SHA="$(git -c safe.directory='*' rev-parse HEAD)" \
    "$tool" -q check --base main --no-publish >"$work/out" 2>&1 || true
  grep -q 'core' "$work/out" || { cat "$work/out"; echo "nothing was measured"; exit 1; }
}
search 0
grep -q 'environ of' "$work/found" || { cat "$work/out" "$work/found"; echo "the search finds nothing even as root"; exit 1; }
search 1001
if [ -s "$work/found" ]; then
  sort -u "$work/found"
  echo "a benchmark of another user found the token"
  exit 1
fi
grep -q 'has a token in its variables' "$work/out" && { cat "$work/out"; echo "a token that is out of reach was warned of"; exit 1; }
echo "the token was found as root, and not as user 1001"
