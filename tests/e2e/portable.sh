#!/usr/bin/env bash
# The static binary in foreign userlands: a root of nothing but busybox, one whose only C library is musl, and other releases of Debian.
# In each it measures two sides, judges, resolves a name, speaks TLS and knows PostgreSQL. Roots of mmdebstrap are kept in WORK.
# The binary is the one in the action's image, or BINARY. Exits 77 with the reason when this machine cannot make roots.
# Usage: portable.sh WORK [BINARY [SUITE…]]
set -euo pipefail
cd "$(dirname "$0")/../.."
mkdir -p "$1"
work=$(realpath "$1")
binary=${2:-}
suites=("${@:3}")
[ ${#suites[@]} -gt 0 ] || suites=(bullseye trixie)
[ "$(id -u)" -eq 0 ] || { echo "skipped: only root can change its root folder" >&2; exit 77; }
for tool in busybox mmdebstrap musl-gcc openssl python3 unshare; do
  command -v "$tool" >/dev/null || { echo "skipped: $tool is not installed (make test installs it)" >&2; exit 77; }
done
unshare --mount true 2>/dev/null || { echo "skipped: no namespaces can be made here" >&2; exit 77; }

if [ -z "$binary" ]; then
  # shellcheck source=tests/e2e/store.sh
  . tests/e2e/store.sh
  image=$(tests/e2e/image.sh "$work") || exit
  container=$(store podman create "$image")
  store podman cp "$container:/usr/local/bin/perfwarden" "$work/perfwarden"
  store podman rm "$container" >/dev/null
  binary=$work/perfwarden
fi
binary=$(realpath "$binary")
if readelf -lW "$binary" | grep -q INTERP; then echo "FAILED: $binary needs a loader"; exit 1; fi

failures=0
check() {  # check WHAT COMMAND…
  if "${@:2}" >>"$log" 2>&1; then
    echo "ok: $1"
  else
    echo "FAILED: $1 (log: $log)"
    failures=$((failures + 1))
  fi
}

# A server that a name, a certificate and a connection lead to; it takes what it is sent and writes down where to.
certificate() {
  [ -n "$(find "$work/server.pem" -mtime -7 2>/dev/null)" ] && return
  openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=api.portable.test -addext subjectAltName=DNS:api.portable.test \
    -keyout "$work/key.pem" -out "$work/server.pem" 2>/dev/null
}
serve() {
  python3 - "$work" <<'PY' &
import http.server, ssl, sys
work = sys.argv[1]
class Answer(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        open(f"{work}/asked", "a").write(self.path + "\n")
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")
    def log_message(self, *_): pass
server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(f"{work}/server.pem", f"{work}/key.pem")
server.socket = context.wrap_socket(server.socket, server_side=True)
open(f"{work}/port", "w").write(str(server.server_port))
server.serve_forever()
PY
  server=$!
  trap 'kill "$server" 2>/dev/null' EXIT
  for _ in $(seq 100); do [ -s "$work/port" ] && break; sleep 0.1; done
}

# in_root ROOT COMMAND…: with /proc and /dev/null, in a workspace of its own.
in_root() {
  local root=$1
  shift
  # shellcheck disable=SC2016 # the inner shell's
  unshare --mount --propagation private sh -c '
    root=$1; shift
    mount --bind /proc "$root/proc"
    mkdir -p "$root/dev" && touch "$root/dev/null" "$root/dev/urandom"
    mount --bind /dev/null "$root/dev/null" && mount --bind /dev/urandom "$root/dev/urandom"
    exec env -i PATH=/usr/local/bin:/usr/bin:/bin:/sbin HOME=/root TMPDIR=/tmp SSL_CERT_FILE=/work/server.pem \
      GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0="*" \
      GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@example.invalid GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@example.invalid \
      chroot "$root" sh -c "cd /work && $1"' sh "$root" "$*"
}

# The program, two sides of samples, a configuration, and a name for the server.
furnish() {
  local root=$1
  mkdir -p "$root"/{etc,proc,tmp,root,usr/local/bin,work}
  install -m 755 "$binary" "$root/usr/local/bin/perfwarden"
  cp "$work/server.pem" "$root/work/"
  echo '127.0.0.1 localhost api.portable.test' >"$root/etc/hosts"
  # Services of this file would be modules of the host's C library, which a static program must not load.
  printf 'hosts: resolve mymachines files\npasswd: sss systemd\n' >"$root/etc/nsswitch.conf"
  python3 - "$root/work" <<'PY'
import json, random, sys
random.seed(7)
for side, mean in (("base", 100.0), ("head", 112.0)):
    series = {"suite": "core", "benchmark": "work", "metric": "wall_time", "unit": "ns", "better": "lower",
              "invocations": [[random.gauss(mean, 0.5)] for _ in range(12)]}
    with open(f"{sys.argv[1]}/{side}.json", "w") as out:
        json.dump({"schema": "perfwarden.samples/1", "run": {"session": "one"}, "series": [series]}, out)
PY
  cat >"$root/work/perfwarden.yml" <<'YML'
version: 1
suites:
  core: { run: [/work/bench], parser: { regex: '^(?<name>\S+) (?<value>\S+) (?<unit>\S+)$' }, iterations: 3, count: [allocations] }
budgets: { "*": +5% }
publish: { slack: { about: all, tell: always } }
history: off
YML
}

status_of() {  # status_of WANTED ROOT COMMAND…
  local wanted=$1 status=0
  shift
  in_root "$@" || status=$?
  [ "$status" -eq "$wanted" ]
}

in_all_of_them() {  # in_all_of_them NAME ROOT
  local name=$1 root=$2
  log=$work/$name.log
  : >"$log"
  check "$name: --version" in_root "$root" perfwarden --version
  check "$name: two sides are compared, and one is surely slower" in_root "$root" "perfwarden compare base.json head.json --config perfwarden.yml | grep -q 'slower HIGH'"
  check "$name: a benchmark is measured" in_root "$root" perfwarden run --output measured.json
  check "$name: doctor finds a shell" in_root "$root" 'perfwarden doctor | grep -v "cannot run"'
  : >"$work/asked"
  in_root "$root" "perfwarden compare base.json head.json --config perfwarden.yml --json >report.json;
    GITHUB_ACTIONS=true GITHUB_EVENT_NAME=schedule GITHUB_REPOSITORY=a/b GITHUB_SHA=$(printf "1%.0s" {1..40}) PERFWARDEN_SLACK_WEBHOOK=https://api.portable.test:$(cat "$work/port")/hook perfwarden publish report.json" >>"$log" 2>&1 || true
  check "$name: a name is resolved, and TLS is spoken" grep -q . "$work/asked"
  in_root "$root" "PERFWARDEN_HISTORY=postgresql://u@127.0.0.1:9/d perfwarden baseline history" >"$work/history.log" 2>&1 || true
  check "$name: libpq is there" grep -q 'cannot be reached' "$work/history.log"
}

busybox_root() {
  local root=$1 tool
  rm -rf "$root"
  mkdir -p "$root"/{bin,usr/bin,lib}
  cp "$(command -v busybox)" "$root/bin/busybox"
  for tool in $(busybox --list); do [ "$tool" = busybox ] || ln -s busybox "$root/bin/$tool"; done
  furnish "$root"
}

certificate
rm -f "$work/port"
serve

busybox_root "$work/busybox"
printf '#!/bin/sh\necho work 12 ms\n' >"$work/busybox/work/bench"
chmod +x "$work/busybox/work/bench"
sed -i 's/, count: .allocations.//' "$work/busybox/work/perfwarden.yml"  # busybox is linked statically
in_all_of_them busybox "$work/busybox"

busybox_root "$work/musl"
cp "$(realpath /lib/ld-musl-x86_64.so.1)" "$work/musl/lib/ld-musl-x86_64.so.1"
printf '#include <stdio.h>\nint main(void) { puts("work 12 ms"); return 0; }\n' >"$work/bench.c"
musl-gcc -O1 -o "$work/musl/work/bench" "$work/bench.c"
sed -i 's/, count: .allocations.//' "$work/musl/work/perfwarden.yml"  # the counter is an object for glibc
in_all_of_them musl "$work/musl"

for suite in "${suites[@]}"; do
  if [ -z "$(find "$work/$suite.tar" -mtime -30 2>/dev/null)" ] &&
    ! { nice mmdebstrap --quiet --variant=essential --include=git "$suite" "$work/$suite-new.tar" >"$work/$suite.log" 2>&1 &&
      mv "$work/$suite-new.tar" "$work/$suite.tar"; }; then
    echo "skipped: no root of $suite could be made here (log: $work/$suite.log)"
    continue
  fi
  root=$work/$suite
  rm -rf "$root"
  mkdir "$root"
  tar -C "$root" -xf "$work/$suite.tar" --exclude=./dev
  furnish "$root"
  # git's allocations are counted by an object that this distribution's own C library has to load.
  sed -i 's|run: .*|run: [/usr/bin/git, --version], parser: time, iterations: 3, count: [allocations] }|' "$root/work/perfwarden.yml"
  in_all_of_them "$suite" "$root"
  check "$suite: allocations are counted by an object that this C library loads" grep -q '"metric":"allocations"' "$root/work/measured.json"
  # shellcheck disable=SC2016 # the root's shell expands it
  check "$suite: a whole check of a change that is slower fails (1)" status_of 1 "$root" 'rm -rf r && mkdir r && cd r && git init -q . &&
    printf "version: 1\nsuites: { core: { run: sh bench.sh, parser: { regex: %s }, iterations: 8 } }\nbudgets: { \"*\": +5%% }\nhistory: off\n" \
      "'"'^(?<name>\\\\S+) (?<value>\\\\S+) (?<unit>\\\\S+)\\\$'"'" >perfwarden.yml &&
    printf "echo work 10.\$((\$\$ %% 7)) ms\n" >bench.sh && git add . && git commit -q -m base &&
    printf "echo work 12.\$((\$\$ %% 7)) ms\n" >bench.sh && git commit -q -a -m head && perfwarden check --base HEAD~1'
  rm -rf "$root"
done
rm -rf "$work/busybox" "$work/musl"
[ "$failures" -eq 0 ]
