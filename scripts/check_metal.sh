#!/usr/bin/env bash
# Every plan that the tests of mlx and the tour evaluate, printed as Metal
# shaders, executed by emulation, and compared with the reference backend.
set -euo pipefail
cd "$(dirname "$0")/.."
plans=$PWD/build/plans
rm -rf "$plans"
mkdir -p "$plans"
go test -count=1 ./mlx -args -record "$plans/mlx" >"$plans/mlx.log" || { cat "$plans/mlx.log"; exit 1; }
INGOT_RECORD=$plans/tour build/ingot run notebooks/tour.ipynb -o "$plans/tour.ipynb"
for part in mlx tour; do
    printf 'count: %s plans recorded by %s\n' "$(find "$plans/$part" -name '*.json' | wc -l)" $part
done
INGOT_PLANS=$plans/mlx:$plans/tour go test -count=1 -v -timeout 20m ./metal -run TestRecordedPlans >"$plans/metal.log" 2>&1 || { tail -50 "$plans/metal.log"; exit 1; }
grep -E '^metal: ' "$plans/metal.log" | sed 's/^/count: /'
