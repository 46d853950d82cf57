#!/usr/bin/env python3
"""What a person waits for, as ratios against a floor in the same run: start-up against /bin/true, and comparing two files of
10 000 series of 30 values against reading the same bytes with `wc -l`. Medians of several runs, in turns.
Usage: ratios.py [PERFWARDEN]"""
import json
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

binary = str(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "build/release/src/perfwarden").resolve())


def seconds(command, cwd=None):
    start = time.perf_counter()
    subprocess.run(command, check=True, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def in_turns(a, b, rounds, cwd=None):
    taken = ([], [])
    for _ in range(rounds):
        for side, command in enumerate((a, b)):
            taken[side].append(seconds(command, cwd))
    return statistics.median(taken[0]), statistics.median(taken[1])


def samples(path, factor, seed):
    draw = random.Random(seed)
    series = [{"suite": "s", "benchmark": f"b{i:05}", "metric": "wall_time", "unit": "s", "better": "lower",
               "invocations": [[1e-3 * factor * draw.gauss(1, 0.01)] for _ in range(30)]} for i in range(10_000)]
    document = {"schema": "perfwarden.samples/1", "run": {"session": "one"}, "series": series}
    path.write_text(json.dumps(document))


start, floor = in_turns([binary, "--version"], ["/bin/true"], 51)
print(f"start-up    {start * 1e3:8.1f} ms   /bin/true {floor * 1e3:6.1f} ms   ratio {start / floor:6.1f}   (aim: below 10 ms)")
with tempfile.TemporaryDirectory() as folder:
    base, head = pathlib.Path(folder, "base.json"), pathlib.Path(folder, "head.json")
    samples(base, 1.0, 1)
    samples(head, 1.0, 2)
    size = base.stat().st_size + head.stat().st_size
    compare = [binary, "--quiet", "compare", "base.json", "head.json", "-o", "report.txt"]
    taken, floor = in_turns(compare, ["wc", "-l", "base.json", "head.json"], 5, folder)
    print(f"compare     {taken * 1e3:8.1f} ms   wc -l     {floor * 1e3:6.1f} ms   ratio {taken / floor:6.1f}   "
          f"(2 x 10 000 series x 30, {size / 1e6:.0f} MB; aim: below 1 s)")
