#!/usr/bin/env python3
"""The life of `/perfwarden accept`, by the workflows that `perfwarden init` writes: a pull request fails, somebody comments, the
comment's workflow lets the failed job run again, and that second try is green without measuring. Before that a stranger's comment is
refused, and an edited one does not count.

accept.py PERFWARDEN WORK"""
import datetime
import hashlib
import http.server
import io
import json
import re
import shutil
import sys
import threading
import zipfile

from stage import Stage

stage = Stage(sys.argv[1], sys.argv[2])
perfwarden, work, sh, git = stage.perfwarden, stage.work, stage.sh, stage.git


def now(ago_s=0):
    return (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=ago_s)).strftime("%Y-%m-%dT%H:%M:%SZ")


class GitHub(http.server.BaseHTTPRequestHandler):
    """The calls that accepting on pull request 8 of acme/widgets needs, and no others."""
    head, zipped, comments, labels, reactions, reruns, complaints, calls = "", b"", [], set(), [], [], [], []

    def answer(self, value, status=200):
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle_any(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else {}
        path, top = self.path.split("?")[0], "/repos/acme/widgets"
        if path == "/blob/1":
            assert "Authorization" not in self.headers, "the token goes to GitHub alone"
            return self.answer(self.zipped)
        if self.headers.get("Authorization") != "Bearer ghs_token":
            self.complaints.append(f"token {self.headers.get('Authorization')}")
        self.calls.append(f"{self.command} {self.path}")
        pull = {"number": 8, "state": "open", "user": {"login": "ann"}, "body": "",
                "head": {"sha": self.head, "ref": "slower", "repo": {"full_name": "acme/widgets"}},
                "base": {"ref": "main", "repo": {"full_name": "acme/widgets"}}}
        run = {"id": 10, "event": "pull_request", "head_branch": "slower", "head_sha": self.head, "status": "completed",
               "conclusion": "failure", "path": ".github/workflows/perfwarden.yml", "repository": {"id": 1},
               "head_repository": {"id": 1}}
        artifact = {"id": 1, "name": "perfwarden", "expired": False, "created_at": now(60), "expires_at": now(-86400),
                    "digest": "sha256:" + hashlib.sha256(self.zipped).hexdigest(),
                    "workflow_run": {"id": 10, "repository_id": 1, "head_repository_id": 1, "head_branch": "slower",
                                     "head_sha": self.head}}
        if self.command == "GET" and path == f"{top}/actions/artifacts/1/zip":
            self.send_response(302)
            self.send_header("Location", f"http://127.0.0.1:{server.server_port}/blob/1")
            self.send_header("Content-Length", "0")
            return self.end_headers()
        named = "name=perfwarden&" in self.path
        answers = {
            ("GET", f"{top}/pulls/8"): lambda: (pull, 200),
            ("GET", f"{top}/issues/8/events"): lambda: ([], 200),
            ("GET", f"{top}/issues/8/comments"): lambda: (self.comments, 200),
            ("POST", f"{top}/issues/8/comments"): lambda: (self.comment("github-actions[bot]", body["body"]), 201),
            ("GET", f"{top}/collaborators/ann/permission"): lambda: ({"permission": "write"}, 200),
            ("GET", f"{top}/actions/workflows/perfwarden.yml/runs"): lambda: ({"workflow_runs": [run]}, 200),
            ("GET", f"{top}/actions/runs/10"): lambda: (run, 200),
            ("POST", f"{top}/actions/runs/10/rerun-failed-jobs"): lambda: (self.reruns.append(10) or {}, 201),
            ("GET", f"{top}/actions/artifacts"): lambda: ({"artifacts": [artifact] if named else []}, 200),
            ("POST", f"{top}/labels"): lambda: (body, 201),
            ("POST", f"{top}/issues/8/labels"): lambda: (self.labels.update(body["labels"]) or [], 200),
            ("DELETE", f"{top}/issues/8/labels/performance-regression"): lambda: (self.labels.clear() or [], 200)}
        of_comment = re.fullmatch(rf"{top}/issues/comments/(\d+)(/reactions)?", path)
        if of_comment:
            one = self.comments[int(of_comment.group(1)) - 1]
            if of_comment.group(2):
                self.reactions.append(body["content"])
                return self.answer({}, 201)
            one.update(body)
            return self.answer(one)
        if (self.command, path) not in answers:
            self.complaints.append(f"{self.command} {self.path}")
            return self.answer({"message": "Not Found"}, 404)
        return self.answer(*answers[self.command, path]())

    @classmethod
    def comment(cls, login, text, association="NONE", edited=False):
        cls.comments.append({"id": len(cls.comments) + 1, "node_id": "IC", "body": text, "author_association": association,
                             "created_at": now(), "updated_at": now(-5 if edited else 0),
                             "user": {"login": login, "type": "Bot" if login.endswith("[bot]") else "User"}})
        return cls.comments[-1]

    do_GET = do_POST = do_PATCH = do_DELETE = handle_any

    def log_message(self, *_):
        pass


# A base, a head that is slower, and the workflows that init writes.
top = work / "repository"
top.mkdir()
for value, branch in ((1000, "main"), (1200, "slower")):
    (top / "bench").write_text(f"#!/bin/sh\necho parse $(({value} * 1000 + $$ % 97)) s\n")
    (top / "bench").chmod(0o755)
    git("init -q -b main ." if branch == "main" else "checkout -q -b slower", top)
    if branch == "main":
        done = sh(f"{perfwarden} init --yes --no-run --run ./bench --parser time", top)
        assert done.returncode == 0, (done.stdout, done.stderr)
        (top / "perfwarden.yml").write_text(
            "version: 1\nsuites: { core: { run: ./bench, parser: { regex: '^(?<name>\\S+) (?<value>\\S+) (?<unit>\\S+)$' }, "
            "iterations: 12, profile: off } }\nbudgets: { '*': +5% }\nhistory: off\n")
    git("add -A", top)
    git("commit -q -m x", top)
base, head = git("rev-parse main", top), git("rev-parse slower", top)
GitHub.head = head
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), GitHub)
threading.Thread(target=server.serve_forever, daemon=True).start()


def step(workflow, name):
    """The command of a step, and whether the step has the token."""
    text = (top / ".github" / "workflows" / workflow).read_text()
    block = re.search(rf"- name: {name}(?: #.*)?\n((?:        .*\n)*)", text).group(1)
    return re.search(r"run: '(.*)'", block).group(1), "github.token" in block


def run(workflow, name, event, payload, **more):
    command, has_token = step(workflow, name)
    path = work / "event.json"
    path.write_text(json.dumps(payload | {"repository": {"id": 1, "default_branch": "main"}}))
    token = {"GITHUB_TOKEN": "ghs_token"} if has_token else {}
    done = sh(command, top, GITHUB_ACTIONS="true", CI="true", GITHUB_EVENT_NAME=event, GITHUB_EVENT_PATH=str(path),
              GITHUB_REPOSITORY="acme/widgets", GITHUB_REPOSITORY_ID="1", GITHUB_OUTPUT=str(work / "output"),
              GITHUB_WORKFLOW_REF="acme/widgets/.github/workflows/" + workflow + "@refs/heads/main",
              GITHUB_API_URL=f"http://127.0.0.1:{server.server_port}", RUNNER_TEMP=str(work / "temp"), **token, **more)
    assert not GitHub.complaints, (GitHub.complaints, done.stderr)
    return done


pull_request = {"action": "synchronize",
                "pull_request": {"number": 8, "updated_at": now(30),
                                 "head": {"sha": head, "ref": "slower", "repo": {"id": 1, "full_name": "acme/widgets",
                                                                                 "pushed_at": now(30)}},
                                 "base": {"sha": base, "ref": "main"}}}
first = {"GITHUB_SHA": head, "GITHUB_RUN_ID": "10", "GITHUB_RUN_ATTEMPT": "1"}
again = first | {"GITHUB_RUN_ATTEMPT": "2"}

# 1. The pull request fails, and says so.
done = run("perfwarden.yml", "Measure and judge", "pull_request", pull_request, **first)
assert done.returncode == 1, (done.returncode, done.stdout, done.stderr)
done = run("perfwarden.yml", "Report", "pull_request", pull_request, **first)
assert done.returncode == 0, (done.stdout, done.stderr)
assert GitHub.comments[0]["body"].startswith("### ❌"), GitHub.comments
full_run = len(GitHub.calls)
assert full_run <= 12, GitHub.calls
archive = io.BytesIO()
with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
    for path in sorted((top / "reports").rglob("*")):
        if path.is_file():
            out.write(path, path.relative_to(top / "reports"))
GitHub.zipped = archive.getvalue()
shutil.rmtree(top / "reports")


# 2. Comments: the workflow runs as the default branch has it.
def comment(*words, **more):
    written = GitHub.comment(*words, **more)
    git("checkout -q main", top)
    done = run("perfwarden-accept.yml", "Accept", "issue_comment",
               {"action": "created", "comment": {"id": written["id"]}, "issue": {"number": 8, "pull_request": {"url": "x"}}},
               GITHUB_SHA=base, GITHUB_RUN_ID="20", GITHUB_RUN_ATTEMPT="1")
    git("checkout -q slower", top)
    assert done.returncode == 0, (done.stdout, done.stderr)
    return done


comment("mallory", "/perfwarden accept core/* it is mine")
assert GitHub.reactions == ["-1"] and not GitHub.reruns, (GitHub.reactions, GitHub.reruns)
comment("ann", "/perfwarden accept core/* it is worth it", association="MEMBER", edited=True)
assert GitHub.reactions == ["-1", "-1"] and not GitHub.reruns, (GitHub.reactions, GitHub.reruns)
comment("ann", "/perfwarden accept core/* parses unicode now, worth 20 %", association="MEMBER")
assert GitHub.reactions == ["-1", "-1", "+1"] and GitHub.reruns == [10], (GitHub.reactions, GitHub.reruns)

# 3. The second try of the failed job judges again, and is green; nothing is measured.
done = run("perfwarden.yml", "Judge again", "pull_request", pull_request, **again)
assert done.returncode == 0, (done.returncode, done.stdout, done.stderr)
assert re.search(r"^verdict(=|<<)", (work / "output").read_text(), re.M), "the steps that measure are skipped by this output"
report = json.loads((top / "reports" / "report.json").read_text())
assert report["override"]["accepted"] if "accepted" in report["override"] else report["override"], report["override"]
body = GitHub.comments[0]["body"]
assert body.startswith("### ☑️") and "worth 20" in body, body
assert not GitHub.labels, GitHub.labels
print(f"accepted: red, comment, green; a full run asks GitHub {full_run} times")
server.shutdown()
