#!/bin/sh
# Any other CI: the exit code decides, and reports/ is what to keep. BASE is the commit or branch to compare with.
set -eu
perfwarden check --base "${BASE:-origin/main}" --output reports
