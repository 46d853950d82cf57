#!/usr/bin/env bash
# Installs what a task needs, by Debian's and Ubuntu's package names: install.sh build|portable|demo|test|container …
# When all of it is there, apt is not called at all.
set -euo pipefail

packages_of() {
  case $1 in
    build) echo g++ cmake ninja-build ccache git ca-certificates \
      libfmt-dev nlohmann-json3-dev libyaml-cpp-dev libsqlite3-dev libpq-dev libcurl4-openssl-dev libcli11-dev \
      libboost-dev libboost-math-dev libkainjow-mustache-dev libre2-dev libexpat1-dev libdeflate-dev libzstd-dev \
      libxxhash-dev libsodium-dev libprotozero-dev libcapstone-dev pkg-config ;;
    # Archives that a static libcurl and libpq need beside those of `build`; pg_archives brings the rest.
    portable) echo libssl-dev zlib1g-dev libnghttp2-dev libidn2-dev libunistring-dev libbrotli-dev ;;
    demo) echo libbenchmark-dev python3 "$(perf_package)" ;;
    test) echo libgtest-dev libgmock-dev libbenchmark-dev libvalijson-dev clang-14 lld-14 libclang-rt-14-dev clang-format-14 \
      clang-tidy-14 shellcheck diffutils jq python3 valgrind postgresql "$(perf_package)" nodejs \
      autoconf automake meson golang-go python3-pytest-benchmark catch2 ;;
    coverage) echo gcovr ;;
    image) echo busybox-static ;;
    container) echo mmdebstrap buildah podman runc busybox-static musl-tools openssl ;;
    *) echo "install.sh: unknown task '$1'; known: build portable demo test coverage image container" >&2; return 2 ;;
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
pg_archives=
case " $* " in *" portable "*) [ -e /usr/local/lib/libpgport.a ] || pg_archives=1 ;; esac
[ ${#missing[@]} -eq 0 ] && [ -z "$pg_archives" ] && exit 0

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

# The two archives that libpq.a needs are in a package whose dependencies are a whole compiler: they are taken out of it.
get_pg_archives() {
  local major
  major=$(dpkg-query -W -f='${Version}' libpq-dev | sed 's/[.~+-].*//')
  cd "$temporary" && apt-get download "postgresql-server-dev-$major" || return 1
  dpkg-deb --fsys-tarfile "postgresql-server-dev-$major"_*.deb |
    "${as_root[@]}" tar -x --no-same-owner -C /usr/local/lib --strip-components 6 \
      "./usr/lib/postgresql/$major/lib/libpgcommon.a" "./usr/lib/postgresql/$major/lib/libpgport.a"
}

echo "installing: ${missing[*]} ${pg_archives:+libpgcommon.a libpgport.a}"
temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT
log=$temporary/log
if ! { apt update && { [ ${#missing[@]} -eq 0 ] || apt install --no-remove --no-install-recommends -y "${missing[@]}"; } &&
  { [ -z "$pg_archives" ] || get_pg_archives; }; } >"$log" 2>&1; then
  tail -n 20 "$log" >&2
  echo "perfwarden: apt-get could not install: ${missing[*]} ${pg_archives:+libpgcommon.a libpgport.a}" >&2
  exit 1
fi
