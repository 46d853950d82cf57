#!/usr/bin/env python3
"""Faults at random moments and places: kill -9, signals, damaged files, full disks.

  faults.py PERFWARDEN WORK [--kills N] [--signals N] [--mutations N] [--disks N] [--seed S]

Prints one line a kind with its counts, and each failure with what repeats it. Exit 1 when anything failed.
"""
import argparse
import collections
import json
import os
import random
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

TOKEN = f"31536{os.getpid()}"  # what the benchmarks' descendants sleep for, and are found by
STOP = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT]
failures = []


def fail(kind, what, **how):
    failures.append(kind)
    print(f"FAILED {kind}: {what}  {how}", flush=True)


def git(folder, *words):
    subprocess.run(["git", "-c", "user.email=a@b.invalid", "-c", "user.name=n", *words], cwd=folder, check=True,
                   stdout=subprocess.DEVNULL)


def repository(folder, slower, rate=0.05):
    """Base and head of a benchmark that leaves descendants behind, one of them in a session of its own. It is its own profiler, whose
    few profiles have samples enough: perf would take 60 of them, and nearly every fault would meet perf."""
    os.makedirs(folder)
    script = (f"#!/bin/sh\nsleep {TOKEN} &\nsetsid sleep {TOKEN} &\nsleep {rate}\n[ $# = 0 ] || echo 'main;a 20000' >$1\n"
              'echo "{\\"a\\":{\\"value\\":$((@@ + $$ % 9)),\\"unit\\":\\"ns\\"}}"\n')
    with open(f"{folder}/perfwarden.yml", "w") as out:
        out.write("version: 1\nsuites:\n  core: { run: ./b, parser: json, iterations: 8, warmup: 0, profile: { command: './b {profile}' } }\n"
                  'budgets: { "*": +20% }\nhistory: sqlite:.perfwarden/history.db\n')
    git(folder, "init", "-q", "-b", "main", ".")
    for value, subject in (("1000", "base"), ("1400" if slower else "1000", "head")):
        with open(f"{folder}/b", "w") as out:
            out.write(script.replace("@@", value) + f"# {subject}\n")
        os.chmod(f"{folder}/b", 0o755)
        git(folder, "add", "-A")
        git(folder, "commit", "-qm", subject)
    return folder


def descendants():
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                if TOKEN.encode() in file.read().split(b"\0")[1:2]:
                    found.append(int(pid))
        except OSError:
            pass
    return found


def orphans(wait_s=5):
    end = time.monotonic() + wait_s
    while (found := descendants()) and time.monotonic() < end:
        time.sleep(0.02)
    for pid in found:
        os.kill(pid, signal.SIGKILL)
    return len(found)


def leftovers(folder):
    return [name for _, _, names in os.walk(folder) for name in names if re.search(r"\.tmp-[0-9a-f]{16}$", name)]


class Faults:
    def __init__(self, program, work, rng):
        self.program, self.work, self.rng = program, work, rng
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("GITHUB_", "PERFWARDEN_"))}

    def start(self, folder, *words, **more):
        return subprocess.Popen([self.program, "-q", *words], cwd=folder, env=self.env, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True, **more)

    def run(self, folder, *words, **more):
        process = self.start(folder, *words, **more)
        out, _ = process.communicate(timeout=120)
        return process.returncode, out

    def kills(self, count):
        folder = repository(f"{self.work}/kills", slower=True)
        begin = time.monotonic()
        code, out = self.run(folder, "check", "--base", "HEAD~1")
        whole_s = time.monotonic() - begin
        if code != 1:
            fail("kill", f"the undisturbed run exits {code}: {out}")
        lost = 0
        for i in range(count):
            after = self.rng.uniform(0, whole_s * 1.1)
            process = self.start(folder, "check", "--base", "HEAD~1")
            time.sleep(after)
            process.kill()
            process.communicate()
            if left := orphans():
                lost += left
                fail("kill", f"{left} orphans", after_s=after, number=i)
            code, out = self.run(folder, "baseline", "history", "--all", "--json")
            if code != 0:
                fail("kill", f"the history cannot be read: {out}", after_s=after, number=i)
        code, out = self.run(folder, "check", "--base", "HEAD~1")
        if code != 1 or "exit 1" not in out:
            fail("kill", f"afterwards a run exits {code}: {out}")
        if stale := leftovers(folder):
            fail("kill", f"stale files: {stale}")
        print(f"kill -9: {count} kills, {lost} orphans", flush=True)

    def blocked(self, number):
        """A run that waits or computes: (name, process, what to do afterwards)."""
        folder = f"{self.work}/blocked{number}"
        os.makedirs(folder)
        kind = self.rng.choice(["pipe", "lock", "database", "computing", "output"])
        samples = {"schema": "perfwarden.samples/1", "run": {"commit": "a" * 40, "time": "2026-01-01T00:00:00Z"},
                   "series": [{"suite": "s", "benchmark": f"b{i}", "metric": "wall_time", "unit": "s",
                               "better": "lower", "invocations": [[1.0 + j / 1e3] for j in range(40)]}
                              for i in range(400 if kind == "computing" else 1)]}
        with open(f"{folder}/s.json", "w") as out:
            json.dump(samples, out)
        after = lambda: None
        if kind == "pipe":
            os.mkfifo(f"{folder}/pipe")
            words = ["compare", "s.json", "pipe"]
        elif kind == "lock":
            import fcntl
            os.makedirs(f"{folder}/.perfwarden/baseline")
            held = os.open(f"{folder}/.perfwarden/baseline", os.O_RDONLY)
            fcntl.flock(held, fcntl.LOCK_EX)
            after = lambda: os.close(held)
            words = ["baseline", "update", "s.json", "--reason", "test"]
        elif kind == "database":
            with open(f"{folder}/perfwarden.yml", "w") as out:
                out.write('version: 1\nsuites: { s: { run: ./b } }\nbudgets: { "*": +5% }\nhistory: sqlite:h.db\n')
            self.run(folder, "baseline", "import", "s.json")
            database = sqlite3.connect(f"{folder}/h.db", isolation_level=None)
            database.execute("BEGIN EXCLUSIVE")
            after = database.close
            words = ["baseline", "import", "s.json"]
        elif kind == "output":
            os.mkfifo(f"{folder}/pipe")
            words = ["merge", "s.json", "-o", "pipe"]
        else:
            words = ["compare", "s.json", "s.json"]
        return kind, self.start(folder, *words), after

    def signals(self, count):
        folder = repository(f"{self.work}/signals", slower=True)
        begin = time.monotonic()
        self.run(folder, "check", "--base", "HEAD~1")
        whole_s = time.monotonic() - begin
        seen = collections.Counter()
        for i in range(count):
            stop = self.rng.choice(STOP)
            after, clean = self.rng.uniform(0.05, whole_s), lambda: None
            if i % 2 == 0:
                kind, process = "check", self.start(folder, "check", "--base", "HEAD~1")
            else:
                kind, process, clean = self.blocked(i)
                after = self.rng.uniform(0.1, 0.6)
            seen[kind] += 1
            how = {"signal": stop.name, "verb": kind, "after_s": after, "number": i}
            time.sleep(after)
            process.send_signal(stop)
            begin = time.monotonic()
            try:
                out, _ = process.communicate(timeout=12)
            except subprocess.TimeoutExpired:
                process.kill()
                out, _ = process.communicate()
                fail("signal", "one was not enough", **how)
                clean()
                continue
            clean()
            said = re.findall(r"exit (\d+)", out)
            if said and int(said[-1]) != process.returncode:
                fail("signal", f"the last line says {said[-1]}, $? is {process.returncode}: {out[-300:]}", **how)
            # -stop: the signal came before main did.
            if not said and process.returncode not in (128 + stop, -stop, 0):
                fail("signal", f"exit {process.returncode}: {out[-300:]}", **how)
            if left := orphans(2):
                fail("signal", f"{left} orphans", **how)
            for side in "ab":
                tree = f"{folder}/.perfwarden/{side}"
                if kind == "check" and os.path.isdir(tree) and os.listdir(tree):
                    fail("signal", f"a worktree is left: {os.listdir(tree)}", **how)
        print(f"signals: {count} ({', '.join(f'{n} {k}' for k, n in sorted(seen.items()))})", flush=True)

    def mutate(self, data):
        rng, data = self.rng, bytearray(data)
        for _ in range(rng.choice([1, 1, 1, 2, 5])):
            if not data:
                break
            at, length = rng.randrange(len(data)), rng.choice([1, 2, 8, 100, 1000])
            kind = rng.randrange(7)
            if kind == 0:
                data[at] ^= 1 << rng.randrange(8)
            elif kind == 1:
                data[at] = rng.randrange(256)
            elif kind == 2:
                del data[at:at + length]
            elif kind == 3:
                data[at:at] = data[at:at + length]
            elif kind == 4:
                del data[at:]
            elif kind == 5:
                data[at:at + length] = bytes(rng.randrange(256) for _ in range(length))
            else:
                data[at:at + length] = bytes(length)
        return bytes(data)

    def mutations(self, count):
        """Head is 40 % slower than base, which fails. Whatever is damaged, nothing may pass unless it says so itself."""
        folder = f"{self.work}/mutations"
        os.makedirs(folder)
        shas = {"b": "b" * 40, "h": "c" * 40}
        with open(f"{folder}/perfwarden.yml", "w") as out:
            out.write('version: 1\nsuites: { s: { run: ./b } }\nbudgets: { "*": +20% }\nhistory: sqlite:h.db\n')
        for name, value in (("b", 1.0), ("h", 1.4)):
            with open(f"{folder}/{name}.json", "w") as out:
                json.dump({"schema": "perfwarden.samples/1",
                           "run": {"commit": shas[name], "branch": "main", "time": "2026-01-01T00:00:00Z",
                                   "session": "one", "machine": {"fingerprint": "0123456789abcdef"}},
                           "series": [{"suite": "s", "benchmark": "parse/large", "metric": "wall_time", "unit": "s",
                                       "better": "lower",
                                       "invocations": [[value + i * 0.001] for i in range(20)]}]}, out)
        self.run(folder, "baseline", "import", "b.json", "h.json")
        self.run(folder, "compare", "b.json", "h.json", "--json", "-o", "r.json")
        ways = {"b.json": ["compare", "--gate", "b.json", "h.json"], "h.json": ["compare", "--gate", "b.json", "h.json"],
                "r.json": ["gate", "r.json"], "h.db": ["compare", "--gate", shas["b"], shas["h"]]}
        whole = {}
        for name, words in ways.items():
            with open(f"{folder}/{name}", "rb") as file:
                whole[name] = file.read()
            code, out = self.run(folder, *words)
            if code != 1:
                fail("mutation", f"undamaged, {' '.join(words)} exits {code}: {out}")
        codes, passes, undecided = collections.Counter(), 0, 0
        for i in range(count):
            name = self.rng.choice(list(ways))
            damaged = self.mutate(whole[name])
            with open(f"{folder}/{name}", "wb") as file:
                file.write(damaged)
            code, out = self.run(folder, *ways[name])
            codes[code] += 1
            if code < 0 or code == 70:
                fail("mutation", f"{name}: exit {code}: {out[-300:]}", number=i)
            # "Undecided" is a word, not silence; by default it passes. That nothing was compared does not.
            said = "Undecided" in out and "were not compared" not in out
            if code == 0 and damaged != whole[name] and not said and not says_no_regression(name, damaged):
                passes += 1
                shutil.copy(f"{folder}/{name}", f"{self.work}/silent-{i}-{name}")
                fail("mutation", f"{name} passes: {out[-400:]}", number=i)
            with open(f"{folder}/{name}", "wb") as file:
                file.write(whole[name])
        print(f"mutations: {count}, {passes} silent passes, exit codes {dict(sorted(codes.items()))}", flush=True)

    def disks(self, count):
        """Reports, history or all of the run's files find no room. A verdict that was reached is said."""
        mounts = os.geteuid() == 0 and subprocess.run(["unshare", "-m", "true"], stderr=subprocess.DEVNULL).returncode == 0
        seen = collections.Counter()
        for i in range(count):
            slower = self.rng.random() < 0.5
            folder = repository(f"{self.work}/disk{i}", slower, rate=0)
            place = self.rng.choice(["reports", ".perfwarden/h", "limit", "unwritable", "output"])
            if place in ("reports", ".perfwarden/h") and not mounts:
                place = "limit"
            os.makedirs(f"{folder}/.perfwarden/h")
            os.makedirs(f"{folder}/reports")
            history = f"{folder}/.perfwarden/h/history.db"
            self.env["PERFWARDEN_HISTORY"] = f"sqlite:{history}"
            kib = self.rng.choice([4, 8, 16, 32, 64, 128, 256])
            command = [self.program, "-q", "check", "--base", "HEAD~1"]
            more = {}
            if place in ("reports", ".perfwarden/h"):
                # The history's pages are looked at before the mount goes away with its namespace.
                command = ["unshare", "-m", "sh", "-c",
                           f'mount -t tmpfs -o size={kib}k none {place} && "$@"; code=$?; ls {place}/*/report.json '
                           '2>/dev/null | wc -l >&2; exit $code', "sh", *command]
            elif place == "limit":
                more["preexec_fn"] = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (kib * 1024, kib * 1024))
            elif place == "unwritable":
                os.rmdir(f"{folder}/reports")
                with open(f"{folder}/reports", "w"):
                    pass
            out_to = open("/dev/full", "w") if place == "output" else subprocess.PIPE
            done = subprocess.run(command, cwd=folder, env=self.env, stdout=out_to, stderr=subprocess.PIPE, text=True,
                                  timeout=120, **more)
            code, out = done.returncode, done.stdout or ""
            seen[f"{place} {code}"] += 1
            how = {"place": place, "kib": kib, "slower": slower, "number": i}
            expected = (1,) if slower else (0, 6)
            if place == "limit":
                expected += (3,)  # git or the samples may find no room before anything is measured
            if code not in expected:
                fail("disk", f"exit {code}: {out[-300:]} {done.stderr[-600:]}", **how)
            if place != "output" and code != 3 and f"exit {code}" not in out:
                fail("disk", f"no verdict: {out[-300:]} {done.stderr[-600:]}", **how)
            complete = "cannot " not in done.stderr and "could not" not in done.stderr and "too large" not in done.stderr
            if code == 0 and not complete:
                fail("disk", f"something was lost: {done.stderr[-600:]}", **how)
            if place in ("reports", "unwritable") and code in (1, 6):
                with sqlite3.connect(history) as database:
                    if database.execute("SELECT count(*) FROM runs").fetchone()[0] != 2:
                        fail("disk", "the two sides of the run are not in the history", **how)
            if stale := leftovers(folder):
                fail("disk", f"stale files: {stale}", **how)
            shutil.rmtree(folder)
        self.env.pop("PERFWARDEN_HISTORY", None)
        print(f"disks: {count}: {dict(sorted(seen.items()))}", flush=True)


def says_no_regression(name, data):
    """Whether the damaged text is another valid one whose own numbers say that nothing got slower."""
    def median(values):
        values = sorted(values)
        return values[len(values) // 2]
    try:
        text = json.loads(data)
        if name == "r.json":
            return all(one["change_percent"] is not None and one["change_percent"] <= 20 or one["verdict"] != "regression"
                       for one in text["comparisons"]) and len(text["comparisons"]) > 0
        middle = median([value for one in text["series"][0]["invocations"] for value in one])
        return middle <= 1.2 * 1.01 if name == "h.json" else middle >= 1.4 / 1.21
    except (ValueError, KeyError, IndexError, TypeError):
        return False


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("work")
    for kind in ("kills", "signals", "mutations", "disks"):
        parser.add_argument(f"--{kind}", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    shutil.rmtree(options.work, ignore_errors=True)
    os.makedirs(options.work)
    for kind in ("kills", "signals", "mutations", "disks"):
        if count := getattr(options, kind):
            getattr(Faults(os.path.abspath(options.program), os.path.abspath(options.work),
                           random.Random(f"{options.seed} {kind}")), kind)(count)
    return 1 if failures else 0


sys.exit(main())
