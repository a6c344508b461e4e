#!/usr/bin/env bash
# Everything that CI checks. Each step prints how long it took; all steps run,
# and the script fails if any of them did. `make test` builds first.
set -uo pipefail
cd "$(dirname "$0")/.."

failed=()
step() {
    local name=$1 start=$SECONDS
    shift
    echo "== $name"
    "$@" || failed+=("$name")
    printf '== %s: %d s\n\n' "$name" $((SECONDS - start))
}

gotests() {
    local flags=(-race)
    [ -n "${INGOT_TEST_ALL:-}" ] || flags+=(-short)
    CGO_ENABLED=1 scripts/gotest.py "${flags[@]}" -timeout 20m -p 2 ./...
}

step setup scripts/setup.sh venv-test gcc clang tmux chromium node || exit 1
step lint scripts/lint.sh
# What the race detector cannot watch, because the interpreter itself has races
# there, is skipped above and run here.
unwatched() { scripts/gotest.py -timeout 10m ./session ./session/front; }

step "go test -race" gotests
step "go test, session" unwatched
step "metal by emulation" scripts/check_metal.sh
step cross-builds scripts/cross.sh
step "install" scripts/check_install.sh
step repl scripts/check_repl.sh
step "jupyter clients" scripts/check_clients.sh
step "notebooks" scripts/check_notebooks.sh

if [ ${#failed[@]} -gt 0 ]; then
    printf 'failed: %s\n' "${failed[@]}" >&2
    exit 1
fi
echo "all steps passed in $SECONDS s"
