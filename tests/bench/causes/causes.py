#!/usr/bin/env python3
"""Does the first hypothesis name the cause? Small real programs, each checked by `perfwarden check` in a repository of two commits.

  causes.py PERFWARDEN WORK [planted|fresh|innocent|NAME]...

planted: one fault each, by which the rules of src/explain were tuned. fresh: faults that were written after the rules, which
nobody tuned for them. innocent: changes that cost nothing; any hypothesis but placement is false for one of them. Without a group: all three.

A program is one .cpp whose head commit is what HEAD 1 makes of it. Its first lines say how it is judged and built:

  kinds: KIND, …       hypotheses that are right       function: NAME, …    planted functions; naming one as code that changed,
  base-flags, head-flags (default -O2)                                      is new or takes longer is right too
  base-compiler, head-compiler (default g++)           base-input, head-input: numbers in input.txt

One Markdown table a group. Needs g++, clang++, git and perf, and about 15 s a program on one core, one program after the other.
"""
import json, os, pathlib, shutil, subprocess, sys

HERE = pathlib.Path(__file__).resolve().parent
GROUPS = ("planted", "fresh", "innocent")
BY_FUNCTION = ("changed-code", "new-hotspot", "hotspot")
CONFIG = """version: 1
suites:
  core:
    build: sh build.sh
    run: ./app
    parser: time
    metrics: [wall_time, cpu_time]
    iterations: { min: 6, max: 12, max-time: 20s }
    profile: perf
budgets: { "*": +5% }
placement: { align: off }
history: off
"""
AUTHOR = {f"GIT_{who}_{what}": "bench@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


class Program:
    def __init__(self, path):
        self.path, self.name = path, path.stem.replace("_", " ")
        self.text = path.read_text()
        self.facts = dict(line[3:].split(": ", 1) for line in self.text.splitlines() if line.startswith("// ") and ": " in line)

    def listed(self, key):
        return [one for one in self.facts.get(key, "").split(", ") if one]

    def side(self, number):
        """The files of base (0) or head (1)."""
        side = ("base", "head")[number]
        compiler, flags = self.facts.get(f"{side}-compiler", "g++"), self.facts.get(f"{side}-flags", "-O2")
        files = {
            "main.cpp": f"#define HEAD {number}\n{self.text}",
            "common.hpp": (HERE / "common.hpp").read_text(),
            "build.sh": f"{compiler} -std=c++20 {flags} -g -fno-omit-frame-pointer -pthread main.cpp -o app\n",
            "perfwarden.yml": CONFIG,
            ".gitignore": "app\nreports\n*.tmp\n",
        }
        if f"{side}-input" in self.facts:
            files["input.txt"] = "7\n" * int(self.facts[f"{side}-input"])
        return files

    def is_named_by(self, hypothesis):
        """"kind", "function" or ""."""
        if hypothesis.get("kind") in self.listed("kinds"):
            return "kind"
        subject = hypothesis.get("claim", "").partition(": ")[2]
        named = hypothesis.get("kind") in BY_FUNCTION and any(subject.startswith(one) for one in self.listed("function"))
        return "function" if named else ""


def repository(work, program):
    at = work / program.path.stem
    shutil.rmtree(at, ignore_errors=True)
    at.mkdir(parents=True)
    git = lambda *words: subprocess.run(("git", *words), cwd=at, check=True, capture_output=True, env={**os.environ, **AUTHOR})
    git("init", "-q", "-b", "main")
    for number, subject in enumerate(("base", "head")):
        for path, text in program.side(number).items():
            (at / path).write_text(text)
        git("add", "-A")
        git("commit", "-q", "-m", subject)
    return at


def check(perfwarden, at):
    """The report, or what the tool said last instead."""
    done = subprocess.run([perfwarden, "check", "--base", "HEAD~1", "-o", "reports/run", "--seed", "1"], cwd=at, capture_output=True,
                          text=True, timeout=900)
    report = at / "reports/run/report.json"
    return json.loads(report.read_text()) if report.exists() else (done.stderr.strip().splitlines() or ["nothing"])[-1]


def measure(perfwarden, work, group, programs):
    print(f"\n| {group} | change | first hypothesis | named by |\n|:--|:--|:--|:--|", flush=True)
    flagged = by_kind = by_function = false = 0
    for program in programs:
        report = check(perfwarden, repository(work, program))
        if isinstance(report, str):
            print(f"| {program.name} | no report | {report} | |", flush=True)
            continue
        first = (report["hypotheses"] or [{}])[0]
        slower = bool(report["benchmark_regressions"])
        named = program.is_named_by(first) if group != "innocent" else "false" if first.get("kind", "placement") != "placement" else ""
        flagged += slower
        by_kind += named == "kind"
        by_function += named == "function"
        false += named == "false"
        changes = [one["change_percent"] for one in report["comparisons"] if one["change_percent"] is not None]
        most = max(changes, default=0, key=abs)
        print(f"| {program.name} | {most:+.0f} %{'' if slower else ' (not flagged)'} | {first.get('claim', 'none')} | {named or '–'} |",
              flush=True)
    if group == "innocent":
        print(f"\n{false} of {len(programs)} innocent changes got a false hypothesis; {flagged} were flagged", flush=True)
    else:
        print(f"\n{by_kind + by_function} of {len(programs)} named first: {by_kind} by kind, {by_function} by function; {flagged} were "
              "flagged", flush=True)


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    perfwarden, work, chosen = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve(), sys.argv[3:]
    for group in GROUPS:
        programs = [Program(path) for path in sorted((HERE / group).glob("*.cpp"))]
        programs = [one for one in programs if not chosen or group in chosen or one.path.stem in chosen]
        if programs:
            measure(perfwarden, work, group, programs)


if __name__ == "__main__":
    main()
