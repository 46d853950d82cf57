#!/usr/bin/env python3
"""Executes the two workflows of config/examples/forks as a whole: a stranger's pull request is measured with a token that can only
read, its reports become an artifact, and the second workflow comments on the pull request. Then the stranger forges the report.

forks.py PERFWARDEN WORK"""
import http.server
import json
import pathlib
import re
import shutil
import sys
import threading

from stage import Stage

examples = pathlib.Path(__file__).resolve().parents[2] / "config" / "examples" / "forks"
stage = Stage(sys.argv[1], sys.argv[2])
perfwarden, work, sh, git = stage.perfwarden, stage.work, stage.sh, stage.git


def step(workflow, name):
    """The command of a step, and whether the step has the token."""
    text = (examples / workflow).read_text()
    block = re.search(rf"- name: {name}\n((?:        .*\n)*)", text).group(1)
    return re.search(r"run: '(.*)'", block).group(1), "github.token" in block


class GitHub(http.server.BaseHTTPRequestHandler):
    """The calls that publishing on pull request 8 of acme/widgets needs, and no others."""
    head, comments, labels, complaints = "", [], [], []

    def answer(self, value, status=200):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle_any(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else {}
        path, top = self.path.split("?")[0], "/repos/acme/widgets"
        pull = {"number": 8, "state": "open", "user": {"login": "mallory"}, "body": "",
                "head": {"sha": self.head, "ref": "faster", "repo": {"full_name": "mallory/widgets"}},
                "base": {"ref": "main", "repo": {"full_name": "acme/widgets"}}}
        if self.headers.get("Authorization") != "Bearer ghs_publish":
            self.complaints.append(f"token {self.headers.get('Authorization')}")
        calls = {("GET", f"{top}/pulls"): lambda: ([pull] if "head=mallory%3Afaster" in self.path else [], 200),
                 ("GET", f"{top}/pulls/8"): lambda: (pull, 200),
                 ("GET", f"{top}/issues/8/events"): lambda: ([], 200),
                 ("GET", f"{top}/issues/8/comments"): lambda: (self.comments, 200),
                 ("POST", f"{top}/issues/8/comments"): lambda: (self.create(body), 201),
                 ("GET", f"{top}/issues/comments/1"): lambda: (self.comments[0], 200),
                 ("PATCH", f"{top}/issues/comments/1"): lambda: (self.comments[0].update(body) or self.comments[0], 200),
                 ("POST", f"{top}/labels"): lambda: (body, 201),
                 ("POST", f"{top}/issues/8/labels"): lambda: (self.labels.extend(body["labels"]) or [], 200),
                 ("DELETE", f"{top}/issues/8/labels/performance-regression"): lambda: ([], 200)}
        if (self.command, path) not in calls:
            self.complaints.append(f"{self.command} {self.path}")
            return self.answer({"message": "Not Found"}, 404)
        return self.answer(*calls[self.command, path]())

    def create(self, body):
        self.comments.append({"id": 1, "body": body["body"], "node_id": "IC_1",
                              "user": {"login": "github-actions[bot]", "type": "Bot"}})
        return self.comments[0]

    do_GET = do_POST = do_PATCH = do_DELETE = handle_any

    def log_message(self, *_):
        pass


# Base, and a stranger's head that is slower and whose own config allows that.
top = work / "repository"
top.mkdir()
config = ("version: 1\nsuites: {{ core: {{ run: ./bench, parser: {{ regex: '^(?<name>\\S+) (?<value>\\S+) (?<unit>\\S+)$' }}, "
          "iterations: 12, profile: off }} }}\nbudgets: {{ '*': +{}% }}\nhistory: off\n")
for value, limit, branch in ((1000, 5, "main"), (1200, 900, "faster")):
    (top / "bench").write_text(f"#!/bin/sh\necho parse $(({value} * 1000 + $$ % 97)) s\n")
    (top / "bench").chmod(0o755)
    (top / "perfwarden.yml").write_text(config.format(limit))
    git("init -q -b main ." if branch == "main" else "checkout -q -b faster", top)
    git("add -A", top)
    git("commit -q -m x", top)
base, head = git("rev-parse main", top), git("rev-parse faster", top)
GitHub.head = head
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), GitHub)
threading.Thread(target=server.serve_forever, daemon=True).start()


def workflow(event, payload, sha, **more):
    path = work / f"{event}.json"
    path.write_text(json.dumps(payload))
    return {"GITHUB_ACTIONS": "true", "CI": "true", "GITHUB_EVENT_NAME": event, "GITHUB_EVENT_PATH": str(path),
            "GITHUB_REPOSITORY": "acme/widgets", "GITHUB_REPOSITORY_ID": "1", "GITHUB_SHA": sha, "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_API_URL": f"http://127.0.0.1:{server.server_port}", "RUNNER_TEMP": str(work / "temp"), **more}


command, has_token = step("measure.yml", "Measure and judge")
assert not has_token
pull_request = {"repository": {"id": 1, "default_branch": "main"},
                "pull_request": {"number": 8, "head": {"sha": head, "ref": "faster", "repo": {"id": 2, "full_name": "mallory/widgets"}},
                                 "base": {"sha": base, "ref": "main"}}}
done = sh(command, top, **workflow("pull_request", pull_request, head, GITHUB_RUN_ID="10"))
assert done.returncode == 1, (done.returncode, done.stdout, done.stderr)
assert not GitHub.comments and not GitHub.complaints, "the first workflow speaks to nobody"

command, has_token = step("publish.yml", "Report")
assert has_token
artifact = top / "reports"
trusted = work / "trusted"  # the checkout of the default branch
git(f"clone -q -b main {top} {trusted}", work)
after = {"repository": {"id": 1, "default_branch": "main"},
         "workflow_run": {"head_sha": head, "head_branch": "faster", "event": "pull_request",
                          "head_repository": {"id": 2, "full_name": "mallory/widgets"}}}


def publish(run):
    shutil.rmtree(trusted / "reports", ignore_errors=True)
    shutil.copytree(artifact, trusted / "reports")
    done = sh(command, trusted, **workflow("workflow_run", after, base, GITHUB_RUN_ID=run, PERFWARDEN_TOKEN="ghs_publish"))
    assert not GitHub.complaints, GitHub.complaints
    return done


done = publish("20")
assert done.returncode == 0, (done.stdout, done.stderr)
assert len(GitHub.comments) == 1, done.stderr
comment = GitHub.comments[0]["body"]
assert comment.startswith("### ❌ 1 of 1 benchmark is slower"), comment
assert "own run reported these numbers" in comment, comment
assert GitHub.labels == ["performance-regression"], GitHub.labels

# A report that says pass is judged again by its samples; one about another pull request is refused.
report = json.loads((artifact / "report.json").read_text())
(artifact / "report.json").write_text(json.dumps(report | {"verdict": "pass"}))
done = publish("21")
assert done.returncode == 0, done.stderr
assert "the run itself reported 'pass'" in GitHub.comments[0]["body"], GitHub.comments[0]["body"]
report["context"]["pull_request"] = 7
(artifact / "report.json").write_text(json.dumps(report))
assert publish("22").returncode != 0
assert len(GitHub.comments) == 1

# The pull request has moved on: what was measured is about another commit.
report["context"]["pull_request"] = 8
(artifact / "report.json").write_text(json.dumps(report))
before, GitHub.head = GitHub.comments[0]["body"], "e" * 40
done = publish("23")
assert done.returncode == 0, done.stderr
assert GitHub.comments[0]["body"] == before
server.shutdown()
print("the two workflows for forks work")
