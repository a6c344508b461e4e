"""The session's corpus of multi-cell cases through the installed kernel.

usage: python test_corpus.py CORPUS.txt [FLOOR]

Each case begins after :reset, so that one kernel serves them all. The format of
the corpus and the rules of comparison are those of package session/corpus; the
type of a value is not compared, since a client does not see it. Fails if fewer
than FLOOR cases pass.
"""
import json
import os
import re
import sys

from jupyter_client.manager import start_new_kernel

TIMEOUT = 20


def parse(text):
    """The cases: a name and a list of cells, which are dictionaries by section."""
    cases, target = [], None
    for line in text.split("\n"):
        if line.startswith("=== "):
            cases.append((line[4:], []))
            target = None
        elif line.startswith("--- "):
            kind, _, rest = line[4:].partition(" ")
            if kind == "cell":
                cases[-1][1].append({})
            target = cases[-1][1][-1].setdefault(kind, [])
            if kind != "cell" and rest:
                target.append(rest)
        elif target is not None:
            target.append(line)
    return [(name, [{k: "\n".join(v) for k, v in c.items()} for c in cells]) for name, cells in cases]


def run(kc, code):
    """Run a cell: its standard output, its shown value, its error."""
    out, value = [], ""

    def hook(m):
        nonlocal value
        if m["msg_type"] == "stream" and m["content"]["name"] == "stdout":
            out.append(m["content"]["text"])
        elif m["msg_type"] == "execute_result":
            value = m["content"]["data"]["text/plain"]

    reply = kc.execute_interactive(code, output_hook=hook, timeout=TIMEOUT, stop_on_error=False)["content"]
    error = ""
    if reply["status"] == "error":
        error = re.sub(r"\x1b\[[\d;]*m", "", "\n".join(reply["traceback"]))
    return "".join(out), value, error


def check(cell, out, value, error):
    """What is wrong with the outcome of a cell; "" if nothing."""
    want = cell.get("err", "").strip()
    if "err" not in cell and error:
        return "error: " + error
    if "err" in cell and not (error and re.search(want, error)):
        return f"error {error!r}, want {want!r}"
    if "out" in cell and cell["out"].strip() != out.strip():
        return f"out {out.strip()!r}, want {cell['out'].strip()!r}"
    if "val" in cell and not same(cell["val"].strip(), value.strip()):
        return f"val {value.strip()!r}, want {cell['val'].strip()!r}"
    return ""


def same(want, got):
    """Equality that also accepts a string that is shown quoted."""
    if want == got:
        return True
    try:
        return got[:1] in "\"`" and (got[1:-1] if got[0] == "`" else json.loads(got)).strip() == want
    except (ValueError, IndexError):
        return False


def main():
    with open(sys.argv[1]) as f:
        cases = parse(f.read())
    floor = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    km, kc = start_new_kernel(kernel_name=os.environ.get("INGOT_KERNEL", "ingot"))
    failed = []
    try:
        for name, cells in cases:
            run(kc, ":reset")
            wrong = next((w for w in (check(c, *run(kc, c["cell"])) for c in cells) if w), "")
            if wrong:
                failed.append(name.split()[0])
                print(f"{name}: {wrong[:200]}")
    finally:
        kc.stop_channels()
        km.shutdown_kernel(now=True)
    passed = len(cases) - len(failed)
    print(f"count: {passed} of {len(cases)} cases of the corpus pass through the kernel")
    if passed < floor:
        sys.exit(f"want at least {floor}; failing: {' '.join(failed)}")


if __name__ == "__main__":
    main()
