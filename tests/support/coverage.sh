#!/usr/bin/env bash
# Line coverage of src/ by the tests that ran in BUILD. Usage: coverage.sh BUILD
set -euo pipefail
cd "$(dirname "$0")/../.."
tests/support/install.sh coverage
gcovr --root . --filter 'src/' --exclude-throw-branches --print-summary "$1"
