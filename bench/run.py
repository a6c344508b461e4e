#!/usr/bin/env python3
"""Run our workloads and the peers' in interleaved rounds and print the ratios.

usage: run.py [--rounds N] [--only REGEX] [--peers numpy,...] [--json FILE]

A row is the median over the rounds of each round's median. Rounds alternate
between us and the peers, so that a slow spell of the machine hits both. The
ratio is our time over the peer's: below 1 we are faster.
"""
import argparse
import collections
import json
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
INGOT = HERE.parent / "build" / "ingot"


def rows(command):
    """The JSON lines that a command prints. Its errors go to ours."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS_")}
    out = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=env)
    if out.returncode != 0:
        sys.exit(f"bench: {' '.join(map(str, command))} failed with status {out.returncode}")
    return [json.loads(line) for line in out.stdout.splitlines() if line.startswith("{")]


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--only", default=".")
    p.add_argument("--peers", default="numpy")
    p.add_argument("--budget", type=float, default=0.5)
    p.add_argument("--json")
    a = p.parse_args()

    times, failed = collections.defaultdict(list), []
    commands = [
        [INGOT, "bench", "--json", "--only", a.only, "--budget", str(a.budget)],
        [sys.executable, HERE / "peers.py", "--peers", a.peers, "--only", a.only, "--budget", str(a.budget)],
        [sys.executable, HERE / "kernels.py", "--only", a.only],
    ]
    for n in range(a.rounds):
        print(f"round {n + 1} of {a.rounds}", file=sys.stderr)
        for command in commands:
            for r in rows(command):
                if "error" in r:
                    failed.append(r)
                else:
                    times[r["workload"], r["peer"]].append(r["median_s"])

    table = {key: statistics.median(v) for key, v in times.items()}
    if a.json:
        pathlib.Path(a.json).write_text(json.dumps(
            [{"workload": w, "peer": q, "median_s": t} for (w, q), t in table.items()], indent=1))
    print(f"{'workload':<28} {'ingot':>12} {'peer':>12}   {'ratio':>6}")
    for (workload, peer), t in table.items():
        ours = table.get((workload, "ingot"))
        if peer != "ingot" and ours is not None:
            print(f"{workload:<28} {show(ours):>12} {show(t):>12}   {ours / t:6.2f}  {peer}")
    print(f"\nbinary: {INGOT.stat().st_size / 1e6:.1f} MB")
    for r in failed:
        print(f"failed: {r['workload']} {r['peer']}: {r['error']}")


def show(seconds):
    for unit, scale in (("s", 1), ("ms", 1e3), ("µs", 1e6)):
        if seconds * scale >= 1 or unit == "µs":
            return f"{seconds * scale:.3g} {unit}"


if __name__ == "__main__":
    main()
