#!/usr/bin/env bash
# Builds for the systems that this machine is not.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p build
for target in darwin/arm64 windows/amd64 linux/arm64; do
    out=build/ingot-${target/\//-}
    [ "${target%/*}" = windows ] && out=$out.exe
    CGO_ENABLED=0 GOOS=${target%/*} GOARCH=${target#*/} go build -trimpath -ldflags "-s -w" -o "$out" .
    printf 'cross: %-15s %4d MB\n' "$target" $(($(stat -c %s "$out") / 1000000))
done
