#!/bin/sh
# Asks the shop on this instance how it is, up to 30 times, and fails where it never is well.
set -eu
url="http://127.0.0.1:${SHOP_PORT:-8080}/health"
tries=0
until python3 -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1], timeout=2)' "$url" 2>/dev/null; do
  tries=$((tries + 1))
  if [ "$tries" -ge "${SHOP_TRIES:-30}" ]; then
    echo "$url does not answer, or not well" >&2
    exit 1
  fi
  sleep 1
done
echo "$url is well"
