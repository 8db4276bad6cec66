#!/bin/sh
# Makes .venv if there is none that works, then hands over to .ci/install.py.
# usage: .ci/setup.sh GROUP...   (the groups of .ci/install.py)
set -eu
cd "$(dirname "$0")/.."

new_enough='import sys; sys.exit(sys.version_info < (3, 11))'

if [ ! -e .venv/.ready ] || ! .venv/bin/python -c '' 2>/dev/null; then
    if ! .venv/bin/python -c "import pip; $new_enough" 2>/dev/null; then
        found='' chosen=''
        for candidate in ${PYTHON:-} python3.13 python3.12 python3.11 python3; do
            "$candidate" -c "$new_enough" 2>/dev/null || continue
            found=${found:-$candidate}
            "$candidate" -c 'import ensurepip, venv' 2>/dev/null || continue
            chosen=$candidate
            break
        done
        if [ -z "$found" ]; then
            echo "Dateline needs Python 3.11 or newer. Install it (Debian: apt install python3 python3-venv) or name one: make PYTHON=/path/to/python3.11 ..." >&2
            exit 1
        fi
        if [ -z "$chosen" ]; then
            echo "$found has no venv module. Install it (Debian: apt install python3-venv) and run the same command again." >&2
            exit 1
        fi
        echo "Making .venv with $("$chosen" -V) ..." >&2
        "$chosen" -m venv --clear .venv >&2
    fi
    : >.venv/.ready
fi

exec .venv/bin/python .ci/install.py "$@"
