#!/usr/bin/env bash
# The files of uPlot that the build takes are those of its npm package, whose hash is locked; a changed byte must be noticed.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/tidy/node/ready.sh
. tests/tidy/node/ready.sh
kept=templates/dashboard/vendor/uplot

same() {  # same FOLDER: whether its files are those of the package
  local file
  for file in LICENSE dist/uPlot.iife.min.js dist/uPlot.min.css; do
    cmp "$node/node_modules/uplot/$file" "$1/$(basename "$file")" || return 1
  done
}
same "$kept"

# The page beside them names the version and the hash that npm checked.
locked=$(node -e 'const {version, integrity} = require("./" + process.argv[1] + "/package-lock.json").packages["node_modules/uplot"]; console.log(version, integrity)' "$node")
for fact in $locked; do
  grep -qF "$fact" "$kept/README.md" || { echo "$kept/README.md does not name $fact"; exit 1; }
done

planted=$(mktemp -d)
trap 'rm -rf "$planted"' EXIT
cp "$kept"/* "$planted"
printf ' ' >>"$planted/uPlot.iife.min.js"
if same "$planted" >/dev/null 2>&1; then
  echo "a changed byte was not noticed"
  exit 1
fi
