#!/bin/sh
# Has the report written every minute.
set -eu
printf '[Unit]\nDescription=Load of the instance\n[Service]\nType=oneshot\nExecStart=/opt/uptime/report.sh\n' > /etc/systemd/system/uptime-report.service
printf '[Unit]\nDescription=Load of the instance, every minute\n[Timer]\nOnCalendar=minutely\n[Install]\nWantedBy=timers.target\n' > /etc/systemd/system/uptime-report.timer
systemctl daemon-reload
systemctl enable --now uptime-report.timer
