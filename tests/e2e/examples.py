#!/usr/bin/env python3
"""The example projects of config/examples are what `perfwarden init` makes of their sources: their config and workflow are what it
would write today, and the config is accepted.

  examples.py PERFWARDEN WORK
"""
import os
import pathlib
import shutil
import subprocess
import sys

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "config" / "examples"
WRITTEN = ("perfwarden.yml", ".github/workflows/perfwarden.yml", ".github/workflows/perfwarden-accept.yml")


def said_by(program, folder, *words):
    done = subprocess.run([program, *words], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env=dict(os.environ, GITHUB_ACTIONS=""), timeout=60, check=False)
    return done.returncode, done.stdout.decode()


def faults_of(program, example, folder):
    shutil.copytree(example, folder)
    code, said = said_by(program, folder, "config", "check")
    faults = [] if code == 0 else [f"config check: exit {code}\n{said}"]
    for name in WRITTEN:
        os.remove(folder / name)
    subprocess.run(["git", "init", "-q", "-b", "main", folder], check=True)
    code, said = said_by(program, folder, "init", "--dry-run")
    for name in WRITTEN:
        if f"# {name}\n{(example / name).read_text()}" not in said:
            faults.append(f"{name} is not what init writes: run `perfwarden init --force --no-run` in a copy\n{said}")
    return faults


def main():
    program, work = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    examples = sorted(path.parent for path in EXAMPLES.glob("*/perfwarden.yml"))
    assert len(examples) >= 6, examples
    failed = 0
    for example in examples:
        faults = faults_of(program, example, work / example.name)
        failed += bool(faults)
        print("FAILED" if faults else "ok    ", example.name, *faults, sep="\n" if faults else " ")
    return 1 if failed else 0


sys.exit(main())
