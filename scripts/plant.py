#!/usr/bin/env python3
"""Copy a notebook with one wrong output, to prove that the comparison sees it.

usage: plant.py picture|text IN.ipynb OUT.ipynb

picture: two of the pictures of the notebook change places.
text: the last digit of the last number in a text output changes.
"""
import json
import re
import sys

kind, source, target = sys.argv[1:]
with open(source) as f:
    nb = json.load(f)
outputs = [o for c in nb["cells"] for o in c.get("outputs", [])]
if kind == "picture":
    a, b = [o["data"] for o in outputs if "image/png" in o.get("data", {})][:2]
    a["image/png"], b["image/png"] = b["image/png"], a["image/png"]
elif kind == "text":
    streams = [o for o in outputs if o["output_type"] == "stream"]
    text = "".join(streams[-1]["text"])
    changed = re.sub(r"\d(?=\D*$)", lambda m: str((int(m[0]) + 1) % 10), text)
    if changed == text:
        sys.exit("plant: no digit in the last stream")
    streams[-1]["text"] = changed
else:
    sys.exit(f"plant: no such kind: {kind}")
with open(target, "w") as f:
    json.dump(nb, f)
