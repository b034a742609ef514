#!/bin/sh
# Says whether Qt finds the system libraries it needs; names the packages when it does not.
# usage: packaging/qt_libraries.sh PYTHON [window]   (with "window": on the display of this session)
set -u

python=$1
if [ "${2:-}" = window ]; then
    probe='from PySide6.QtWidgets import QApplication; QApplication([])'
else
    probe='from PySide6 import QtGui, QtNetwork, QtSvg, QtWidgets'
fi

# The inner shell keeps the word "Aborted", which Qt's end leaves behind, out of sight.
complaint=$(sh -c '"$0" -c "$1"; exit $?' "$python" "$probe" 2>&1) && exit 0

cat >&2 <<TEXT
Qt cannot start here. It says:
$(printf '%s\n' "$complaint" | grep -iE 'could not|cannot|no such|error:' | head -n 3 | sed 's/^/  /')
On Debian and Ubuntu these packages hold the libraries it needs:
  apt-get install libegl1 libgl1 libglib2.0-0 libfontconfig1 libdbus-1-3 libxkbcommon-x11-0 \\
    libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-image0 libxcb-render-util0 libxcb-shape0 libwayland-cursor0
TEXT
exit 1
