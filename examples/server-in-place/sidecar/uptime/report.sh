#!/bin/sh
# Writes how loaded the instance is to the system's log.
set -eu
logger -t uptime "$(cut -d ' ' -f 1-3 /proc/loadavg)"
