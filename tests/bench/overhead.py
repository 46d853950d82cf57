#!/usr/bin/env python3
"""What measuring costs by itself, against hyperfine in the same minute: wall time an invocation of a program that does
nothing, and the time that each reports for it. Usage: overhead.py PERFWARDEN [RUNS]. Needs hyperfine."""
import json, os, pathlib, statistics, subprocess, sys, tempfile, time

binary = os.path.realpath(sys.argv[1])
runs = int(sys.argv[2]) if len(sys.argv) > 2 else 300
CONFIG = f"version: 1\nsuites:\n  nothing: {{ run: /bin/true, parser: time, iterations: {runs}, warmup: 1 }}\n"


def timed(command, folder):
    began = time.monotonic()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.monotonic() - began


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    (folder / "perfwarden.yml").write_text(CONFIG)
    ours, theirs, told, told_by_hyperfine = [], [], [], []
    start = timed([binary, "--version"], folder)
    for _ in range(5):
        ours.append((timed([binary, "run", "-o", "out"], folder) - start) / (runs + 1))
        theirs.append(timed(["hyperfine", "-N", "--style", "none", "--warmup", "1", "--runs", str(runs), "--export-json",
                             "h.json", "/bin/true"], folder) / (runs + 1))
        for file in folder.glob("out/*.json"):
            for series in json.loads(file.read_text())["series"]:
                if series["metric"] == "wall_time":
                    told += [value for one in series["invocations"] for value in one]
        told_by_hyperfine += json.loads((folder / "h.json").read_text())["results"][0]["times"]

ms = lambda values: 1000 * statistics.median(values)
print(f"an invocation of /bin/true costs   perfwarden {ms(ours):.2f} ms   hyperfine -N {ms(theirs):.2f} ms   ratio "
      f"{ms(ours) / ms(theirs):.2f}")
print(f"of which is reported as its time   perfwarden {ms(told):.2f} ms   hyperfine -N {ms(told_by_hyperfine):.2f} ms   "
      f"ratio {ms(told) / ms(told_by_hyperfine):.2f}")
