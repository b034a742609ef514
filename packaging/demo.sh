#!/bin/sh
# Starts the demo: in a window where there is a display, else as a printed summary.
# usage: packaging/demo.sh DIRECTORY_OF_PROGRAMS     (HEADLESS=1 asks for the summary)
set -eu

bin=$1
if [ "${HEADLESS:-0}" != 1 ] && { [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || [ "$(uname)" = Darwin ]; }; then
    if ! packaging/qt_libraries.sh "$bin/python" window; then
        echo 'Without them this shows the demo as text:  HEADLESS=1 make demo' >&2
        exit 1
    fi
    exec "$bin/ai-buyer" --demo
fi
exec "$bin/ai-buyer" --demo --headless
