#!/usr/bin/env bash
# The installation as a user meets it: install, find, doctor, uninstall, and the
# faults that the doctor is there for.
set -euo pipefail
cd "$(dirname "$0")/.."
ingot=$PWD/build/ingot
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
checks=0

# says RUN COMMAND…: the command's output contains RUN; its status is $want.
want=0
says() {
    local text=$1 got status=0
    shift
    got=$("$@" 2>&1) || status=$?
    if [ $status != $want ] || [[ $got != *"$text"* ]]; then
        printf 'check_install: %s\n  status %s, want %s; want output with "%s", got:\n%s\n' "$*" $status $want "$text" "$got" >&2
        exit 1
    fi
    checks=$((checks + 1))
}

export HOME=$tmp/home JUPYTER_PREFER_ENV_PATH=
unset JUPYTER_DATA_DIR JUPYTER_PATH XDG_DATA_HOME VIRTUAL_ENV CONDA_PREFIX
name=ingot-check # not the one that .venv already has
user=$HOME/.local/share/jupyter/kernels/$name
jupyter=$PWD/.venv/bin/jupyter

says "ingot $(cat VERSION)" "$ingot" version
says "$user" "$ingot" install --user --name $name
says "$user" "$jupyter" kernelspec list
says "runs a cell" "$ingot" doctor --name $name
says "$tmp/p/share/jupyter/kernels/other" "$ingot" install --prefix "$tmp/p" --name other
VIRTUAL_ENV=$tmp/venv says "$tmp/venv/share/jupyter/kernels/ingot" "$ingot" install --sys-prefix
says "removed $tmp/p/share/jupyter/kernels/other" "$ingot" uninstall --prefix "$tmp/p" --name other

want=1
says "no environment is active" "$ingot" install --sys-prefix
says "no kernel is installed" "$ingot" uninstall --prefix "$tmp/p" --name other
says "kernel name" "$ingot" install --name "a b"
says "/proc/none" "$ingot" install --prefix /proc/none
echo '{' >"$user/kernel.json"
says "cannot be read" "$ingot" doctor --name $name
"$ingot" install --name $name >/dev/null
sed -i 's|"/.*/ingot"|"/nowhere/ingot"|' "$user/kernel.json"
says "/nowhere/ingot, which is not there" "$ingot" doctor --name $name
"$ingot" install --name $name >/dev/null
mkdir -p "$tmp/hide/kernels/$name"
echo '{}' >"$tmp/hide/kernels/$name/kernel.json"
JUPYTER_PATH=$tmp/hide says "hides it" "$ingot" doctor --name $name

want=0
says "removed $user" "$ingot" uninstall --name $name
want=2
says "usage" "$ingot" install --no-such-flag
says "no such command" "$ingot" frobnicate
echo "count: $checks checks of the installation passed"
