#!/usr/bin/env python3
"""dashboard_history.py PERFWARDEN DIR [--hostile] [--series N] [--runs N]

Makes a repository in DIR with a history to look at: two suites, two machines, steps, a drift, spikes and a recovery,
alerts, budgets and CODEOWNERS. With --hostile, every name and commit subject is an attack on pages. The numbers are the
same each time.
"""
import json
import math
import os
import random
import subprocess
import sys

HOSTILE = [
    "<script>alert(1)</script>", "</script><script>alert(2)</script>", "<img src=x onerror=alert(3)>", "\"><svg onload=alert(4)>",
    "' onmouseover='alert(5)", "{{constructor.constructor('alert(6)')()}}", "javascript:alert(7)", "<!--", "-->", "]]>", "&lt;b&gt;",
    "{{main}}", "{{#data}}x{{/data}}", "{{{data}}}", "\u202egnp.exe", "a\u0000b".replace("\u0000", "\u0001"), "\u2028\u2029", "../../etc/passwd",
    "..%2f..%2fetc%2fpasswd", "$(touch /tmp/pw)", "`id`", "'; DROP TABLE runs; --", "%00", "%3Cscript%3E", "\\\"},{\"x\":\"", "|||", "[x](javascript:alert(8))",
    "![x](http://x.invalid/x.png)", "@everyone", "::error::x", "\u001b[31mred", "<a href=//x.invalid>x</a>", "<style>*{display:none}</style>",
    "<base href=//x.invalid>", "<meta http-equiv=refresh content=0>", "</title><script>alert(9)</script>", "</textarea><script>alert(10)</script>",
    "<math><mtext><script>alert(11)</script>", "ä" * 80, "x" * 300, "<iframe srcdoc='<script>alert(12)</script>'>",
]


def hostile(i):
    return f"{HOSTILE[i % len(HOSTILE)]}#{i}"


def main():
    perfwarden, top = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    is_hostile = "--hostile" in sys.argv
    option = lambda name, other: int(sys.argv[sys.argv.index(name) + 1]) if name in sys.argv else other
    runs, extra = option("--runs", 60), option("--series", 200 if is_hostile else 12)
    os.makedirs(os.path.join(top, ".perfwarden"), exist_ok=True)
    subprocess.run(["git", "init", "-q", "-b", "main", top], check=True)
    stream = []
    for i in range(runs):
        subject = hostile(i) if is_hostile else f"{['Parser: fewer copies', 'Cache: warm start', 'Docs', 'Build: newer compiler', 'Index: one pass'][i % 5]} (#{100 + i})"
        subject = subject.replace("\n", " ")
        at = 1_790_000_000 + i * 21_600
        body = f"step {i}\n"
        stream.append(f"commit refs/heads/main\nmark :{i + 1}\ncommitter Octo Cat <octo@example.com> {at} +0000\ndata {len(subject.encode())}\n{subject}\n" +
                      (f"from :{i}\n" if i else "") + f"M 100644 inline {'core' if i % 2 else 'cli'}/f{i}.txt\ndata {len(body)}\n{body}\n" +
                      ("M 100644 inline .github/CODEOWNERS\ndata 44\ncore/ @acme/parser-team\ncli/ @acme/cli-team \n\n" if i == 0 else ""))
    subprocess.run(["git", "-C", top, "fast-import", "--quiet"], input="".join(stream).encode(), check=True)
    commits = subprocess.run(["git", "-C", top, "log", "--reverse", "--format=%H", "main"], check=True, capture_output=True, text=True).stdout.split()
    subprocess.run(["git", "-C", top, "reset", "-q", "--hard", "main"], check=True)
    with open(os.path.join(top, "perfwarden.yml"), "w") as out:
        out.write('version: 1\nsuites:\n  core: { run: "true" }\n  cli: { run: "true" }\nbudgets:\n  "*": { soft: +5%, hard: +15% }\n'
                  '  "core/parse/**": +2%\n  "cli/load/max_rss": { max: 300 MiB }\nhistory: sqlite:.perfwarden/history.db\n')
    rng = random.Random(7)
    series = [("core", "parse/large", "wall_time", "s", "lower", 0.0124, "step"), ("core", "parse/small", "wall_time", "s", "lower", 0.00102, "step"),
              ("core", "index/cold", "wall_time", "s", "lower", 0.088, "drift"), ("core", "index/warm", "throughput", "op/s", "higher", 51_000.0, "drop"),
              ("core", "hash", "instructions", "1", "lower", 1_234_567.0, "flat"), ("cli", "load", "wall_time", "s", "lower", 0.31, "recovers"),
              ("cli", "load", "max_rss", "B", "lower", 250.0 * 2**20, "improves"), ("cli", "help", "wall_time", "s", "lower", 0.004, "spikes")]
    for i in range(extra):
        name = hostile(i) if is_hostile else f"case/{i:03}"
        series.append(("cli" if i % 2 else "core", name, "wall_time", "s", "lower", 0.001 * (1 + i % 17), "step" if i % 29 == 3 else "flat"))

    def level(shape, i):
        late, x = i >= runs * 0.6, i / runs
        return {"flat": 1.0, "step": 1.09 if late else 1.0, "drop": 0.88 if late else 1.0, "improves": 0.8 if late else 1.0,
                "drift": 1 + 0.15 * min(1.0, max(0.0, (x - 0.4) / 0.25)), "recovers": 1.2 if 0.3 < x < 0.55 else 1.0,
                "spikes": 1.6 if i % 23 == 11 else 1.0}[shape]

    files = []
    for i, commit in enumerate(commits):
        machine = {"fingerprint": "a1b2c3d4e5f60718", "facts": {"cpu": "AMD EPYC 7763 64-Core Processor", "cores": "4", "kernel": "6.1.0", "governor": "performance"}}
        if i % 9 == 8:
            machine = {"fingerprint": "ffee00112233aabb", "facts": {"cpu": "Intel(R) Xeon(R) Platinum 8370C", "cores": "2", "kernel": "6.5.0"}}
        slow = 1.25 if i % 9 == 8 else 1.0
        rows = []
        for suite, benchmark, metric, unit, better, base, shape in series:
            noise = 0.0 if metric == "instructions" else 0.008
            run = base * slow * level(shape, i) * math.exp(rng.gauss(0, noise))
            rows.append({"suite": suite, "benchmark": benchmark, "metric": metric, "unit": unit, "better": better,
                         "invocations": [[run * math.exp(rng.gauss(0, noise))] for _ in range(10)]})
        at = subprocess.run(["date", "-u", "-d", f"@{1_790_000_000 + i * 21_600}", "+%Y-%m-%dT%H:%M:%SZ"], capture_output=True, text=True).stdout.strip()
        document = {"schema": "perfwarden.samples/1",
                    "run": {"commit": commit, "branch": "main", "time": at, "session": f"s{i}", "machine": machine}, "series": rows}
        name = os.path.join(top, ".perfwarden", f"run-{i:03}.json")
        with open(name, "w") as out:
            json.dump(document, out)
        files.append(name)
    subprocess.run([perfwarden, "baseline", "import", *files], cwd=top, check=True, stdout=subprocess.DEVNULL)
    for name in files:
        os.remove(name)
    subprocess.run([perfwarden, "--quiet", "alert"] if False else [perfwarden, "alert"], cwd=top, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


main()
