#!/bin/sh
# Works out requirements.lock from pyproject.toml: all platforms, Python 3.11 and newer, with hashes.
# The lock names no index, so it installs from whichever one the machine is set up for.
# usage: packaging/lock.sh [PYTHON]
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${1:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install -qq uv
"$work/venv/bin/uv" pip compile --quiet --universal --python-version 3.11 --extra dev \
    --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
    --output-file requirements.lock pyproject.toml
