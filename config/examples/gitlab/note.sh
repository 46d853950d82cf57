#!/bin/sh
# note.sh REPORT.md: keeps one note on the merge request, by its last line. Uses GitLab's predefined variables and NOTE_TOKEN.
set -eu
report=$1
marker='<!-- perfwarden note -->'
notes="$CI_API_V4_URL/projects/$CI_PROJECT_ID/merge_requests/$CI_MERGE_REQUEST_IID/notes"

# The token goes by a file that only we can read, never on a command line.
umask 077
headers=$(mktemp)
body=$(mktemp)
trap 'rm -f "$headers" "$body"' EXIT
printf 'PRIVATE-TOKEN: %s\n' "$NOTE_TOKEN" >"$headers"
api() { curl --fail --silent --show-error --max-time 20 --retry 2 --header "@$headers" --header 'Content-Type: application/json' "$@"; }

jq -Rs --arg marker "$marker" '{body: (.[0:900000] + "\n\n" + $marker)}' "$report" >"$body"
# Anybody can write the marker, so only what the token's own user wrote counts.
me=$(api "$CI_API_V4_URL/user" | jq -r .id)
ours=$(api "$notes?per_page=100&sort=asc&order_by=created_at" |
  jq -r --arg marker "$marker" --argjson me "$me" '[.[] | select(.author.id == $me and (.body | endswith($marker)))][0].id // empty')
if [ -n "$ours" ]; then
  api --request PUT --data "@$body" "$notes/$ours" >/dev/null
else
  api --request POST --data "@$body" "$notes" >/dev/null
fi
