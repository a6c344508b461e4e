#!/usr/bin/env bash
# The installed kernel under real clients: jupyter_kernel_test, then what it
# does not ask, through jupyter_client.
set -euo pipefail
cd "$(dirname "$0")/.."
build/ingot install --prefix .venv >/dev/null
export JUPYTER_PREFER_ENV_PATH=1
for suite in test_ingot test_client; do
    echo "$suite:"
    timeout 300 .venv/bin/python kernel/testdata/jupyter/$suite.py 2>&1 | grep -v '^kernel: ' | sed 's/^/  /'
done
echo "test_corpus:"
.venv/bin/python kernel/testdata/jupyter/test_corpus.py session/testdata/corpus.txt 225 2>&1 | sed 's/^/  /'
