#!/usr/bin/env python3
"""The life of a pull request against `emulate`, a GitHub that others wrote (npm, Apache-2.0): it opens, gets worse, is fixed, gets worse
again, is closed and opened again, is judged by two jobs at once, an old run is repeated, and it passes the merge queue. Nothing is measured:
the samples are made up, `compare` judges them and `publish` tells. Skips (77) without emulate: npm install --prefix DIR emulate@0.11.2

life.py PERFWARDEN WORK [DIR/node_modules]"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time
import urllib.request

from stage import Stage

modules = pathlib.Path(sys.argv[3] if len(sys.argv) > 3 else os.environ.get("EMULATE_MODULES", "/nowhere"))
if not shutil.which("node") or not (modules / "emulate").is_dir():
    print("skipped: emulate is not installed (npm install --prefix DIR emulate@0.11.2; EMULATE_MODULES=DIR/node_modules)")
    sys.exit(77)

stage = Stage(sys.argv[1], sys.argv[2])
perfwarden, work, sh, git = stage.perfwarden, stage.work, stage.sh, stage.git
(work / "server.mjs").write_text(f"""
import {{ createEmulator }} from '{(modules / 'emulate' / 'dist' / 'api.js').resolve()}';
const github = await createEmulator({{ service: 'github', port: Number(process.argv[2]), seed: {{
  tokens: {{ 'ghs_actions': {{ login: 'acme', scopes: ['repo'] }} }},
  github: {{ users: [{{ login: 'acme' }}], repos: [{{ owner: 'acme', name: 'widgets', auto_init: true }}] }} }} }});
console.log(github.url);
process.stdin.on('end', () => process.exit(0)).resume();
""")
port = 20000 + os.getpid() % 20000
server = subprocess.Popen(["node", str(work / "server.mjs"), str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
url = server.stdout.readline().strip()
assert url, "emulate did not start"


def api(method, path, body=None):
    request = urllib.request.Request(f"{url}/repos/acme/widgets{path}", method=method, data=None if body is None else json.dumps(body).encode(),
                                     headers={"Authorization": "Bearer ghs_actions", "Accept": "application/vnd.github+json"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.loads(answer.read() or b"null")


top = work / "repository"
top.mkdir()
(top / "perfwarden.yml").write_text("version: 1\nsuites: { core: { run: ./bench, parser: time } }\nbudgets: { '*': +5% }\nhistory: off\n"
                                    "publish: { check: perfwarden report }\n")
git("init -q -b main .", top)
git("add -A", top)
git("commit -q -m x", top)
base = git("rev-parse HEAD", top)
git("checkout -q -b faster", top)
git("commit -q --allow-empty -m y", top)
runs = iter(range(100, 1000))


def push():
    """A new head of the pull request. The server moves it only when its branch is updated from main."""
    api("PUT", f"/pulls/{pull}/update-branch", {})
    return api("GET", f"/pulls/{pull}")["head"]["sha"]


def samples(commit, factor, session):
    values = [[0.01 * factor * (1 + i % 7 / 1000)] for i in range(20)]
    return json.dumps({"schema": "perfwarden.samples/1", "run": {"commit": commit, "session": session, "time": "2026-11-29T00:00:00Z"},
                       "series": [{"suite": "core", "benchmark": "parse", "metric": "wall_time", "unit": "s", "better": "lower",
                                   "invocations": values}]})


def judge(head, factor, event="pull_request", job="perfwarden", run=None, attempt=1, ref="refs/pull/2/merge"):
    """One job: what it would have measured, its verdict, and what it tells."""
    run = run or next(runs)
    folder = work / f"run-{run}.{attempt}-{job}"
    folder.mkdir()
    (folder / "base.json").write_text(samples(base, 1, str(run)))
    (folder / "head.json").write_text(samples(head, factor, str(run)))
    if event == "merge_group":
        payload = {"merge_group": {"head_sha": head, "base_sha": base, "base_ref": "refs/heads/main",
                                   "head_ref": f"refs/heads/gh-readonly-queue/main/pr-{pull}-{base}"}}
    else:
        payload = {"pull_request": {"number": pull, "head": {"sha": head, "ref": "faster", "repo": {"id": 1, "full_name": "acme/widgets"}},
                                    "base": {"sha": base, "ref": "main"}}}
    (folder / "event.json").write_text(json.dumps(payload | {"repository": {"id": 1, "full_name": "acme/widgets", "default_branch": "main"}}))
    environment = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": event, "GITHUB_EVENT_PATH": str(folder / "event.json"),
                   "GITHUB_REPOSITORY": "acme/widgets", "GITHUB_SHA": head, "GITHUB_API_URL": url, "GITHUB_RUN_ID": str(run),
                   "GITHUB_RUN_ATTEMPT": str(attempt), "GITHUB_JOB": job, "GITHUB_WORKFLOW": "performance", "GITHUB_REF": ref,
                   "RUNNER_TEMP": str(work / "temp"), "GITHUB_OUTPUT": str(folder / "output"), "GITHUB_STEP_SUMMARY": str(folder / "summary.md")}
    done = sh(f"{perfwarden} compare {folder}/base.json {folder}/head.json --json -o {folder}/report.json", top, **environment)
    assert done.returncode == 0, done.stderr
    return subprocess.Popen([str(perfwarden), "publish", f"{folder}/report.json"], cwd=top, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            text=True, env=stage.plain | environment | {"PERFWARDEN_TOKEN": "ghs_actions"})


def tell(*words, **more):
    process = judge(*words, **more)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, (out, err)
    return err


def is_at(what, bodies, labelled, conclusion, head):
    """What a visitor of the pull request sees: the first line of each comment, the label, and the latest check of its head."""
    seen = [one["body"].split("\n")[0] for one in api("GET", f"/issues/{pull}/comments")]
    label = "performance-regression" in [one["name"] for one in api("GET", f"/issues/{pull}/labels")]
    checks = [one["conclusion"] for one in sorted(api("GET", f"/commits/{head}/check-runs")["check_runs"], key=lambda one: one["id"])
              if one["name"] == "perfwarden report"]
    assert len(seen) == len(bodies) and all(a in b for a, b in zip(bodies, seen)), (what, seen)
    assert label == labelled and conclusion in (None, checks[-1]), (what, label, checks)
    print(f"{what}: {len(seen)} comments, label {label}, check {checks[-1]}")


K_RED, K_GREEN = "❌", "✅"
try:
    api("POST", "/git/refs", {"ref": "refs/heads/faster", "sha": api("GET", "/git/ref/heads/main")["object"]["sha"]})
    pull = api("POST", "/pulls", {"title": "faster", "head": "faster", "base": "main"})["number"]
    head = push()
    tell(head, 1.0)
    is_at("opened", [], False, "success", head)
    worse = push()
    first_bad = next(runs)
    tell(worse, 1.2, run=first_bad)
    is_at("worse", [K_RED], True, "failure", worse)
    fixed = push()
    tell(fixed, 1.0)
    is_at("fixed", [K_GREEN], False, "success", fixed)
    said = tell(worse, 1.2, run=first_bad, attempt=2)
    assert "the pull request is at" in said, said
    is_at("the old run once more", [K_GREEN], False, "success", fixed)
    for state in ("closed", "open"):
        api("PATCH", f"/pulls/{pull}", {"state": state})
    again = push()
    tell(again, 1.2)
    is_at("reopened and worse", [K_RED], True, "failure", again)
    both = [judge(again, 1.2, job="gcc"), judge(again, 1.0, job="clang")]
    assert [one.wait(timeout=120) for one in both] == [0, 0], [one.communicate() for one in both]
    is_at("two jobs at once", [K_RED, K_RED], True, None, again)
    tell(again, 1.0)
    is_at("one of them passes", [K_GREEN, K_RED], True, "success", again)
    tell(again, 1.0, job="gcc")
    is_at("both pass", [K_GREEN, K_GREEN], False, "success", again)
    tell(again, 1.2, event="merge_group")
    is_at("the merge queue fails", [K_RED, K_GREEN], True, "failure", again)
    tell(again, 1.0, event="merge_group")
    is_at("the merge queue passes", [K_GREEN, K_GREEN], False, "success", again)
finally:
    server.stdin.close()
    server.wait(timeout=20)
