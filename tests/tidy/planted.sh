#!/usr/bin/env bash
# Proves that the clang-tidy job still catches: one fault in a source, which a unity build includes, and one in a header of ours
# must both be errors, the same files without the faults must be clean, and the job must see every source below src/.
# Usage: planted.sh BUILD_DIRECTORY
set -euo pipefail
cd "$(dirname "$0")/../.."
# Inside the tree, where .clang-tidy and its header filter apply as they do to src/.
work=$1/planted/src/base
rm -rf "$1/planted"
mkdir -p "$work"

check() {
  tests/tidy/remembered.sh clang-tidy-14 --quiet --config-file=.clang-tidy "$work/unity.cxx" -- clang++-14 -std=c++20 -I"$1/planted/src" \
    -c "$work/unity.cxx" 2>&1
}

cat >"$work/planted.hpp" <<'CPP'
#pragma once
struct Base {
  virtual ~Base() = default;
  virtual int value() const { return 0; }
};
struct Derived : Base {
  int value() const override { return 1; }
};
CPP
cat >"$work/planted.cpp" <<'CPP'
#include "base/planted.hpp"
#include <string>
std::size_t twice(std::string text);
std::size_t twice(std::string text) {
  const std::string taken = std::move(text);
  return taken.size();
}
CPP
echo '#include "base/planted.cpp"' >"$work/unity.cxx"
clean=$(check "$1") || { echo "clang-tidy rejects clean files:"; echo "$clean"; exit 1; }
check "$1" >/dev/null  # remembered now, which may not hide what is planted

sed -i 's/int value() const override { return 1; }/virtual int value() const { return 1; }/' "$work/planted.hpp"
sed -i 's/return taken.size();/return taken.size() + text.size();/' "$work/planted.cpp"
if found=$(check "$1"); then
  echo "clang-tidy passed files with planted faults:"
  echo "$found"
  exit 1
fi
grep -q 'planted.hpp.*modernize-use-override' <<<"$found" || { echo "the fault in the header was missed:"; echo "$found"; exit 1; }
grep -q 'planted.cpp.*bugprone-use-after-move' <<<"$found" || { echo "the fault in the source was missed:"; echo "$found"; exit 1; }

# The job itself must be wired up: ninja has to run clang-tidy on every source of ours, by itself or in a unity file.
tidied=$(ninja -C "$1" -t commands | sed -nE 's/.*--tidy="[^"]*clang-tidy-14.* --source=([^ ]+) .*/\1/p' | sort -u)
[ -n "$tidied" ] || { echo "$1 was configured without clang-tidy"; exit 1; }
seen=$({ echo "$tidied"; xargs -d '\n' sed -nE 's/^#include "(.*)"$/\1/p' <<<"$(grep '/Unity/' <<<"$tidied")"; } | sed "s|^$PWD/||" | sort -u)
# Only the preset `portable` builds src/portable/: names that archives refer to, by the names that they have there.
missed=$(git ls-files 'src/*.cpp' | grep -v '^src/portable/' | sort | comm -23 - <(echo "$seen"))
[ -z "$missed" ] || { echo "clang-tidy does not see:"; echo "$missed"; exit 1; }
echo "both planted faults were caught, and every source is seen"
