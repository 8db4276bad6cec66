#!/bin/sh
# Installs Debian's Chromium for the browser tests where that needs no password; else says so.
# Never fails: without a browser those tests skip, with a reason.
for browser in chromium chromium-browser google-chrome google-chrome-stable; do
    command -v "$browser" >/dev/null 2>&1 && exit 0
done

# Ubuntu's package of that name is a stub for a snap, so this is for Debian alone.
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && grep -qx 'ID=debian' /etc/os-release; then
    echo "Installing Debian's chromium for the browser tests: about 2 minutes, once ..." >&2
    export DEBIAN_FRONTEND=noninteractive
    log=$(mktemp)
    if { timeout 300 apt-get -o DPkg::Lock::Timeout=60 update &&
        timeout 600 apt-get -o DPkg::Lock::Timeout=60 install -y --no-install-recommends chromium; } >"$log" 2>&1 </dev/null; then
        rm -f "$log"
        exit 0
    fi
    tail -n 3 "$log" >&2
    rm -f "$log"
    echo "chromium could not be installed; the browser tests will skip." >&2
    exit 0
fi

echo "No Chromium here; the browser tests will skip. To run them install it (Debian: apt install chromium)." >&2
exit 0
