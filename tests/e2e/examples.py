#!/usr/bin/env python3
"""The example projects of config/examples are what `perfwarden init` makes of their sources: their config and workflow are what it
would write today, and the config is accepted. A config that says that it was written by hand need only be accepted.

  examples.py PERFWARDEN WORK [--run]

With --run each is measured too, changed as docs/examples.md says, where its tools are here: green, then not green.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "config" / "examples"
PAGE = EXAMPLES.parents[1] / "docs" / "examples.md"
TOOLS = {"cpp-catch2": "cmake", "cpp-google-benchmark": "cmake", "go": "go", "java-jmh": "mvn", "k6": "k6", "node-vitest": "npm",
         "python-pytest": "pytest", "rust": "cargo", "rust-criterion": "cargo", "shell": "make"}
WRITTEN = ("perfwarden.yml", ".github/workflows/perfwarden.yml", ".github/workflows/perfwarden-accept.yml")


def said_by(program, folder, *words, timeout_s=60):
    done = subprocess.run([program, *words], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env=dict(os.environ, GITHUB_ACTIONS=""), timeout=timeout_s, check=False)
    return done.returncode, done.stdout.decode()


def faults_of(program, example, folder):
    shutil.copytree(example, folder)
    code, said = said_by(program, folder, "config", "check")
    faults = [] if code == 0 else [f"config check: exit {code}\n{said}"]
    if not (example / "perfwarden.yml").read_text().startswith("# Written by"):
        return faults
    for name in WRITTEN:
        os.remove(folder / name)
    subprocess.run(["git", "init", "-q", "-b", "main", folder], check=True)
    code, said = said_by(program, folder, "init", "--dry-run")
    for name in WRITTEN:
        if f"# {name}\n{(example / name).read_text()}" not in said:
            faults.append(f"{name} is not what init writes: run `perfwarden init --force --no-run` in a copy\n{said}")
    return faults


def commit(folder, message):
    for words in (["add", "-A"], ["-c", "user.email=a@b.invalid", "-c", "user.name=n", "commit", "-q", "--allow-empty", "-m", message]):
        subprocess.run(["git", *words], cwd=folder, check=True)


def measured(program, example, folder):
    """What is wrong with a check of a change of nothing, and of the one that the page shows."""
    slower = re.search(rf"^\| \[{example.name}\].*\| `(sed [^`]*)` \|$", PAGE.read_text(), re.M)
    if not slower:
        return [f"{PAGE.name} does not say how to make it slower"]
    shutil.copytree(example, folder)
    subprocess.run(["git", "init", "-q", "-b", "main", folder], check=True)
    commit(folder, "first")
    commit(folder, "nothing")
    code, said = said_by(program, folder, "check", "--base", "HEAD~1", timeout_s=900)
    faults = [] if code == 0 else [f"unchanged: exit {code}\n{said}"]
    subprocess.run(slower.group(1), shell=True, cwd=folder, check=True)
    commit(folder, "slower")
    code, said = said_by(program, folder, "check", "--base", "HEAD~1", timeout_s=900)
    return faults if code == 1 or "Undecided" in said else faults + [f"slower: exit {code}\n{said}"]


def main():
    program, work = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    examples = sorted(path.parent for path in EXAMPLES.glob("*/perfwarden.yml"))
    assert len(examples) >= 6, examples
    failed = 0
    for example in examples:
        faults = faults_of(program, example, work / example.name)
        if "--run" in sys.argv[3:] and shutil.which(TOOLS[example.name]):
            faults += measured(program, example, work / (example.name + "-measured"))
        failed += bool(faults)
        print("FAILED" if faults else "ok    ", example.name, *faults, sep="\n" if faults else " ")
    return 1 if failed else 0


sys.exit(main())
