#!/usr/bin/env bash
# Installs what a task needs, by Debian's and Ubuntu's package names: install.sh build|demo|test|container …
# When all of it is there, apt is not called at all.
set -euo pipefail

packages_of() {
  case $1 in
    build) echo g++ cmake ninja-build ccache git ca-certificates \
      libfmt-dev nlohmann-json3-dev libyaml-cpp-dev libsqlite3-dev libpq-dev libcurl4-openssl-dev libcli11-dev \
      libboost-dev libboost-math-dev libkainjow-mustache-dev libre2-dev libexpat1-dev libdeflate-dev libzstd-dev \
      libxxhash-dev libsodium-dev libprotozero-dev libcapstone-dev pkg-config ;;
    demo) echo libbenchmark-dev python3 "$(perf_package)" ;;
    test) echo libgtest-dev libgmock-dev libbenchmark-dev libvalijson-dev clang-14 lld-14 libclang-rt-14-dev clang-format-14 \
      clang-tidy-14 shellcheck diffutils python3 valgrind postgresql "$(perf_package)" nodejs \
      autoconf automake meson golang-go python3-pytest-benchmark catch2 ;;
    coverage) echo gcovr ;;
    image) echo busybox-static ;;
    container) echo mmdebstrap buildah podman runc ;;
    *) echo "install.sh: unknown task '$1'; known: build demo test coverage image container" >&2; return 2 ;;
  esac
}

# perf, by the name that this distribution gives its package.
perf_package() {
  if [ "$(. /etc/os-release && echo "${ID:-}")" = ubuntu ]; then echo linux-tools-generic; else echo linux-perf; fi
}

is_installed() {
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

missing=()
for task in "$@"; do
  names=$(packages_of "$task")
  for name in $names; do
    is_installed "$name" || missing+=("$name")
  done
done
# npm and cargo are asked for by command, since they may have come without Debian's package.
case " $* " in *" test "*)
  command -v npm >/dev/null || missing+=(nodejs npm)
  command -v cargo >/dev/null || missing+=(cargo)
  ;;
esac
[ ${#missing[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
  echo "perfwarden: this machine has no apt-get; install the equivalents of: ${missing[*]}" >&2
  exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "perfwarden: neither root nor sudo; ask somebody who is root to run:" >&2
    echo "  apt-get install --no-remove --no-install-recommends ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 "$@"; }

echo "installing: ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { apt update && apt install --no-remove --no-install-recommends -y "${missing[@]}"; } >"$log" 2>&1; then
  tail -n 20 "$log" >&2
  echo "perfwarden: apt-get could not install: ${missing[*]}" >&2
  exit 1
fi
