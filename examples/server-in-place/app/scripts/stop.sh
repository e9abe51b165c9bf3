#!/bin/sh
# Stops the shop, and is content where it does not run.
set -eu
pid_file="${SHOP_HOME:-/opt/shop}/shop.pid"
[ -f "$pid_file" ] || exit 0
pid=$(cat "$pid_file")
kill "$pid" 2>/dev/null || true
tries=0
while kill -0 "$pid" 2>/dev/null; do
  tries=$((tries + 1))
  if [ "$tries" -gt 30 ]; then
    echo "process $pid is still there after 30 s" >&2
    exit 1
  fi
  sleep 1
done
rm -f "$pid_file"
