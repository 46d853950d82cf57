#!/usr/bin/env bash
# Writes an SBOM (SPDX 2.3, JSON): what perfwarden consists of. Lines of "package version" come from stdin.
# Usage: sbom.sh NAME VERSION [REVISION] <packages >SBOM
set -euo pipefail
name=$1 version=$2 revision=${3:-unknown}
created=$(date -u -d "@${SOURCE_DATE_EPOCH:-0}" +%Y-%m-%dT%H:%M:%SZ)
packages=() relations=()
while read -r package found; do
  purl=${found//+/%2B}
  id=SPDXRef-$(printf '%s' "$package" | tr -c 'A-Za-z0-9.-' '-')
  packages+=("$(printf '{"SPDXID": "%s", "name": "%s", "versionInfo": "%s", "supplier": "Organization: Debian", "downloadLocation": "NOASSERTION", "filesAnalyzed": false, "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "pkg:deb/debian/%s@%s?arch=amd64&distro=bookworm"}]}' \
    "$id" "$package" "$found" "${package//+/%2B}" "${purl//:/%3A}")")
  relations+=("$(printf '{"spdxElementId": "SPDXRef-perfwarden", "relationshipType": "CONTAINS", "relatedSpdxElement": "%s"}' "$id")")
done
joined() {
  local first=1 one
  for one in "$@"; do
    [ "$first" = 1 ] || echo ,
    first=0
    printf '    %s' "$one"
  done
  echo
}
cat <<JSON
{
  "spdxVersion": "SPDX-2.3",
  "dataLicense": "CC0-1.0",
  "SPDXID": "SPDXRef-DOCUMENT",
  "name": "$name-$version",
  "documentNamespace": "https://github.com/perfwarden/perfwarden/sbom/$name-$version-$revision",
  "creationInfo": {"created": "$created", "creators": ["Organization: perfwarden", "Tool: perfwarden-.ci/sbom.sh"]},
  "packages": [
    {"SPDXID": "SPDXRef-perfwarden", "name": "$name", "versionInfo": "$version", "downloadLocation": "git+https://github.com/perfwarden/perfwarden@$revision", "filesAnalyzed": false, "licenseDeclared": "Apache-2.0", "copyrightText": "NOASSERTION"},
$(joined "${packages[@]}")
  ],
  "relationships": [
    {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-perfwarden"},
$(joined "${relations[@]}")
  ]
}
JSON
