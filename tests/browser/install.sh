#!/usr/bin/env bash
# The browser that the tests drive, where there is none: Debian's, else Playwright's own.
set -euo pipefail
command -v chromium >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	exec 9>/tmp/poc-graduate-apt.lock && flock 9 # another script may install something meanwhile
	apt-get -qq update && apt-get -qq install --yes --no-install-recommends chromium >/dev/null && exit 0
fi
python -m playwright install chromium
