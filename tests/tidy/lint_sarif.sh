#!/usr/bin/env bash
# Checks the SARIF that we write against its schema; the check must also catch a planted fault.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/tidy/node/ready.sh
. tests/tidy/node/ready.sh

node "$node/sarif.mjs" tests/golden/report/*.sarif
planted=$(mktemp)
trap 'rm -f "$planted"' EXIT
sed 's/"level": "error"/"level": "dreadful"/' tests/golden/report/fail_high.sarif.sarif >"$planted"
if node "$node/sarif.mjs" "$planted" >/dev/null; then
  echo "the schema passed a planted fault"
  exit 1
fi
