#!/usr/bin/env python3
"""Change points in the series by which other projects test theirs, beside what they expect (docs/statistics.md#change-points).

  published_series.py PERFWARDEN OTAVA MONGODB

The last two are clones of github.com/apache/otava and github.com/mongodb/signal-processing-algorithms; nothing of them is kept here.
"""
import ast
import json
import pathlib
import re
import subprocess
import sys
import tempfile

perfwarden, otava, mongodb = sys.argv[1:]


def changes(values, min_effect):
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
        file.write("index,value\n" + "".join(f"{i},{value!r}\n" for i, value in enumerate(values)))
        file.flush()
        out = subprocess.run([perfwarden, "trend", "--input", file.name, "--min-effect", str(min_effect), "--json"],
                             check=True, capture_output=True, text=True).stdout
    return json.loads(out)["series"][0]["changes"]


def shown(found):
    return ", ".join(f"{c['index']}" if c["shape"] == "step" else f"{c['index']} to {c['end']}" for c in found)


print("| series | runs | their expectation | found | where |\n|:--|--:|:--|--:|:--|")
source = (pathlib.Path(otava) / "tests/tigerbeetle_test.py").read_text()
tigerbeetle = ast.literal_eval(re.search(r"return (\[[^\]]*\])", source).group(1))
for effect in (5, 3):
    found = changes(tigerbeetle, effect)
    print(f"| TigerBeetle, from {effect} % | {len(tigerbeetle)} | 15, 71 | {len(found)} | {shown(found)} |")
data = pathlib.Path(mongodb) / "tests/data"
for name, expected in (("long_series", 4), ("profiling/short", None), ("profiling/small", None), ("profiling/medium", None),
                       ("profiling/large", None), ("profiling/very_large", None), ("profiling/huge", None)):
    series = json.loads((data / f"{name}.json").read_text())
    if isinstance(series, dict):
        series, expected = series["series"], series["expected"]
    found = changes(series, 3)
    drifts = sum(c["shape"] == "drift" for c in found)
    print(f"| {name} | {len(series)} | {expected} | {len(found)} | {drifts} of them drifts |")
