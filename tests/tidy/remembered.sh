#!/usr/bin/env bash
# clang-tidy as CMake calls it, which takes as long as compiling does: what passed once is not read again. A pass is remembered by all
# that it depends on: the program and its arguments, the checks, the preprocessed source, and the text of each of our files in it.
# Usage: remembered.sh CLANG_TIDY [OPTION…] SOURCE -- COMPILER [ARGUMENT…]
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
memory=${XDG_CACHE_HOME:-$HOME/.cache}/perfwarden-tests/tidy

preprocess=() found='' skip=0
for word in "$@"; do
  if [ -z "$found" ]; then
    [ "$word" != -- ] || found=1
  elif [ "$skip" = 1 ]; then
    skip=0
  else
    case $word in
      -o | -MT | -MF) skip=1 ;;
      -c | -MD) ;;
      *) preprocess+=("$word") ;;
    esac
  fi
done
text=$(mktemp)
trap 'rm -f "$text"' EXIT
# Warnings and errors are the compiler's own step's to say; what cannot be preprocessed has no key.
if "${preprocess[@]}" -w -E -o "$text" 2>/dev/null; then
  key=$({
    "$1" --version
    printf '%s\n' "$@"
    cat "$root/.clang-tidy" "$text"
    sed -nE "s|^# [0-9]+ \"($root/[^\"]*)\".*|\\1|p" "$text" | sort -u | tr '\n' '\0' | xargs -0r cat
  } | sed "s|$root||g" | sha256sum | cut -d' ' -f1)
  [ ! -e "$memory/$key" ] || exit 0
fi
"$@"
if [ -n "${key:-}" ]; then
  { mkdir -p "$memory" && : >"$memory/$key"; } 2>/dev/null || true  # where nothing can be kept, it is a pass all the same
fi
