#!/usr/bin/env python3
"""A new user in each ecosystem: `init`, `check` of a change of nothing (green), `check` of +20 % (red), nothing edited.

  init.py PERFWARDEN WORK [--busy] [LAYOUT...]

A busy machine hides +20 %: with --busy the change is +100 %, and a check that says that it could not decide is enough. Nor is a slow
one profiled then, which takes longer than all else here.
The projects are those of tests/fixtures/init that say `# really: TOOLS`; one whose tools are not here is skipped. Prints one line
a project with the seconds that each step took. Exit 1 when any is not as it should be, 77 when none could be run.
"""
import os
import shutil
import subprocess
import sys
import time

BUSY = "--busy" in sys.argv[3:]
LAYOUTS = [word for word in sys.argv[3:] if not word.startswith("--")]
FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../fixtures/init")
# Debian's own Python has Debian's pytest-benchmark, also where another Python comes first.
ENVIRONMENT = dict(os.environ, PATH="/usr/bin:/bin:" + os.environ["PATH"], GOFLAGS="-mod=mod", GITHUB_ACTIONS="")


def read_layout(path):
    right, files, name = {}, {}, None
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("--- "):
                name = line[4:].strip()
                files[name] = ""
            elif name:
                files[name] += line
            elif line.startswith("# "):
                key, value = line[2:].rstrip("\n").split(": ", 1)
                right[key] = value
    return right, files


def git(folder, *words):
    subprocess.run(["git", "-c", "user.email=a@b.invalid", "-c", "user.name=n", *words], cwd=folder, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def perfwarden(program, folder, *words):
    start = time.monotonic()
    done = subprocess.run([program, *words], cwd=folder, env=ENVIRONMENT, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=600, check=False)
    return done.returncode, done.stdout.decode(errors="replace"), time.monotonic() - start


def without_profilers(folder):
    """Where perf and callgrind do not work, a red check says so and is as red."""
    os.makedirs(folder)
    for tool in ("perf", "valgrind"):
        with open(os.path.join(folder, tool), "w", encoding="utf-8") as out:
            out.write("#!/bin/sh\nexit 1\n")
        os.chmod(os.path.join(folder, tool), 0o755)
    ENVIRONMENT["PATH"] = os.path.abspath(folder) + ":" + ENVIRONMENT["PATH"]


def commit(folder, message):
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", message)


def be_new(program, folder, right, files):
    """What went wrong, or "" with the seconds of each step."""
    for path, text in files.items():
        os.makedirs(os.path.dirname(os.path.join(folder, path)), exist_ok=True)
        with open(os.path.join(folder, path), "w", encoding="utf-8") as out:
            out.write(text)
    git(folder, "init", "-q", "-b", "main")
    commit(folder, "first")
    code, said, init_s = perfwarden(program, folder, "init", "--yes")
    if code != 0:
        return f"init: exit {code}\n{said}", ()
    reads = right.get("reads", right["parser"])
    if f"read as {reads}: " not in said:
        return f"init: not read as {reads}\n{said}", ()
    commit(folder, "init")
    status = subprocess.run(["git", "status", "--porcelain"], cwd=folder, capture_output=True, check=True).stdout
    if status:
        return f"init leaves files that git would commit: {status}", ()
    with open(os.path.join(folder, "NOTES"), "w", encoding="utf-8") as out:
        out.write("nothing that matters\n")
    commit(folder, "notes")
    code, said, green_s = perfwarden(program, folder, "check", "--base", "HEAD~1")
    if code != 0:
        return f"unchanged: exit {code}\n{said}", ()
    path, change = right["slow"].split(": ", 1)
    before, after = change.split(" -> ")
    if BUSY:
        after = str(2 * int(before))
    with open(os.path.join(folder, path), encoding="utf-8") as source:
        text = source.read()
    assert before in text, f"{path} has no {before}"
    with open(os.path.join(folder, path), "w", encoding="utf-8") as out:
        out.write(text.replace(before, after))
    commit(folder, "slower")
    code, said, red_s = perfwarden(program, folder, "check", "--base", "HEAD~1")
    right_code = code == 1 or (BUSY and code == 0 and "Undecided" in said)
    return ("" if right_code else f"slower: exit {code}\n{said}"), (init_s, green_s, red_s)


def main():
    program, work = os.path.abspath(sys.argv[1]), sys.argv[2]
    names = LAYOUTS or sorted(name[:-4] for name in os.listdir(FIXTURES))
    shutil.rmtree(work, ignore_errors=True)
    if BUSY:
        without_profilers(os.path.join(work, "no-profilers"))
    ran = failed = 0
    for name in names:
        right, files = read_layout(os.path.join(FIXTURES, name + ".txt"))
        if "really" not in right:
            continue
        missing = [tool for tool in right["really"].split() if shutil.which(tool, path=ENVIRONMENT["PATH"]) is None]
        if missing:
            print(f"skipped: {name}: no {' '.join(missing)} here")
            continue
        folder = os.path.join(work, name)
        os.makedirs(folder)
        wrong, seconds = be_new(program, folder, right, files)
        ran += 1
        failed += bool(wrong)
        times = "init {:.0f} s, unchanged {:.0f} s, slower {:.0f} s".format(*seconds) if seconds else ""
        print(f"{'FAILED' if wrong else 'ok':7} {name:32} {times}\n{wrong}".rstrip(), flush=True)
    if ran == 0:
        print("skipped: no toolchain of any layout is here")
        return 77
    print(f"{ran - failed} of {ran} projects as they should be")
    return 1 if failed else 0


sys.exit(main())
