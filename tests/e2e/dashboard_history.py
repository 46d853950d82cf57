"""A project with a history for the dashboard's tests: commits, runs on two machines, changes that alerts are made of, and hostile texts.

By hand: dashboard_history.py PERFWARDEN FOLDER
"""
import json
import os
import random
import subprocess
import sys

HOSTILE = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(2)>", "</script><script>alert(3)</script>", "'-alert(4)-'", "<svg onload=alert(5)>",
    "javascript:alert(6)", "{{constructor.constructor('alert(7)')()}}", "<!--<script>alert(8)//-->", "\u202egnp.exe", "__proto__",
    "<a href=javascript:alert(9)>x</a>", "<style>*{display:none}</style>", "&lt;b&gt;", "%3Cscript%3Ealert(10)%3C/script%3E", "a" * 180,
]
CONFIG = """version: 1
suites:
  core: { run: ./bench, parser: bmf }
  net: { run: ./bench, parser: bmf }
  hostile: { run: ./bench, parser: bmf }
budgets:
  "**": +5%
  "core/parse/*": { warn: +3%, soft: +5%, hard: +15% }
  "net/**": -5%
"""


def change_at(benchmark, run):
    """The level of a benchmark as a factor, at a run."""
    steps = {"parse/large": (38, 1.082), "load/cold": (30, 0.86), "requests": (44, 0.9), HOSTILE[0]: (50, 1.11), HOSTILE[2]: (33, 1.2), "index/build": (62, 1.061)}
    at, factor = steps.get(benchmark, (0, 1.0))
    return factor if at and run >= at else 1.0


def series(run, rng):
    """All series of one run."""
    plan = [("core", "parse/large", "wall_time", "s", "lower", 0.0124, 0.006), ("core", "parse/small", "wall_time", "s", "lower", 0.00103, 0.01),
            ("core", "load/cold", "wall_time", "s", "lower", 0.0882, 0.012), ("core", "load/cold", "peak_rss", "B", "lower", 182.0 * 2**20, 0.002),
            ("core", "index/build", "wall_time", "s", "lower", 1.43, 0.008), ("net", "requests", "throughput", "op/s", "higher", 48200.0, 0.009),
            ("net", "latency/p99", "wall_time", "s", "lower", 0.00041, 0.02)]
    plan += [("hostile", name, "wall_time", "s", "lower", 0.02, 0.008) for name in HOSTILE]
    out = []
    for suite, benchmark, metric, unit, better, level, noise in plan:
        level *= change_at(benchmark, run) if metric != "peak_rss" else 1
        if rng.random() < 0.02:
            level *= 1.06  # a single slow run
        invocations = [[level * (1 + rng.gauss(0, noise) + abs(rng.gauss(0, noise / 2))) for _ in range(3)] for _ in range(6)]
        out.append({"suite": suite, "benchmark": benchmark, "metric": metric, "unit": unit, "better": better, "invocations": invocations})
    return out


def make(perfwarden, folder, runs=80, write_more=lambda run: []):
    """Makes the project in `folder` and looks for alerts; returns its commits, the oldest first. `write_more(run)` adds series to a run."""
    rng = random.Random(20)
    os.makedirs(folder)
    env = os.environ | {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in (("NAME", "Ada"), ("EMAIL", "ada@example.invalid"))}
    git = lambda *words, **more: subprocess.run(["git", *words], cwd=folder, env=env | more, check=True, capture_output=True, text=True).stdout.strip()
    git("init", "-q", "-b", "main")
    with open(f"{folder}/perfwarden.yml", "w", encoding="utf-8") as out:
        out.write(CONFIG)
    with open(f"{folder}/CODEOWNERS", "w", encoding="utf-8") as out:
        out.write("* @acme/perf\n")
    git("add", ".")
    commits, files = [], []
    start = 1_790_000_000
    for run in range(runs):
        subject = HOSTILE[run % len(HOSTILE)] if run % 3 == 1 else f"Parser: keep the buffer of step {run}"
        when = start + run * 43_200
        date = {"GIT_AUTHOR_DATE": f"{when} +0000", "GIT_COMMITTER_DATE": f"{when} +0000"}
        git("commit", "-q", "--allow-empty", "-m", subject, **date)
        commits.append(git("rev-parse", "HEAD"))
        for machine, cpu in (("ci-amd-1", "AMD EPYC 7763"), ("ci-arm-2", "Ampere Altra <b>Q80</b>")):
            if machine == "ci-arm-2" and run % 4:
                continue
            facts = {"cpu": cpu, "cores": "8", "kernel": "6.1.0", "governor": "performance"}
            time = subprocess.run(["date", "-u", "-d", f"@{when + 600}", "+%Y-%m-%dT%H:%M:%SZ"], check=True, capture_output=True, text=True).stdout.strip()
            name = f".git/{run:03}-{machine}.json"
            with open(f"{folder}/{name}", "w", encoding="utf-8") as out:
                json.dump({"schema": "perfwarden.samples/1", "series": series(run, rng) + write_more(run),
                           "run": {"commit": commits[-1], "branch": "main", "time": time, "session": f"s{run}-{machine}", "machine": {"fingerprint": machine, "facts": facts}}}, out)
            files.append(name)
    for words in (["baseline", "import", *files], ["history", "deploy", commits[runs // 2], "--name", HOSTILE[1], "--time", "2026-10-12T00:00:00Z"], ["alert"]):
        done = subprocess.run([perfwarden, *words], cwd=folder, env=env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{words[:2]} exited with {done.returncode}: {done.stderr}")
    return commits


if __name__ == "__main__":
    print(make(os.path.abspath(sys.argv[1]), sys.argv[2])[-1])
