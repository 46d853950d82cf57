#!/usr/bin/env python3
"""False alarms, power and cost of `perfwarden check` on this very machine: a Google Benchmark suite of ten benchmarks, run
again and again with nothing changed, and with `hash` made slower. Run it where nothing else runs.

  run.py PERFWARDEN [--unchanged 50] [--planted 15] [--neighbour] [--fixed]

The same data are then judged as if the number of pairs had been fixed, and against a baseline of the run before (a cached
one). --neighbour: `stress-ng` (or a busy loop where it is not installed) keeps one CPU busy on and off meanwhile.
--fixed: each run also measures 60 pairs of every benchmark, and what a fixed number of them would have said is told for
many numbers: how many it takes to leave no more undecided and to find as much as stopping when it is clear.
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
FIXED_NUMBERS = (5, 10, 15, 20, 25, 30, 40, 50, 60)


def build(folder, planted):
    folder.mkdir(parents=True)
    subprocess.run(["g++", "-std=c++20", "-O2", f"-DPLANTED={planted}", "-o", folder / "bench", HERE / "suite.cpp",
                    "-lbenchmark", "-lpthread"], check=True)


class Tally:
    def __init__(self):
        self.runs = self.blamed_runs = self.blamed = self.series = self.found = self.high = self.undecided = 0
        self.pairs = 0.0  # sum over runs of the mean over benchmarks

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


def rewritten(path, target, first=None, **run):
    """The same values, without the mark of adaptive measuring; first: only so many of each; run: members to replace."""
    data = json.loads(pathlib.Path(path).read_text())
    for series in data["series"]:
        series.pop("adaptive_pairs", None)
        series["invocations"] = series["invocations"][:first]
    data["run"].update(run)
    target.write_text(json.dumps(data))
    return target


class Bench:
    """Runs of `check` on two builds of the suite."""

    def __init__(self, binary, work, planted):
        self.binary, self.work, self.planted, self.out = binary, work, planted, work / "reports"
        self.sides = [work / f"base{planted}", work / f"head{planted}"]
        build(self.sides[0], 0)
        build(self.sides[1], planted)

    def check(self, number, config):
        """The report, and the files of both sides."""
        shutil.rmtree(self.out, ignore_errors=True)
        subprocess.run([self.binary, "check", "--config", config, "--base-dir", self.sides[0], "--head-dir", self.sides[1],
                        "--seed", str(1000 * self.planted + number), "-o", self.out, "--json", "--no-publish"], cwd=self.work,
                       capture_output=True, text=True)
        return (json.loads((self.out / "report.json").read_text()), self.out / "samples-base.json",
                self.out / "samples-head.json")

    def compare(self, config, base, head, first=None):
        return compare(self.binary, config, rewritten(base, self.work / "a.json", first),
                       rewritten(head, self.work / "b.json", first))


def measure(bench, runs, with_fixed):
    """Tallies by name: adaptive, and for each fixed number."""
    work, planted = bench.work, bench.planted
    config, config_fixed = work / "perfwarden.yml", work / "fixed.yml"
    config.write_text(CONFIG)
    config_fixed.write_text(CONFIG.replace("google-benchmark\n", f"google-benchmark\n    iterations: {FIXED_NUMBERS[-1]}\n"))
    adaptive, same, cached = Tally(), Tally(), Tally()
    fixed = {number: Tally() for number in FIXED_NUMBERS}
    invocations, seconds, previous = 0, 0.0, None
    for number in range(runs):
        began = time.monotonic()
        report, base, head = bench.check(number, config)
        seconds += time.monotonic() - began
        adaptive.add(report, planted)
        # A benchmark that is decided is not run again: the others' invocations are empty for it.
        series = [s["invocations"] for s in json.loads(base.read_text())["series"] if s["metric"] == "wall_time"]
        invocations += 2 * max(map(len, series))
        adaptive.pairs += sum(sum(map(bool, one)) for one in series) / len(series)
        same.add(bench.compare(config, base, head), planted)
        if previous:
            cached.add(compare(bench.binary, config, previous, rewritten(head, work / "later.json", session="later")), planted)
        previous = rewritten(base, work / "previous.json", session="previous")
        if with_fixed:
            _, base, head = bench.check(number, config_fixed)
            for pairs, tally in fixed.items():
                tally.add(bench.compare(config, base, head, pairs), planted)
    print(f"{'+' + str(planted) + ' %' if planted else 'unchanged'}: {runs} runs of {seconds / runs:.1f} s, "
          f"{invocations / runs:.0f} invocations and {adaptive.pairs / runs:.1f} pairs a benchmark each")
    print(f"  adaptive          {adaptive.text(planted)}")
    print(f"  as a fixed number {same.text(planted)}")
    print(f"  cached baseline   {cached.text(planted)}", flush=True)
    if with_fixed:
        for pairs, tally in fixed.items():
            print(f"  {pairs:2} pairs, fixed   {tally.text(planted)}", flush=True)
    return {"adaptive": adaptive, **fixed}


def least_fixed(tallies):
    """The least fixed number that in all settings blames no more, leaves no more undecided and finds as much; or None."""
    def as_good(number):
        return all(one[number].blamed <= one["adaptive"].blamed and one[number].undecided <= one["adaptive"].undecided and
                   one[number].found >= one["adaptive"].found for one in tallies)
    return next((number for number in FIXED_NUMBERS if as_good(number)), None)


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
    options.add_argument("--fixed", action="store_true")
    given = options.parse_args()
    binary = os.path.realpath(given.binary)
    busy = neighbour() if given.neighbour else None
    try:
        with tempfile.TemporaryDirectory(prefix="perfwarden-live-") as folder:
            tallies = [measure(Bench(binary, pathlib.Path(folder), planted), runs, given.fixed)
                       for planted, runs in ((0, given.unchanged), (3, given.planted), (5, given.planted), (10, given.planted))
                       if runs > 0]
        if given.fixed:
            used = sum(one["adaptive"].pairs for one in tallies) / sum(one["adaptive"].runs for one in tallies)
            least = least_fixed(tallies)
            print(f"adaptive: {used:.1f} pairs a benchmark; as good by a fixed number: "
                  + (f"{least} ({used / least:.2f} of it used)" if least else f"more than {FIXED_NUMBERS[-1]}"))
    finally:
        if busy:
            busy.terminate()


if __name__ == "__main__":
    main()
