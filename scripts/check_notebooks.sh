#!/usr/bin/env bash
# Runs every notebook twice, through Jupyter and through `ingot run`, and
# compares what comes out with what is committed. Then it plants a wrong picture
# and a wrong text, which must be found.
set -euo pipefail
cd "$(dirname "$0")/.."
out=build/check
mkdir -p $out
go build -o $out/nbdiff ./notebook/nbdiff
build/ingot install --prefix .venv >/dev/null
export JUPYTER_PREFER_ENV_PATH=1

for nb in notebooks/*.ipynb; do
    name=$(basename "$nb")
    .venv/bin/jupyter nbconvert --log-level=ERROR --to notebook --execute "$nb" --output-dir $out
    echo "$name through Jupyter:"
    $out/nbdiff "$nb" "$out/$name"
    build/ingot run "$nb" -o "$out/run-$name"
    echo "$name through ingot run:"
    $out/nbdiff "$nb" "$out/run-$name"
done

# plant changes one output of the tour; nbdiff must say so.
plant() {
    .venv/bin/python scripts/plant.py "$1" notebooks/tour.ipynb $out/planted.ipynb
    if $out/nbdiff notebooks/tour.ipynb $out/planted.ipynb >$out/planted.txt; then
        echo "a planted wrong $1 was not found" >&2
        exit 1
    fi
    echo "planted wrong $1 found: $(head -c 120 $out/planted.txt)"
}
plant picture
plant text
