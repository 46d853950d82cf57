# shellcheck shell=bash
# Sourced at the repository's root: sets $node, the folder with the linters from npm, and installs them once.
node=tests/tidy/node
if ! command -v npm >/dev/null; then
  echo "skipped: npm is not installed (make test installs it)"
  exit 77
fi
if [ ! "$node/node_modules/.installed" -nt "$node/package-lock.json" ]; then
  npm ci --prefix "$node" --no-audit --no-fund
  touch "$node/node_modules/.installed"
fi
