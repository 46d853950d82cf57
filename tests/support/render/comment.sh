#!/bin/bash
# A Markdown comment as a page that looks like GitHub: comment.sh FILE.md OUT.html [open]
# `open` unfolds the details. Needs cmark-gfm (Debian). Soft breaks become line breaks, as in GitHub's comments.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
{
  echo '<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><style>'
  cat "$here/github.css"
  echo '</style><div class="box">'
  cmark-gfm --unsafe --hardbreaks -e table -e autolink -e strikethrough -e tagfilter "$1" |
    if [ "${3:-}" = open ]; then sed 's/<details>/<details open>/'; else cat; fi
  echo '</div>'
} > "$2"
