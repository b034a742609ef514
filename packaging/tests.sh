#!/bin/sh
# Runs pytest; where Qt cannot be loaded the window's tests are left out, and that is said.
# usage: packaging/tests.sh PYTHON [PYTEST_ARGUMENT ...]
set -eu

python=$1
shift
export QT_QPA_PLATFORM=offscreen
if packaging/qt_libraries.sh "$python"; then
    exec "$python" -m pytest "$@"
fi
echo 'The tests of the window are left out of this run.' >&2
exec "$python" -m pytest -p no:pytest-qt "$@"
