#!/usr/bin/env bash
# The stories in the oldest JupyterLab that is supported, and in the Notebook 7 of its time:
# `tests/browser/older.sh [WHAT PYTEST TAKES]`. The wheel comes from `make wheel`.
set -euo pipefail
cd "$(dirname "$0")/../.."
place=build/jupyterlab-4.4
[ -x $place/bin/python ] || "${PYTHON:-python3}" -m venv $place
pip() { $place/bin/python -m pip --disable-pip-version-check --quiet --no-input "$@"; }
# Versions as everywhere, but of JupyterLab and what belongs to it.
grep -viE '^(jupyterlab|notebook)(==|-server==|-shim==)' requirements-dev.txt > $place/constraints.txt
pip install --constraint $place/constraints.txt 'jupyterlab==4.4.*' playwright pytest jsonschema psutil
pip install --constraint $place/constraints.txt --force-reinstall --no-deps dist/*.whl
pip install --constraint $place/constraints.txt 'poc-graduate[all]' 'jupyterlab==4.4.*'
# Ploomber says that it cannot stand Notebook 7; it does not use it.
pip install --no-deps 'notebook==7.4.*' 'notebook-shim>=0.2'
# Its own browser, where there is no other.
PATH="$PWD/$place/bin:$PATH" tests/browser/install.sh
exec $place/bin/python -m pytest -q -p no:cacheprovider tests/browser "$@"
