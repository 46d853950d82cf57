#!/usr/bin/env python3
"""Histories of a real program, of which one commit is slower: `perfwarden bisect` must name it, also when it is killed at random
moments and started again, and so must git's own bisection with the script that it writes.

  bisect.py PERFWARDEN WORK [--commits 16] [--histories 1] [--kills 3] [--within 8]
            [--step 10] [--seed 1] [--no-script]

Of the other commits some change a comment, some only move code, some change code that does as much work; every tenth does not
compile. Prints a line a history; exit 1 when an answer is wrong.
"""
import argparse
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import time

PROGRAM = """#include <stdint.h>
#include <stdio.h>
#include <time.h>
@UNUSED@
static uint64_t mix(uint64_t v, long rounds) {
  for (long i = 0; i < rounds; ++i) v = (v ^ (v >> 29)) * UINT64_C(@FACTOR@);
  return v;
}
/* @COMMENT@ */
int main(int argc, char **argv) {
  struct timespec a, b;
  double best = 1e18;
  uint64_t v = (uint64_t)argc;
  for (int r = 0; r < 5; ++r) {
    clock_gettime(CLOCK_MONOTONIC, &a);
    v = mix(v, @ROUNDS@);
    clock_gettime(CLOCK_MONOTONIC, &b);
    double ns = (double)(b.tv_sec - a.tv_sec) * 1e9 + (double)(b.tv_nsec - a.tv_nsec);
    if (ns < best) best = ns;
  }
  fprintf(stderr, "%llu\\n", (unsigned long long)v);
  printf("{\\"mix\\": {\\"value\\": %f, \\"unit\\": \\"ns\\"}}\\n", best);
}
"""
CONFIG = """version: 1
suites:
  core: { build: cc -O2 -o bench bench.c, run: ./bench, parser: json }
budgets: { "*": +5% }
history: off
"""
ROUNDS = 600_000


class History:
    def __init__(self, folder, commits, step, draw):
        self.folder, self.commits = folder, []
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.git("init", "-q", "-b", "main", ".")
        (folder / "perfwarden.yml").write_text(CONFIG)
        (folder / ".gitignore").write_text("bench\n")
        program = {"UNUSED": "", "FACTOR": "0xbf58476d1ce4e5b9", "COMMENT": "0", "ROUNDS": str(ROUNDS)}
        self.commit(program, "start")
        self.good = self.commits[0]
        at = draw.randrange(1, commits + 1)
        for number in range(1, commits + 1):
            kind = draw.choice(("comment", "moves", "changes", "broken" if number < commits else "comment"))
            if kind == "broken" and draw.random() < 0.6:
                kind = "changes"
            if number == at:
                program["ROUNDS"] = str(round(ROUNDS * (1 + step / 100)))
                kind = "slower"
            elif kind == "comment":
                program["COMMENT"] = str(number)
            elif kind == "moves":
                program["UNUSED"] = "".join(f"long unused{i}(long v) {{ return v * {draw.randrange(9, 99)} + {i}; }}\n"
                                            for i in range(draw.randrange(1, 30)))
            elif kind == "changes":
                program["FACTOR"] = hex(draw.getrandbits(63) | 1 << 62 | 1)
            self.commit({**program, "COMMENT": f"{number} */ #error" if kind == "broken" else program["COMMENT"]}, f"{number}: {kind}")
            if number == at:
                self.culprit = self.commits[-1]

    def git(self, *words):
        done = subprocess.run(["git", "-c", "user.email=a@b.invalid", "-c", "user.name=n", *words], cwd=self.folder, check=True,
                              capture_output=True, text=True)
        return done.stdout.strip()

    def commit(self, program, subject):
        text = PROGRAM
        for name, value in program.items():
            text = text.replace(f"@{name}@", value)
        (self.folder / "bench.c").write_text(text)
        self.git("add", "-A")
        self.git("commit", "-qm", subject)
        self.commits.append(self.git("rev-parse", "HEAD"))


def environment(work):
    return {**os.environ, "HOME": str(work / "home"), "XDG_CACHE_HOME": ""}


def run(given, work, history, *words):
    return subprocess.Popen([given.binary, "bisect", "--good", history.good, "--bad", history.commits[-1], *words], cwd=history.folder,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(work), start_new_session=True)


def answer(given, work, history, kills, draw):
    """What it says after so many kills, the seconds, and how often it was really killed."""
    killed, began = 0, time.monotonic()
    while True:
        process = run(given, work, history, "--json")
        try:
            out, err = process.communicate(timeout=draw.uniform(0.05, given.within) if killed < kills else 600)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, draw.choice((signal.SIGKILL, signal.SIGKILL, signal.SIGTERM)))
            process.communicate()
            killed += 1
            continue
        if process.returncode not in (0, 4):
            return None, f"exit {process.returncode}: {err}", killed
        found = json.loads(out)
        names = [one["commit"] for one in found["culprits"]]
        text = f"{len(history.commits) - 1} commits, {found['visits']} visits, {found['pairs']} pairs, {time.monotonic() - began:.0f} s"
        if names != [history.culprit]:
            return False, f"{text}: {names} instead of {history.culprit}\n{out}{err}", killed
        return True, text, killed


def by_git(given, work, history):
    """Real `git bisect run` with the script that was written."""
    process = run(given, work, history, "--script", "judge.sh")
    _, err = process.communicate(timeout=60)
    if process.returncode != 0:
        return f"--script ended with {process.returncode}: {err}"
    history.git("bisect", "start", history.commits[-1], history.good)
    done = subprocess.run(["git", "bisect", "run", "sh", "judge.sh"], cwd=history.folder, capture_output=True, text=True,
                          env={**environment(work), "PERFWARDEN": given.binary}, timeout=600)
    history.git("bisect", "reset")
    said = done.stdout + done.stderr
    if f"{history.culprit} is the first bad commit" in said:
        return ""
    # git lists them when commits beside the culprit cannot be told.
    if "only 'skip'ped commits left" in said.replace('"', "'") and history.culprit in said:
        return ""
    return f"git bisect run ended with {done.returncode}: {said}"


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("binary", type=os.path.realpath)
    options.add_argument("work", type=pathlib.Path)
    for name, preset in (("commits", 16), ("histories", 1), ("kills", 3), ("step", 10), ("seed", 1), ("within", 8)):
        options.add_argument(f"--{name}", type=int, default=preset)
    options.add_argument("--no-script", action="store_true")
    given = options.parse_args()
    work = given.work.resolve()
    shutil.rmtree(work, ignore_errors=True)
    (work / "home").mkdir(parents=True)
    draw = random.Random(given.seed)
    wrong = 0
    for number in range(1, given.histories + 1):
        history = History(work / f"history{number}", given.commits, given.step, draw)
        right, text, killed = answer(given, work, history, given.kills, draw)
        print(f"history {number}: {'right' if right else 'WRONG'}, killed {killed} times: {text}", flush=True)
        wrong += not right
        if not given.no_script:
            failed = by_git(given, work, history)
            print(f"history {number}, by git: {failed or 'right'}", flush=True)
            wrong += bool(failed)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
