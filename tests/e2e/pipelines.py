#!/usr/bin/env python3
"""Executes what the example pipelines execute (config/examples/gitlab, jenkins, plain.sh, deploy), with the variables
that those CIs set, in a repository whose head is slower than its base and in one whose head is not.

pipelines.py PERFWARDEN WORK"""
import http.server
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import threading
import xml.etree.ElementTree

examples = pathlib.Path(__file__).resolve().parents[2] / "config" / "examples"
perfwarden, work = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
shutil.rmtree(work, ignore_errors=True)
(work / "bin").mkdir(parents=True)
(work / "bin" / "perfwarden").symlink_to(perfwarden)
base_env = {"PATH": f"{work / 'bin'}:/usr/local/bin:/usr/bin:/bin", "HOME": str(work), "NO_PROXY": "127.0.0.1",
            **{f"GIT_{who}_{what}": "t@example.invalid" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}}


def sh(line, cwd, **more):
    return subprocess.run(["/bin/sh", "-c", line], cwd=cwd, env=base_env | more, capture_output=True, text=True, timeout=300)


def repository(name, head_value):
    """A repository whose benchmark reports 1000 thousand on base and head_value thousand on head, give or take 100. Its base, as a branch of origin too."""
    top = work / name
    top.mkdir()
    (top / "perfwarden.yml").write_text(
        "version: 1\nsuites: { core: { run: ./bench, parser: { regex: '^(?<name>\\S+) (?<value>\\S+) (?<unit>\\S+)$' }, "
        "iterations: 12, profile: off } }\nbudgets: { '*': +5% }\nhistory: off\n")
    commit = "git add -A && git commit -q -m x"
    for value, branch in ((1000, "main"), (head_value, "change")):
        (top / "bench").write_text(f"#!/bin/sh\necho parse $(({value} * 1000 + $$ % 97)) s\n")
        (top / "bench").chmod(0o755)
        line = f"git init -q -b main . && {commit}" if branch == "main" else f"git checkout -q -b change && {commit} --allow-empty"
        done = sh(line, top)
        assert done.returncode == 0, done.stderr
    assert sh("git update-ref refs/remotes/origin/main main", top).returncode == 0
    return top, sh("git rev-parse main", top).stdout.strip()


def script_of(job):
    """The commands of one job of the GitLab pipeline."""
    text = (examples / "gitlab" / "pipeline.yml").read_text()
    block = re.search(rf"^{job}:\n((?:  .*\n|\n)*)", text, re.M).group(1)
    lines = re.search(r"^  script:\n((?:    .*\n?)*)", block, re.M).group(1).splitlines()
    return "\n".join(line[6:] for line in lines if line.startswith("    - "))


class GitLab(http.server.BaseHTTPRequestHandler):
    """Notes of merge request 7 of project 3. It refuses what GitLab would refuse."""
    notes, complaints = [{"id": 1, "author": {"id": 9}, "body": ""}], []

    def answer(self, value, status=200):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle_any(self):
        if self.headers.get("PRIVATE-TOKEN") != "glpat-secret":
            self.complaints.append("no token")
        path, place = self.path.split("?")[0], "/api/v4/projects/3/merge_requests/7/notes"
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length))["body"] if length else None
        if self.command == "GET" and path == "/api/v4/user":
            return self.answer({"id": 5})
        if self.command == "GET" and path == place:
            return self.answer(self.notes)
        if self.command == "POST" and path == place:
            self.notes.append({"id": len(self.notes) + 1, "author": {"id": 5}, "body": body})
            return self.answer(self.notes[-1], 201)
        for note in self.notes:
            if self.command == "PUT" and path == f"{place}/{note['id']}" and note["author"]["id"] == 5:
                note["body"] = body
                return self.answer(note)
        self.complaints.append(f"{self.command} {self.path}")
        return self.answer({}, 404)

    do_GET = do_POST = do_PUT = handle_any

    def log_message(self, *_):
        pass


slow, slow_base = repository("slow", 1200)
same, same_base = repository("same", 1000)

# GitLab: the job that measures, with no token; then the note, twice.
for top, base, code in ((slow, slow_base, 1), (same, same_base, 0)):
    done = sh(script_of("performance"), top, CI="true", GITLAB_CI="true", CI_MERGE_REQUEST_DIFF_BASE_SHA=base)
    assert done.returncode == code, (top, done.returncode, done.stdout, done.stderr)
    xml.etree.ElementTree.parse(top / "reports" / "junit.xml")
    findings = json.loads((top / "reports" / "gl-code-quality.json").read_text())
    assert bool(findings) == (code == 1), findings
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), GitLab)
threading.Thread(target=server.serve_forever, daemon=True).start()
pipeline = 100
for top in (slow, same):
    pipeline += 1
    nowhere = work / f"note of {top.name}"  # GIT_STRATEGY: none
    shutil.copytree(top / "reports", nowhere / "reports")
    done = sh(script_of("performance-note"), nowhere, CI="true", GITLAB_CI="true", PERFWARDEN_GITLAB_TOKEN="glpat-secret",
              CI_API_V4_URL=f"http://127.0.0.1:{server.server_port}/api/v4", CI_PROJECT_ID="3", CI_MERGE_REQUEST_IID="7",
              CI_PIPELINE_ID=str(pipeline), CI_JOB_ID=str(pipeline), CI_JOB_NAME="performance-note")
    assert done.returncode == 0, done.stderr
    assert not GitLab.complaints, GitLab.complaints
    assert len(GitLab.notes) == 2, GitLab.notes
    verdict = "slower than its budget" if top is slow else "within"
    assert verdict in GitLab.notes[1]["body"], GitLab.notes[1]
    GitLab.notes[0]["body"] = GitLab.notes[1]["body"]  # of a stranger, with our marker
assert "slower than its budget" not in GitLab.notes[1]["body"]
server.shutdown()

# Jenkins: its shell line, and what the pipeline makes of the exit code.
jenkinsfile = (examples / "jenkins" / "Jenkinsfile").read_text()
line = re.search(r"script: '([^']+)'", jenkinsfile).group(1)
for top, code in ((slow, 1), (same, 0)):
    shutil.rmtree(top / "reports")
    done = sh(line, top, JENKINS_URL="http://jenkins.invalid", CHANGE_TARGET="main")
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    for artifact in re.findall(r"report(?:s/|Files: ')([\w.]+)'", jenkinsfile):
        assert (top / "reports" / artifact).exists(), artifact
for balance in ("{}", "()", "[]"):
    assert jenkinsfile.count(balance[0]) == jenkinsfile.count(balance[1]), f"Jenkinsfile: {balance}"

# Any other.
for top, code in ((slow, 1), (same, 0)):
    shutil.rmtree(top / "reports")
    done = sh(f"sh '{examples / 'plain.sh'}'", top)
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    assert (top / "reports" / "report.json").exists()
# GitHub: the deployment that waits for the gate.
workflow = (examples / "deploy" / "workflow.yml").read_text()
jobs = {job: re.findall(r"^      - run: (.*)$", block, re.M)
        for job, block in re.findall(r"^  (performance|deploy):\n((?:    .*\n)*)", workflow, re.M)}
assert jobs["deploy"][-1] == "./deploy.sh" and re.search(r"^    needs: performance$", workflow, re.M), workflow


def deploys(top, commit):
    """The first command of the job `deploy` that fails; none where all of them ran, the deployment last."""
    (top / "deploy.sh").write_text("#!/bin/sh\n: > deployed\n")
    (top / "deploy.sh").chmod(0o755)
    (top / "deployed").unlink(missing_ok=True)
    failed = next((line for line in jobs["deploy"] if sh(line, top, GITHUB_SHA=commit).returncode != 0), None)
    assert (failed is None) == (top / "deployed").exists(), failed
    return failed


for top, code in ((slow, 1), (same, 0)):
    shutil.rmtree(top / "reports")
    done = sh(jobs["performance"][0], top)
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    if shutil.which("jq", path=base_env["PATH"]):
        head = sh("git rev-parse HEAD", top).stdout.strip()
        gate = "perfwarden gate reports/report.json"
        assert deploys(top, head) == (gate if code else None), "a report that fails deploys nothing"
        assert deploys(top, "0" * 40) == jobs["deploy"][0], "the report of another commit deploys nothing"
print("the example pipelines of GitLab, Jenkins, any other CI, and GitHub's deployment work")
