#!/usr/bin/env python3
"""False alarms, power and cost of `perfwarden check` on this very machine: a Google Benchmark suite of ten benchmarks, run
again and again with nothing changed, and with `hash` made slower. Run it where nothing else runs.

  run.py PERFWARDEN [--unchanged 50] [--planted 15] [--neighbour]

The same data are then judged as if the number of pairs had been fixed, and against a baseline of the run before (a cached
one). --neighbour: `stress-ng` (or a busy loop where it is not installed) keeps one CPU busy on and off meanwhile.
"""
import argparse, json, os, pathlib, shutil, subprocess, sys, tempfile, time

HERE = pathlib.Path(__file__).resolve().parent
CONFIG = """version: 1
suites:
  live:
    run: ./bench --benchmark_min_time=0.004 --benchmark_repetitions=5 --benchmark_format=json
    parser: google-benchmark
budgets: { "*": +5% }
history: off
"""


def build(folder, planted):
    folder.mkdir(parents=True)
    subprocess.run(["g++", "-std=c++20", "-O2", f"-DPLANTED={planted}", "-o", folder / "bench", HERE / "suite.cpp",
                    "-lbenchmark", "-lpthread"], check=True)


class Tally:
    def __init__(self):
        self.runs = self.blamed_runs = self.blamed = self.series = self.found = self.high = self.undecided = 0

    def add(self, report, planted):
        self.runs += 1
        false = 0
        for row in report["comparisons"]:
            if row["metric"] != "wall_time":
                continue
            flagged = row["confidence"] in ("HIGH", "MEDIUM") and row["change_percent"] > 0
            if planted and row["benchmark"] == "hash":
                self.found += flagged
                self.high += flagged and row["confidence"] == "HIGH"
                continue
            self.series += 1
            self.undecided += row["verdict"] == "inconclusive"
            false += flagged
        self.blamed += false
        self.blamed_runs += false > 0

    def text(self, planted):
        out = f"runs with a false alarm {self.blamed_runs}/{self.runs}, false alarms {self.blamed}/{self.series} series, " \
              f"undecided {self.undecided}/{self.series}"
        return (f"found {self.found}/{self.runs}, HIGH {self.high}; " if planted else "") + out


def compare(binary, config, base, head):
    done = subprocess.run([binary, "compare", base, head, "--config", config, "--json"], capture_output=True, text=True)
    return json.loads(done.stdout)


def rewritten(path, target, **run):
    """The same values, without the mark of adaptive measuring; run: members to replace."""
    data = json.loads(pathlib.Path(path).read_text())
    for series in data["series"]:
        series.pop("adaptive_pairs", None)
    data["run"].update(run)
    target.write_text(json.dumps(data))
    return target


def measure(binary, work, planted, runs):
    sides = [work / f"base{planted}", work / f"head{planted}"]
    build(sides[0], 0)
    build(sides[1], planted)
    config = work / "perfwarden.yml"
    config.write_text(CONFIG)
    adaptive, fixed, cached = Tally(), Tally(), Tally()
    invocations, began, previous = 0, time.monotonic(), None
    for number in range(runs):
        out = work / "reports"
        shutil.rmtree(out, ignore_errors=True)
        subprocess.run([binary, "check", "--config", config, "--base-dir", sides[0], "--head-dir", sides[1], "--seed",
                        str(1000 * planted + number), "-o", out, "--json", "--no-publish"], cwd=work,
                       capture_output=True, text=True)
        report = json.loads((out / "report.json").read_text())
        adaptive.add(report, planted)
        base = json.loads((out / "samples-base.json").read_text())
        invocations += 2 * max(len(s["invocations"]) for s in base["series"])
        fixed.add(compare(binary, config, rewritten(out / "samples-base.json", work / "fixed-base.json"),
                          rewritten(out / "samples-head.json", work / "fixed-head.json")), planted)
        if previous:
            cached.add(compare(binary, config, previous,
                               rewritten(out / "samples-head.json", work / "later.json", session="later")), planted)
        previous = rewritten(out / "samples-base.json", work / "previous.json", session="previous")
    minutes = (time.monotonic() - began) / 60
    print(f"{'+' + str(planted) + ' %' if planted else 'unchanged'}: {runs} runs in {minutes:.1f} min, "
          f"{60 * minutes / runs:.1f} s and {invocations / runs:.0f} invocations a run")
    print(f"  adaptive          {adaptive.text(planted)}")
    print(f"  as a fixed number {fixed.text(planted)}")
    print(f"  cached baseline   {cached.text(planted)}", flush=True)


def neighbour():
    if shutil.which("stress-ng"):
        return subprocess.Popen(["stress-ng", "--quiet", "--cpu", "1", "--cpu-load", "70"])
    return subprocess.Popen([sys.executable, "-c", "import time\nwhile True:\n t=time.time()+.7\n while time.time()<t: pass\n "
                             "time.sleep(.3)"])


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("binary")
    options.add_argument("--unchanged", type=int, default=50)
    options.add_argument("--planted", type=int, default=15)
    options.add_argument("--neighbour", action="store_true")
    given = options.parse_args()
    binary = os.path.realpath(given.binary)
    busy = neighbour() if given.neighbour else None
    try:
        with tempfile.TemporaryDirectory(prefix="perfwarden-live-") as folder:
            for planted, runs in ((0, given.unchanged), (3, given.planted), (5, given.planted), (10, given.planted)):
                if runs > 0:
                    measure(binary, pathlib.Path(folder), planted, runs)
    finally:
        if busy:
            busy.terminate()


if __name__ == "__main__":
    main()
