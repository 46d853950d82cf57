#!/usr/bin/env python3
"""How fast perfwarden itself is, as ratios against a floor or a peer in the same run: CPU seconds, medians of runs in turns.

  start     `--version`                                        against /bin/true
  compare   two files of 10 000 series of 30 values            against `wc -l` of the same bytes
  report    the same, written as JSON                          against `cp` of the report
  top       the hottest functions of 100 000 stacks in pprof   against `go tool pprof -top`
  fold      20 000 samples of `perf script`                    against FlameGraph's stackcollapse-perf.pl, named by $STACKCOLLAPSE

A peer that is not there is left out. Usage: ratios.py [PERFWARDEN]"""
import json
import os
import pathlib
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

binary = str(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "build/release/src/perfwarden").resolve())


def cpu_seconds(command, cwd):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def row(name, ours, peer, rounds, cwd, aim):
    taken = ([], [])
    for _ in range(rounds):
        for side, command in enumerate((ours, peer)):
            taken[side].append(cpu_seconds(command, cwd))
    us, them = (statistics.median(side) for side in taken)
    ratio = f"{us / them:.1f} times the peer" if us > them else f"1/{them / us:.1f} of the peer"
    print(f"{name:8} {us * 1e3:9.1f} ms   {pathlib.Path(peer[0]).name:10} {them * 1e3:9.1f} ms   {ratio}   (aim: {aim})", flush=True)


def samples(path, factor, seed):
    draw = random.Random(seed)
    series = [{"suite": "s", "benchmark": f"b{i:05}", "metric": "wall_time", "unit": "s", "better": "lower",
               "invocations": [[1e-3 * factor * draw.gauss(1, 0.01)] for _ in range(30)]} for i in range(10_000)]
    document = {"schema": "perfwarden.samples/1", "run": {"session": "one"}, "series": series}
    path.write_text(json.dumps(document))


def stacks(count):
    draw = random.Random(3)
    names = [f"module{i % 37}::function_{i}" for i in range(2000)]
    return [["main", *(draw.choice(names) for _ in range(draw.randint(6, 24)))] for _ in range(count)]


def main(folder):
    row("start", [binary, "--version"], ["/bin/true"], 31, folder, "below 10 ms")
    samples(folder / "base.json", 1.0, 1)
    samples(folder / "head.json", 1.0, 2)
    compare = [binary, "--quiet", "compare", "base.json", "head.json"]
    row("compare", [*compare, "-o", "report.txt"], ["wc", "-l", "base.json", "head.json"], 5, folder, "below 1 s")
    subprocess.run([*compare, "--json", "-o", "report.json"], cwd=folder, check=True)
    row("report", [*compare, "--json", "-o", "report.json"], ["cp", "report.json", "copy.json"], 5, folder, "below 1 s")
    if shutil.which("go"):
        (folder / "big.folded").write_text("".join(f"{';'.join(stack)} {1 + i % 40}\n" for i, stack in enumerate(stacks(100_000))))
        subprocess.run([binary, "-q", "profile", "convert", "big.folded", "--to", "pprof", "-o", "big.pb.gz"], cwd=folder, check=True)
        row("top", [binary, "profile", "top", "big.pb.gz"], ["go", "tool", "pprof", "-top", "big.pb.gz"], 3, folder, "1/20")
    if collapse := os.environ.get("STACKCOLLAPSE"):
        with open(folder / "big.perf", "w") as out:
            for i, stack in enumerate(stacks(20_000)):
                frames = "".join(f"\t{4096 + n:x} {name}+0x1 (/usr/bin/bench)\n" for n, name in enumerate(reversed(stack)))
                out.write(f"bench 77 {1000 + i / 1000:.6f}: 250000 cycles:\n{frames}\n")
        row("fold", [binary, "profile", "fold", "big.perf"], ["perl", collapse, "big.perf"], 3, folder, "1/15")


with tempfile.TemporaryDirectory() as folder:
    main(pathlib.Path(folder))
