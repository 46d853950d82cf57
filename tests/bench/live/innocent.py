#!/usr/bin/env python3
"""What `perfwarden check` says of pull requests that only move code: the suite of run.py, head with one unused function of random
size in front. Run it where nothing else runs.

  innocent.py PERFWARDEN [--skipped 30] [--measured 0] [--guilty 0] [--compiler g++] [--seed 1]

skipped: suites that run the same program are not measured against base, as for pull requests. measured: they are, so that a change
must be found to be placement. guilty: `hash` also does 10 % more. One Markdown table, counted by exit codes.
"""
import argparse, json, os, pathlib, random, shutil, subprocess, sys, tempfile, time

HERE = pathlib.Path(__file__).resolve().parent
CONFIG = """version: 1
suites:
  live:
    run: ./bench --benchmark_min_time=0.001 --benchmark_repetitions=5 --benchmark_format=json
    parser: google-benchmark
    profile: off
budgets: { "*": +5% }
identity: { identical: WHEN }
history: off
"""


def unused(draw):
    steps = "".join(f" v = v * {2 * draw.randrange(1, 1 << 20) + 1} ^ (v >> {draw.randrange(1, 60)});"
                    for _ in range(draw.choice((0, 1, 5, 25, 125))))
    return f"long unused{draw.randrange(10 ** draw.randrange(1, 9))}(long v) {{{steps} return v; }}\n"


def build(folder, compiler, text, planted):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "suite.cpp").write_text(text)
    subprocess.run([compiler, "-std=c++20", "-O2", f"-DPLANTED={planted}", "-o", "bench", "suite.cpp", "-lbenchmark", "-lpthread"],
                   cwd=folder, check=True)


def with_function(text, function):
    at = text.index("namespace {")
    return text[:at] + function + text[at:]


def series(given, work, identical, planted, runs):
    """A row: runs, red, called the same program, with placement, seconds of a check."""
    draw = random.Random(given.seed + planted)
    config = work / "perfwarden.yml"
    config.write_text(CONFIG.replace("WHEN", identical))
    text = (HERE / "suite.cpp").read_text()
    build(work / "base", given.compiler, text, 0)
    codes, same, placed, seconds = [], 0, 0, 0.0
    for number in range(runs):
        build(work / "head", given.compiler, with_function(text, unused(draw)), planted)
        shutil.rmtree(work / "reports", ignore_errors=True)
        began = time.monotonic()
        done = subprocess.run([given.binary, "check", "--config", config, "--base-dir", work / "base", "--head-dir", work / "head",
                               "--seed", str(number), "-o", work / "reports", "--no-publish"], cwd=work, capture_output=True, text=True)
        seconds += time.monotonic() - began
        codes.append(done.returncode)
        report = work / "reports" / "report.json"
        if not report.exists():
            sys.exit(f"check ended with {done.returncode} and no report:\n{done.stderr}")
        found = json.loads(report.read_text())
        same += found["identities"][0]["answer"] == "identical"
        placed += any(one["cause"] == "placement" for one in found.get("causes", []))
    return runs, codes.count(1), same, placed, sum(code not in (0, 1) for code in codes), seconds / max(1, runs)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("binary", type=os.path.realpath)
    for name, preset in (("skipped", 30), ("measured", 0), ("guilty", 0), ("seed", 1)):
        options.add_argument(f"--{name}", type=int, default=preset)
    options.add_argument("--compiler", default="g++")
    given = options.parse_args()
    print("| pull requests | runs | red | same program | placement | other exit codes | seconds a check |\n"
          "|:--|--:|--:|--:|--:|--:|--:|", flush=True)
    with tempfile.TemporaryDirectory(prefix="perfwarden-innocent-") as folder:
        for name, identical, planted, runs in (("only move code", "skip", 0, given.skipped),
                                               ("only move code, measured all the same", "measure", 0, given.measured),
                                               ("move code and do 10 % more", "skip", 10, given.guilty)):
            if runs:
                *counts, seconds = series(given, pathlib.Path(folder), identical, planted, runs)
                print(f"| {name} | " + " | ".join(map(str, counts)) + f" | {seconds:.1f} |", flush=True)


if __name__ == "__main__":
    main()
