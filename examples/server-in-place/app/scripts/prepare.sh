#!/bin/sh
# Fails before anything is copied where the shop could not run.
set -eu
command -v python3 >/dev/null || { echo 'the shop needs python3, and it is not installed' >&2; exit 1; }
mkdir -p "${SHOP_HOME:-/opt/shop}"
