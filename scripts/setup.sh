#!/usr/bin/env bash
# Sets up what the calling script names: venv, venv-test, node, clang and so on. Installs Debian
# packages where it may; where it may not, it says which are missing and stops.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
need() { missing+=("$1"); }


command -v go >/dev/null || { echo "setup: Go 1.26 is needed and no go is on PATH" >&2; exit 1; }

for part in "$@"; do
    case $part in
    venv | venv-test) python3 -c 'import venv, ensurepip' 2>/dev/null || need python3-venv ;;
    gcc) command -v gcc >/dev/null || { need gcc; need libc6-dev; } ;;
    clang) command -v clang >/dev/null || need clang ;;
    chromium) command -v chromium >/dev/null || need chromium ;;
    node) command -v npm >/dev/null || { need nodejs; need npm; } ;;
    tmux) command -v tmux >/dev/null || need tmux ;;
    *) echo "setup: no such part: $part" >&2; exit 2 ;;
    esac
done

if [ ${#missing[@]} -gt 0 ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "setup: installing ${missing[*]}"
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -qq >/dev/null
        apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
    else
        echo "setup: please install these Debian packages and run again: ${missing[*]}" >&2
        exit 1
    fi
fi

# venv makes .venv hold exactly what the requirements file says.
venv() {
    local stamp=.venv/.installed-$(sha256sum requirements.txt requirements-test.txt | sha256sum | cut -c1-16)-$1
    [ -e "$stamp" ] && return
    echo "setup: making .venv from $1"
    [ -x .venv/bin/python ] || python3 -m venv .venv
    .venv/bin/python -m pip install --quiet --requirement "$1"
    touch "$stamp"
}

# node makes build/node hold the packages that tests under Node need.
node() {
    local want=zeromq@6.8.0
    [ -e build/node/.installed-$want ] && return
    mkdir -p build/node
    npm install --prefix build/node --silent --no-fund --no-audit $want
    touch build/node/.installed-$want
}

for part in "$@"; do
    case $part in
    node) node ;;
    venv) [ -n "$(ls .venv/.installed-*-requirements-test.txt 2>/dev/null)" ] || venv requirements.txt ;;
    venv-test) venv requirements-test.txt ;;
    esac
done
