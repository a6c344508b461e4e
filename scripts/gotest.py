#!/usr/bin/env python3
"""Run `go test -json` and print one line per room: what passed, failed and was
skipped (by name and reason), how long it took, and the lines that tests print
for people (those that begin with "count:"). Output of a failed test is shown
whole. The last line is 'N passed, N failed, N skipped'.

usage: gotest.py [go test flags and packages]
"""
import collections
import json
import subprocess
import sys
import time

MODULE = "github.com/ingot-go/ingot"


def room(package):
    path = package.removeprefix(MODULE).strip("/")
    return path or "(main)"


def main():
    results = collections.defaultdict(collections.Counter)
    elapsed, output, notes, skips, failed = {}, collections.defaultdict(list), [], [], []
    run = subprocess.Popen(["go", "test", "-json", *sys.argv[1:]], stdout=subprocess.PIPE, text=True)
    broken = []
    for line in run.stdout:
        try:
            e = json.loads(line)
        except ValueError:
            broken.append(line)
            continue
        pkg, test, action = e.get("Package", e.get("ImportPath", "")), e.get("Test"), e["Action"]
        key = (pkg, test)
        if action in ("output", "build-output"):
            output[key].append(e["Output"])
            if "count:" in e["Output"]:
                notes.append((room(pkg), e["Output"].split("count:", 1)[1].strip()))
        elif action in ("pass", "fail", "skip") and test:
            results[pkg][action] += 1
            if action == "skip":
                reason = "".join(output[key]).split("\n")
                reason = next((l.strip() for l in reason if "_test.go:" in l), "no reason given")
                skips.append(f"{room(pkg)} {test}: {reason}")
            elif action == "fail":
                failed.append(key)
        elif action in ("pass", "fail", "skip"):
            elapsed[pkg] = e.get("Elapsed", 0.0)
            if action == "fail":
                results[pkg]["fail"] += not results[pkg]["fail"]
                failed.append((pkg, None))
            if results[pkg]:
                r = results[pkg]
                print(f"  {room(pkg):<28} {r['pass']:5} passed {r['fail']:3} failed {r['skip']:3} skipped {elapsed[pkg]:7.1f} s", flush=True)
        if action == "build-fail":
            failed.append(key)
    run.wait()
    for key in failed:
        if output[key]:
            print(f"\n--- {room(key[0])} {key[1] or ''}\n" + "".join(output[key])[-6000:])
    print("".join(broken), end="")
    for where, note in notes:
        print(f"  {where}: {note}")
    for s in skips:
        print(f"  skipped: {s}")
    total = sum(results.values(), collections.Counter())
    print(f"{total['pass']} passed, {total['fail']} failed, {total['skip']} skipped")
    sys.exit(run.returncode)


if __name__ == "__main__":
    main()
