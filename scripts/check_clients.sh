#!/usr/bin/env bash
# The installed kernel under real clients: jupyter_kernel_test and what it does
# not ask, through jupyter_client; jupyter console, papermill, nbclient;
# JupyterLab in a browser; libzmq by way of zeromq.js, as VS Code speaks to it.
# With arguments only those suites run: test_ingot, test_lab, raw, …
set -uo pipefail
cd "$(dirname "$0")/.."
build/ingot install --prefix .venv >/dev/null || exit 1
# Nothing of the user's own: neither settings nor history.
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export JUPYTER_PREFER_ENV_PATH=1 JUPYTER_CONFIG_DIR=$tmp/config IPYTHONDIR=$tmp/ipython XDG_STATE_HOME=$tmp/state
export PYDEVD_DISABLE_FILE_VALIDATION=1
spec=$PWD/.venv/share/jupyter/kernels/ingot/kernel.json
tests=kernel/testdata/jupyter
failed=()

# limited COMMAND…: a command that hangs is ended; a function ends by itself.
limited() {
    if [ "$(type -t "$1")" = function ]; then "$@"; else timeout 300 "$@"; fi
}

# suite NAME COMMAND…: runs it unless others were asked for.
wanted=" $* "
suite() {
    local name=$1
    shift
    [ "$wanted" = "  " ] || [[ $wanted == *" $name "* ]] || return 0
    echo "$name:"
    limited "$@" 2>&1 | grep -v '^kernel: ' | sed 's/^/  /'
    [ "${PIPESTATUS[0]}" = 0 ] || failed+=("$name")
}

for name in test_ingot test_client test_programs; do
    suite $name .venv/bin/python $tests/$name.py
done
# A browser that starts for the first time may be too slow for a shared machine.
lab() { timeout 300 .venv/bin/python $tests/test_lab.py || { echo "test_lab: once more"; timeout 300 .venv/bin/python $tests/test_lab.py; }; }
suite test_lab lab
suite raw env NODE_MODULES="$PWD/build/node" node $tests/raw.mjs "$spec"
suite test_corpus .venv/bin/python $tests/test_corpus.py session/testdata/corpus.txt 225
if [ ${#failed[@]} -gt 0 ]; then
    echo "check_clients: failed: ${failed[*]}" >&2
    exit 1
fi
