#!/usr/bin/env python3
"""What `perfwarden check` says of pull requests that only move code: head's commit has one unused function of random size in front of
all others. Run it where nothing else runs.

  innocent.py PERFWARDEN [--program g++|clang++|rustc|go] [--seed 1] ROW=RUNS ...

Rows, in which "off" means that neither the same program nor placement excuses anything, so that only alignment helps:
  skipped    only moves code, as for pull requests: the same program is not measured against base; builds do not align
  measured   only moves code, measured all the same: a change must be found to be placement; builds do not align
  guilty     `hash` also does 10 % more; builds do not align
  aligned    only moves code, identity off, builds align functions
  unaligned  only moves code, identity off, builds do not align
  seven      `hash` also does 7 % more; all as by default
  ten        `hash` also does 10 % more; all as by default
  layouts    only moves code, identity off, builds do not align; what fails is confirmed over eight layouts
  layoutsten `hash` also does 10 % more, else as layouts
One Markdown table, counted by exit codes.
"""
import argparse, json, os, pathlib, random, re, shutil, subprocess, sys, tempfile, time

HERE = pathlib.Path(__file__).resolve().parent
GOOGLE = "./bench --benchmark_min_time=0.001 --benchmark_repetitions=5 --benchmark_format=json"


class Program:
    """How a program is built and run, and how one unused function gets in front of its others."""

    def __init__(self, source, build, run, parser, function, step, before):
        self.source, self.build, self.run, self.parser = source, build, run, parser
        self.function, self.step, self.before = function, step, before

    def write(self, folder, planted, draw):
        """draw: where the function's size comes from; None for no such function (Go: for the least)."""
        text = re.sub(r"(?i)(planted(?:: u64)?(?: =)? )0\b", rf"\g<1>{planted}", (HERE / self.source).read_text())
        steps = "".join(self.step.format(2 * draw.randrange(1, 1 << 20) + 1, draw.randrange(1, 60))
                        for _ in range(draw.choice((0, 1, 5, 25, 125)))) if draw else ""
        function = self.function.format(draw.randrange(10 ** draw.randrange(1, 9)) if draw else 0, steps)
        if self.source == "suite_test.go":
            (folder / "a_test.go").write_text("package live\n\n" + function)
            (folder / "go.mod").write_text("module live\n\ngo 1.19\n")
        elif draw:
            at = text.index(self.before)
            text = text[:at] + function + text[at:]
        (folder / self.source).write_text(text)


def cpp(compiler):
    return Program("suite.cpp", f"{compiler} -std=c++20 -O2 -o bench suite.cpp -lbenchmark -lpthread", GOOGLE, "google-benchmark",
                   "long unused{}(long v) {{{} return v; }}\n", " v = v * {} ^ (v >> {});", "namespace {")


PROGRAMS = {
    "g++": cpp("g++"),
    "clang++": cpp("clang++-14"),
    "rustc": Program("suite.rs", "rustc --edition 2021 -O -o bench suite.rs", "./bench", "auto",
                     "#[no_mangle]\n#[inline(never)]\npub extern \"C\" fn unused{}(mut v: u64) -> u64 {{{} v }}\n",
                     " v = v.wrapping_mul({}) ^ (v >> {});", "const PLANTED"),
    "go": Program("suite_test.go", "go test -c -o bench .",
                  "./bench -test.run '^$' -test.bench . -test.benchtime 1ms -test.count 5", "go-bench",
                  "// {}\n//go:noinline\nfunc unused(v uint64) uint64 {{\n{}return v\n}}\n", "v = v*{} ^ (v >> {})\n", ""),
}
OFF = "{ identical: measure, placement: fail }"
ROWS = {  # what it is: identity, align, percent planted, layouts
    "skipped": ("only move code", "{ identical: skip }", "off", 0, 0),
    "measured": ("only move code, measured all the same", "{ identical: measure }", "off", 0, 0),
    "guilty": ("move code and do 10 % more", "{ identical: skip }", "off", 10, 0),
    "aligned": ("only move code; identity off, aligned", OFF, "auto", 0, 0),
    "unaligned": ("only move code; identity off, not aligned", OFF, "off", 0, 0),
    "seven": ("move code and do 7 % more; aligned", "{ identical: skip }", "auto", 7, 0),
    "ten": ("move code and do 10 % more; aligned", "{ identical: skip }", "auto", 10, 0),
    "layouts": ("only move code; identity off, not aligned, 8 layouts", OFF, "off", 0, 8),
    "layoutsten": ("move code and do 10 % more; identity off, not aligned, 8 layouts", OFF, "off", 10, 8),
}


def git(folder, *words):
    return subprocess.run(["git", "-c", "user.name=live", "-c", "user.email=live@example.com", *words], cwd=folder, check=True,
                          capture_output=True, text=True).stdout.strip()


def commit(folder):
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", "live")
    return git(folder, "rev-parse", "HEAD")


def series(given, work, row, runs):
    """The cells of a row."""
    _, identity, align, planted, layouts = ROWS[row]
    program, draw = PROGRAMS[given.program], random.Random(f"{given.seed} {row}")
    repository = work / row
    repository.mkdir()
    git(repository, "init", "-q", "-b", "main")
    (repository / ".gitignore").write_text("bench\nreports/\n.perfwarden/\n")
    (repository / "perfwarden.yml").write_text(f"""version: 1
suites:
  live:
    build: {program.build}
    run: {program.run}
    parser: {program.parser}
    profile: off
{f'    layouts: {layouts}' if layouts else ''}
budgets: {{ "*": +5% }}
identity: {identity}
placement: {{ align: {align} }}
build-cache: {work / 'cache'}
history: off
""")
    program.write(repository, 0, None)
    base = commit(repository)
    codes, same, placed, undecided, seconds = [], 0, 0, 0, 0.0
    for number in range(runs):
        git(repository, "checkout", "-q", "--detach", base)
        program.write(repository, planted, draw)
        commit(repository)
        shutil.rmtree(repository / "reports", ignore_errors=True)
        began = time.monotonic()
        done = subprocess.run([given.binary, "check", "--base", base, "--seed", str(number), "-o", "reports", "--no-publish"],
                              cwd=repository, capture_output=True, text=True)
        seconds += time.monotonic() - began
        codes.append(done.returncode)
        report = repository / "reports" / "report.json"
        if not report.exists():
            sys.exit(f"check ended with {done.returncode} and no report:\n{done.stderr}")
        found = json.loads(report.read_text())
        if given.keep and done.returncode != (1 if planted else 0):
            shutil.copytree(repository / "reports", given.keep / f"{given.program}-{row}-{number}", dirs_exist_ok=True)
        same += any(one["answer"] == "identical" for one in found.get("identities", []))
        placed += any(one["cause"] == "placement" for one in found.get("causes", []))
        undecided += any(one["level"] == "inconclusive" for one in found.get("comparisons", []))
        if given.verbose:
            print(row, number, done.returncode, f"{time.monotonic() - began:.1f} s", file=sys.stderr, flush=True)
    shutil.rmtree(work / "cache", ignore_errors=True)
    others = sum(code not in (0, 1) for code in codes)
    return runs, codes.count(1), same, placed, undecided, others, f"{seconds / max(1, runs):.1f}"


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("binary", type=os.path.realpath)
    options.add_argument("rows", nargs="+", metavar="ROW=RUNS")
    options.add_argument("--program", choices=PROGRAMS, default="g++")
    options.add_argument("--seed", default="1")
    options.add_argument("--keep", type=pathlib.Path, help="folder for the reports of runs that ended unlike the truth")
    options.add_argument("--verbose", action="store_true")
    given = options.parse_args()
    print("| program | pull requests | runs | red | same program | placement | with undecided ones | other exit codes | seconds a check |\n"
          "|:--|:--|--:|--:|--:|--:|--:|--:|--:|", flush=True)
    with tempfile.TemporaryDirectory(prefix="perfwarden-innocent-") as folder:
        for row, _, runs in (one.partition("=") for one in given.rows):
            cells = series(given, pathlib.Path(folder), row, int(runs))
            print(f"| {given.program} | {ROWS[row][0]} | " + " | ".join(map(str, cells)) + " |", flush=True)


if __name__ == "__main__":
    main()
