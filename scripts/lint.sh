#!/usr/bin/env bash
# gofmt, go vet, staticcheck.
set -euo pipefail
cd "$(dirname "$0")/.."
unformatted=$(git ls-files '*.go' | xargs gofmt -l)
if [ -n "$unformatted" ]; then
    echo "not formatted by gofmt:" >&2
    echo "$unformatted" >&2
    exit 1
fi
go vet ./...
go tool staticcheck ./...
echo "lint: clean"
