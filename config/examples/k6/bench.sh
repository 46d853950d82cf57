#!/bin/sh
# Starts the server of this checkout, loads it, and stops it: base and head take turns, so one port does for both.
set -eu
port=${PORT:-18080}
node server.mjs "$port" &
server=$!
trap 'kill $server' EXIT
tries=0
until curl --silent --fail --output /dev/null "http://127.0.0.1:$port/"; do
    kill -0 "$server"
    tries=$((tries + 1))
    [ "$tries" -lt 100 ]
    sleep 0.05
done
PORT=$port k6 run --quiet --vus 2 --duration 2s --summary-export k6.json load.js
