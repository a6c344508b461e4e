#!/usr/bin/env bash
# Installs the kernel into .venv, runs the tour through Jupyter, and says how to
# open it. `make demo` builds first.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh venv

build/ingot install --prefix .venv
export JUPYTER_PREFER_ENV_PATH=1
.venv/bin/jupyter nbconvert --log-level=ERROR --to notebook --execute notebooks/tour.ipynb --output-dir build
.venv/bin/jupyter nbconvert --log-level=ERROR --to html build/tour.ipynb --output-dir build

root=
[ "$(id -u)" = 0 ] && root=" --allow-root"
echo
echo "The tour ran: build/tour.ipynb, build/tour.html. To open it in JupyterLab:"
echo
echo "    .venv/bin/jupyter lab$root notebooks/tour.ipynb"
