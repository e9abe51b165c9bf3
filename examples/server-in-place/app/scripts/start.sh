#!/bin/sh
# Starts the shop in the background. It must hold none of the streams of this script, for which the agent waits.
set -eu
cd "${SHOP_HOME:-/opt/shop}"
nohup python3 server.py >shop.log 2>&1 </dev/null &
echo $! >shop.pid
