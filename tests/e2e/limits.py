#!/usr/bin/env python3
"""Every file that perfwarden writes meets a full disk and a limit of file sizes, and its memory is cut short.

  limits.py PERFWARDEN WORK [--memory-only]

Whatever runs out, a file is the one from before or whole, nothing unfinished stays behind, and the exit code and the message
say what is lost and the cure. Full disks need root; without it the limit of file sizes alone is tried. Exit 1 when anything failed.
"""
import collections
import contextlib
import json
import os
import re
import resource
import shutil
import sqlite3
import subprocess
import sys

failures = []
MIB = 1 << 20


def fail(what, **how):
    failures.append(what)
    print(f"FAILED {what}  {how}", flush=True)


def samples(commit, value, series=40):
    return {"schema": "perfwarden.samples/1",
            "run": {"commit": commit * 40, "branch": "main", "time": "2026-01-01T00:00:00Z", "session": "one"},
            "series": [{"suite": "s", "benchmark": f"b{i:03}", "metric": "wall_time", "unit": "s", "better": "lower",
                        "invocations": [[value + j / 1e3] for j in range(20)]} for i in range(series)]}


def scene(folder, program):
    os.makedirs(f"{folder}/t")
    for name, text in {
            "perfwarden.yml": 'version: 1\nsuites: { s: { run: ./b } }\nbudgets: { "*": +20% }\nhistory: sqlite:h.db\n',
            "b.json": json.dumps(samples("b", 1.0)), "h.json": json.dumps(samples("c", 1.4)),
            "more.json": json.dumps(samples("d", 1.4, 400)), "go.txt": "BenchmarkA 10 12 ns/op\n" * 20,
            "b.folded": "".join(f"main;f{i};g {i + 5}\n" for i in range(200)),
            "h.folded": "".join(f"main;f{i};g {i * 2 + 5}\n" for i in range(200))}.items():
        with open(f"{folder}/{name}", "w") as out:
            out.write(text)
    for words in (["baseline", "import", "b.json"], ["compare", "b.json", "h.json", "--json", "-o", "r.json"],
                  ["baseline", "update", "b.json", "--reason", "first"]):
        subprocess.run([program, "-q", *words], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    for name in ("out", "t/out"):  # what is there already must survive
        with open(f"{folder}/{name}", "w") as out:
            out.write("what was there before\n")
    return folder


# What is written, the words that write it, and the exit codes that say that it was not.
WRITES = [
    ("report as JSON", ["compare", "b.json", "h.json", "--json", "-o", "out"], {3}),
    ("report as page", ["report", "r.json", "--format", "html", "-o", "out"], {3}),
    ("samples", ["ingest", "go.txt", "-o", "out"], {3}),
    ("merged samples", ["merge", "h.json", "-o", "out"], {3}),
    ("folded stacks", ["profile", "convert", "b.folded", "--to", "folded", "-o", "out"], {3}),
    ("speedscope", ["profile", "convert", "b.folded", "--to", "speedscope", "-o", "out"], {3}),
    ("pprof", ["profile", "convert", "b.folded", "--to", "pprof", "-o", "out"], {3}),
    ("flame graph", ["profile", "flamegraph", "b.folded", "h.folded", "--as", "svg", "-o", "out"], {3}),
    ("baseline", ["baseline", "update", "h.json", "--reason", "second"], {3}),
    ("history", ["baseline", "import", "more.json"], {3, 6}),
    ("copied history", ["history", "copy", "sqlite:other.db"], {3, 6}),
    ("exported history", ["baseline", "export", "-o", "out"], {3}),
    ("dashboard", ["dashboard", "--export", "pages"], {3}),
]


def files(folder):
    out = {}
    for at, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(at, name)
            if name != "ballast":
                with open(path, "rb") as file:
                    out[os.path.relpath(path, folder)] = file.read()
    return out


def runs_in(path):
    with contextlib.closing(sqlite3.connect(path)) as database:
        whole = database.execute("PRAGMA integrity_check").fetchone()[0]
        return whole, database.execute("SELECT count(*) FROM runs").fetchone()[0]


def is_whole(path, text, before, after):
    """Of a file that this run may have written: as before, or as an undisturbed run writes it, up to the time in it."""
    if text == before:
        return True
    return after is not None and abs(len(text) - len(after)) <= 16 and text[-12:] == after[-12:]


def check(folder, what, done, before, after, codes, **how):
    say = done.stderr + done.stdout
    if done.returncode not in codes:
        fail(f"{what}: exit {done.returncode}", **how, said=say[-400:])
    elif not re.search(r"No space left|File too large|database or disk is full|disk I/O error|full", say):
        fail(f"{what}: the message does not say why", **how, said=say[-400:])
    elif not re.search(r"free some space|limit of file sizes|hint: ", say):
        fail(f"{what}: no cure", **how, said=say[-400:])
    for path, text in files(folder).items():
        if re.search(r"\.tmp-[0-9a-f]{16}$", path):
            fail(f"{what}: {path} is left behind", **how)
        elif path.endswith((".db", ".db-journal")):
            continue
        elif not is_whole(path, text, before.get(path), after.get(path)):
            fail(f"{what}: {path} is written in part: {len(text)} of {len(after.get(path, b''))} bytes", **how)
    if not os.path.exists(f"{folder}/h.db"):
        return fail(f"{what}: the history is gone", **how)
    whole, count = runs_in(f"{folder}/h.db")
    if whole != "ok" or count not in (1, 2):
        fail(f"{what}: the history has {count} runs and is {whole}", **how)


def writes(program, work, mounts):
    start = scene(f"{work}/start", program)
    before = files(start)
    seen = collections.Counter()
    for what, words, codes in WRITES:
        undisturbed = f"{work}/undisturbed"
        shutil.copytree(start, undisturbed)
        done = subprocess.run([program, "-q", *words], cwd=undisturbed, capture_output=True, text=True)
        after = files(undisturbed)
        shutil.rmtree(undisturbed)
        changed = [path for path in after if after[path] != before.get(path)]
        if done.returncode != 0 or not changed:
            fail(f"{what}: undisturbed, it exits {done.returncode} and writes {changed}", said=done.stderr)
            continue
        largest = max(len(after[path]) for path in changed)
        for most in sorted({0, largest // 2, largest - 1}):
            folder = f"{work}/limited"
            shutil.copytree(start, folder)
            done = subprocess.run([program, "-q", *words], cwd=folder, capture_output=True, text=True, timeout=60,
                                  preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)))
            check(folder, what, done, before, after, codes, most_bytes=most)
            shutil.rmtree(folder)
            seen["limits of file sizes"] += 1
        for free in (0, largest // 2 // 4096 * 4096) if mounts else ():
            folder = f"{work}/full"
            os.makedirs(folder)
            subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "none", folder], check=True)
            shutil.copytree(start, folder, dirs_exist_ok=True)
            fill(f"{folder}/ballast", free)
            done = subprocess.run([program, "-q", *words], cwd=folder, capture_output=True, text=True, timeout=60,
                                  env={**os.environ, "TMPDIR": folder})
            check(folder, what, done, before, after, codes, free_bytes=free)
            subprocess.run(["umount", folder], check=True)
            os.rmdir(folder)
            seen["full disks"] += 1
    print(f"writes: {len(WRITES)} kinds, {dict(seen)}", flush=True)


def fill(path, free):
    """Takes all the room of the disk but `free` bytes."""
    with open(path, "wb", buffering=0) as out:
        try:
            while True:
                out.write(b"\0" * 4096)
        except OSError:
            pass
        out.truncate(max(0, os.path.getsize(path) - free))


def build_cache(program, work):
    """A build that finds no room in the cache costs a warning, never the verdict, and the next run keeps it."""
    folder, cache = f"{work}/cached", f"{work}/cache"
    os.makedirs(folder)
    os.makedirs(cache, mode=0o700)
    with open(f"{folder}/perfwarden.yml", "w") as out:
        out.write('version: 1\nsuites:\n  core: { build: dd if=/dev/urandom of=made bs=1000 count=300 status=none, run: ./b, parser: json, '
                  'iterations: 6, warmup: 0 }\nbudgets: { "*": +50% }\n' + f"build-cache: {cache}\n")
    with open(f"{folder}/b", "w") as out:
        out.write('#!/bin/sh\necho "{\\"a\\":{\\"value\\":$((1000 + $$ % 9)),\\"unit\\":\\"ns\\"}}"\n')
    os.chmod(f"{folder}/b", 0o755)
    git = ["git", "-c", "user.email=a@b.invalid", "-c", "user.name=n"]
    for words in (["init", "-q", "-b", "main", "."], ["add", "-A"], ["commit", "-qm", "base"],
                  ["commit", "-qm", "head", "--allow-empty"]):
        subprocess.run([*git, *words], cwd=folder, check=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m,mode=0700", "none", cache], check=True)
    fill(f"{cache}/ballast", 64 << 10)
    check_it = [program, "check", "--base", "HEAD~1"]
    for ballast in (True, False):
        if not ballast:
            os.remove(f"{cache}/ballast")
        done = subprocess.run(check_it, cwd=folder, capture_output=True, text=True, timeout=120)
        entries = [name for name in os.listdir(cache) if name != "ballast"]
        lost = "is not kept in the cache" in done.stderr and "No space left" in done.stderr
        if done.returncode != 0 or lost != ballast or bool(entries) == ballast:
            fail(f"build cache: exit {done.returncode}, holds {entries}", full=ballast, said=done.stderr[-800:])
    subprocess.run(["umount", cache], check=True)
    print("build cache: 2 runs", flush=True)


def memory(program, work):
    """From too little memory to begin with up to enough: no crash, and never a file that is not whole."""
    folder = f"{work}/memory"
    os.makedirs(folder, exist_ok=True)
    for name, value in (("b", 1.0), ("c", 1.4)):
        with open(f"{folder}/{name}.json", "w") as out:
            json.dump(samples(name, value, 2000), out)
    words = [program, "-q", "compare", "b.json", "c.json", "--json", "-o", "out"]

    def run(command, mib):
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (mib * MIB, mib * MIB)))
    if run([program, "--version"], 1024).returncode != 0:
        return print("skipped: memory that runs out: a sanitizer needs all of it", flush=True)
    least = next(mib for mib in range(8, 1025, 8) if run([program, "--version"], mib).returncode == 0)
    seen = collections.Counter()
    for mib in range(least + 8, 1025, 6):
        done = run(words, mib)
        seen[done.returncode] += 1
        left = sorted(name for name in os.listdir(folder) if name not in ("b.json", "c.json"))
        if done.returncode == 0:
            with open(f"{folder}/out") as file:
                if len(json.load(file)["comparisons"]) != 2000:
                    fail("memory: the report is not whole", mib=mib)
            break
        if done.returncode != 3 or "out of memory" not in done.stderr or left:
            fail(f"memory: exit {done.returncode}, left {left}", mib=mib, said=done.stderr[-300:])
    print(f"memory: from {least} MiB on, exit codes {dict(seen)}", flush=True)


def main():
    program, work = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    mounts = os.geteuid() == 0 and subprocess.run(["unshare", "-m", "true"], stderr=subprocess.DEVNULL).returncode == 0
    if mounts and "LIMITS_UNSHARED" not in os.environ:
        os.environ["LIMITS_UNSHARED"] = "1"
        os.execvp("unshare", ["unshare", "-m", sys.executable, *sys.argv])
    for name in [name for name in os.environ if name.startswith(("GITHUB_", "PERFWARDEN_"))]:
        del os.environ[name]
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    memory(program, work)
    if "--memory-only" not in sys.argv:
        writes(program, work, mounts)
        if mounts:
            build_cache(program, work)
    return 1 if failures else 0


sys.exit(main())
