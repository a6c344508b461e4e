#!/usr/bin/env bash
# Our workloads beside numpy, ipykernel and raw yaegi. Arguments go to bench/run.py.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh venv-test
build/ingot install --prefix .venv >/dev/null
exec .venv/bin/python bench/run.py "$@"
