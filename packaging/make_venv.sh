#!/bin/sh
# Makes the virtual environment of the checkout and installs the locked dependencies into it.
# usage: packaging/make_venv.sh DIRECTORY [PYTHON]
set -eu

venv=$1
python=${2:-}

say() { printf '%s\n' "$*" >&2; }

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

# A bare container has neither venv nor pip; its root user may have them at once.
debian_venv() {
    [ "$(id -u)" = 0 ] && [ "$python" = python3 ] && command -v apt-get >/dev/null || return 1
    say "Installing the Debian package python3-venv, without which there is no virtual environment ..."
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv
    } >/dev/null 2>&1
}

if [ -z "$python" ]; then
    for python in python3 python3.14 python3.13 python3.12 python3.11 ''; do
        if [ -n "$python" ] && new_enough "$python"; then break; fi
    done
fi
if [ -z "$python" ] || ! new_enough "$python"; then
    say "AI-Buyer needs Python 3.11 or newer; ${python:-python3} is $("${python:-python3}" --version 2>&1 || true)."
    say "Install a newer one, or name it: make install PYTHON=/path/to/python3.11"
    exit 1
fi

if [ ! -x "$venv/bin/python" ] || ! new_enough "$venv/bin/python"; then
    say "Making $venv with $("$python" --version) ..."
    if "$python" -m venv --clear "$venv" >/dev/null 2>&1; then :
    elif "$python" -m virtualenv --clear "$venv" >/dev/null 2>&1; then :
    elif debian_venv && "$python" -m venv --clear "$venv"; then :
    elif "$python" -m pip --version >/dev/null 2>&1 && "$python" -m venv --clear --without-pip "$venv"; then
        borrowed_pip=1
    else
        rm -rf "$venv"
        say "$python can make no virtual environment: its venv or ensurepip module is missing."
        say "On Debian and Ubuntu:  apt-get install python3-venv    Then run the same command again."
        exit 1
    fi
fi

if [ -n "${borrowed_pip:-}" ] || [ ! -e "$venv/bin/pip" ]; then
    pip() { "$python" -m pip --python "$venv/bin/python" "$@"; }
else
    pip() { "$venv/bin/python" -m pip "$@"; }
fi

say "Installing the dependencies of requirements.lock (some minutes the first time) ..."
pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
