#!/usr/bin/env python3
"""The pictures of docs/img, as perfwarden draws them from made-up histories that are the same each time.

  pictures.py PERFWARDEN WORK          compares them with docs/img; exit 1 when one differs
  pictures.py PERFWARDEN WORK --write  writes them into docs/img
"""
import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import urllib.request

IMAGES = pathlib.Path(__file__).resolve().parents[2] / "docs/img"
RUNS = 60
LEVELS = {  # of run i, as a multiple of the first
    "step": lambda i: 1.0 if i < 38 else 1.07,
    "drift": lambda i: 1.0 + 0.12 * max(0, i - 15) / (RUNS - 15),
    "spike": lambda i: 1.35 if i == 30 else 1.0,
}


def history(folder, level):
    draw = random.Random(5)
    files = []
    for i in range(RUNS):
        samples = {"schema": "perfwarden.samples/1",
                   "run": {"commit": hashlib.sha1(str(i).encode()).hexdigest(), "branch": "main", "session": str(i),
                           "time": f"2026-{9 + i // 30:02}-{1 + i % 30:02}T10:00:00Z",
                           "machine": {"fingerprint": "0123456789abcdef"}},
                   "series": [{"suite": "core", "benchmark": "parse/large", "metric": "wall_time", "unit": "s", "better": "lower",
                               "invocations": [[0.012 * level(i) * draw.gauss(1, 0.012)] for _ in range(12)]}]}
        files.append(f"{i:02}.json")
        (folder / files[-1]).write_text(json.dumps(samples))
    (folder / "perfwarden.yml").write_text('version: 1\nsuites: { core: { run: ./b } }\nbudgets: { "*": +5% }\n'
                                           "history: sqlite:history.db\n")
    return files


def chart(program, folder):
    server = subprocess.Popen([program, "-q", "dashboard", "--serve", "--port", "0", "--read-only"], cwd=folder,
                              stdout=subprocess.PIPE, text=True)
    try:
        address = re.search(r"http://127\.0\.0\.1:\d+", server.stdout.readline()).group()
        with urllib.request.urlopen(f"{address}/chart/series.svg?id=1", timeout=30) as answer:
            return answer.read().decode() + "\n"
    finally:
        server.terminate()
        server.wait()


def main():
    program, work = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2])
    write = "--write" in sys.argv
    wrong = 0
    for name, level in LEVELS.items():
        folder = work / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        subprocess.run([program, "-q", "baseline", "import", *history(folder, level)], cwd=folder, check=True,
                       stdout=subprocess.DEVNULL)
        drawn = chart(program, folder)
        image = IMAGES / f"{name}.svg"
        if write:
            image.write_text(drawn)
        elif not image.exists() or image.read_text() != drawn:
            print(f"{image} is not what perfwarden draws: tests/e2e/pictures.py {sys.argv[1]} {work} --write")
            wrong += 1
    return 1 if wrong else 0


sys.exit(main())
