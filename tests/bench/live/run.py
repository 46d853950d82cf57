#!/usr/bin/env python3
"""What `perfwarden check` exits with on this very machine: a Google Benchmark suite of ten benchmarks, run again and again with
nothing changed, and with `hash` made slower by 3, 5, 7 and 10 %, against a budget of +5 %. Run it where nothing else runs.

  run.py PERFWARDEN [--unchanged 50] [--planted 15] [--neighbour] [--fixed]

One Markdown table: "fails the check" counts runs with exit code 1; the columns after it say what became of `hash`, or of all ten
benchmarks where nothing changed. The same data are then judged as if the number of pairs had been fixed, and against a baseline
of the run before (a cached one), by the exit code of `compare --gate`. --neighbour: `stress-ng` (or a busy loop where it is not
installed) keeps one CPU busy on and off meanwhile. --fixed: each run also measures 60 pairs of every benchmark, judged as many
fixed numbers.
"""
import argparse, json, os, pathlib, shutil, subprocess, sys, tempfile, time

HERE = pathlib.Path(__file__).resolve().parent
CONFIG = """version: 1
suites:
  live:
    run: ./bench --benchmark_min_time=0.001 --benchmark_repetitions=5 --benchmark_format=json
    parser: google-benchmark
budgets: { "*": +5% }
history: off
"""
FIXED_NUMBERS = (5, 10, 15, 20, 25, 30, 40, 50, 60)
PLANTED = (3, 5, 7, 10)
FAILS = 1


def build(folder, planted):
    folder.mkdir(parents=True)
    subprocess.run(["g++", "-std=c++20", "-O2", f"-DPLANTED={planted}", "-o", folder / "bench", HERE / "suite.cpp",
                    "-lbenchmark", "-lpthread"], check=True)


class Tally:
    """Runs of one true change, judged in one way."""

    def __init__(self):
        self.runs = self.fails = self.other_codes = self.of = self.confirmed = self.passes = self.undecided = self.high = 0
        self.pairs = 0.0
        self.seconds = 0.0

    def add(self, code, report, planted, seconds=0.0):
        self.runs += 1
        self.fails += code == FAILS
        self.other_codes += code not in (0, FAILS)
        self.seconds += seconds
        for row in report["comparisons"]:
            if row["metric"] != "wall_time" or (planted and row["benchmark"] != "hash"):
                continue
            self.of += 1
            confirmed = row["significance"] == "distinct" and row["change_percent"] > 0
            self.confirmed += confirmed
            self.high += confirmed and row["confidence"] == "HIGH"
            self.passes += row["level"] == "pass"
            self.undecided += row["level"] == "inconclusive"
            self.pairs += row["pairs"]

    def print(self, planted, way):
        change = f"+{planted} %" if planted else "unchanged"
        share = lambda part: f"{part} of {self.of}"
        seconds = f"{self.seconds / self.runs:.1f}" if self.seconds else ""
        print(f"| {change} | {way} | {self.runs} | {self.fails} | {share(self.confirmed)} | {share(self.passes)} | "
              f"{share(self.undecided)} | {share(self.high)} | {self.pairs / max(1, self.of):.1f} | {seconds} |", flush=True)
        if self.other_codes:
            print(f"{self.other_codes} runs ended with another exit code than 0 and 1", file=sys.stderr)


def print_header():
    print("| true change | judged | runs | fails the check | confirmed | passes | undecided | HIGH | pairs | seconds a run |\n"
          "|:--|:--|--:|--:|--:|--:|--:|--:|--:|--:|", flush=True)


def rewritten(path, target, first=None, **run):
    """The same values, without the marks of adaptive measuring; first: only so many of each; run: members to replace."""
    data = json.loads(pathlib.Path(path).read_text())
    for series in data["series"]:
        series.pop("adaptive_pairs", None)
        series.pop("last_look", None)
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
        """Exit code, report, and the files of both sides."""
        shutil.rmtree(self.out, ignore_errors=True)
        done = subprocess.run([self.binary, "check", "--config", config, "--base-dir", self.sides[0], "--head-dir",
                               self.sides[1], "--seed", str(1000 * self.planted + number), "-o", self.out, "--json",
                               "--no-publish"], cwd=self.work, capture_output=True, text=True)
        if not (self.out / "report.json").exists():
            sys.exit(f"check ended with {done.returncode} and no report:\n{done.stderr}")
        return (done.returncode, json.loads((self.out / "report.json").read_text()), self.out / "samples-base.json",
                self.out / "samples-head.json")

    def compare(self, config, base, head):
        done = subprocess.run([self.binary, "compare", base, head, "--config", config, "--gate", "--json"],
                              capture_output=True, text=True)
        return done.returncode, json.loads(done.stdout)

    def compare_fixed(self, config, base, head, first=None):
        return self.compare(config, rewritten(base, self.work / "a.json", first), rewritten(head, self.work / "b.json", first))


def measure(bench, runs, with_fixed):
    """Prints the rows of one true change; tallies by name."""
    work, planted = bench.work, bench.planted
    config, config_fixed = work / "perfwarden.yml", work / "fixed.yml"
    config.write_text(CONFIG)
    config_fixed.write_text(CONFIG.replace("google-benchmark\n", f"google-benchmark\n    iterations: {FIXED_NUMBERS[-1]}\n"))
    adaptive, same, cached = Tally(), Tally(), Tally()
    fixed = {number: Tally() for number in FIXED_NUMBERS}
    previous = None
    for number in range(runs):
        began = time.monotonic()
        code, report, base, head = bench.check(number, config)
        adaptive.add(code, report, planted, time.monotonic() - began)
        same.add(*bench.compare_fixed(config, base, head), planted)
        if previous:
            cached.add(*bench.compare(config, previous, rewritten(head, work / "later.json", session="later")), planted)
        previous = rewritten(base, work / "previous.json", session="previous")
        if with_fixed:
            _, _, base, head = bench.check(number, config_fixed)
            for pairs, tally in fixed.items():
                tally.add(*bench.compare_fixed(config, base, head, pairs), planted)
    adaptive.print(planted, "until decided")
    same.print(planted, "as a fixed number")
    if cached.runs:
        cached.print(planted, "cached baseline")
    if with_fixed:
        for pairs, tally in fixed.items():
            tally.print(planted, f"{pairs} pairs")
    return {"adaptive": adaptive, **fixed}


def least_fixed(tallies):
    """The least fixed number that in all settings fails unchanged runs no more, leaves no more undecided and confirms as much;
    or None."""
    def as_good(number):
        unchanged, *planted = tallies
        return (unchanged[number].fails <= unchanged["adaptive"].fails
                and all(one[number].undecided <= one["adaptive"].undecided for one in tallies)
                and all(one[number].confirmed >= one["adaptive"].confirmed for one in planted))
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
    print_header()
    try:
        with tempfile.TemporaryDirectory(prefix="perfwarden-live-") as folder:
            tallies = [measure(Bench(binary, pathlib.Path(folder), planted), runs, given.fixed)
                       for planted, runs in ((0, given.unchanged), *((change, given.planted) for change in PLANTED))
                       if runs > 0]
        if given.fixed:
            used = sum(one["adaptive"].pairs for one in tallies) / sum(one["adaptive"].of for one in tallies)
            least = least_fixed(tallies)
            print(f"adaptive: {used:.1f} pairs a benchmark; as good by a fixed number: "
                  + (f"{least} ({used / least:.2f} of it used)" if least else f"more than {FIXED_NUMBERS[-1]}"))
    finally:
        if busy:
            busy.terminate()


if __name__ == "__main__":
    main()
