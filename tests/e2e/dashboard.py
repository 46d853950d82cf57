"""The dashboard in a real browser: every page served and exported, charts, keys, triage, hostile texts, accessibility.

dashboard.py PERFWARDEN FOLDER [--points N]  (N: only measures the first paint of a series of so many runs)
Exits with 77 where node, npm or Chromium are missing. Screenshots are left in FOLDER/shots.
"""
import argparse
import datetime
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys

import dashboard_history

HERE = pathlib.Path(__file__).resolve().parent
NODE = HERE.parent / "tidy" / "node"


def needed():
    """The browser, and axe-core from npm; or the end of the test."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    for tool, path in (("node", shutil.which("node")), ("npm", shutil.which("npm")), ("chromium", chromium)):
        if not path:
            print(f"skipped: no {tool}")
            raise SystemExit(77)
    subprocess.run(["bash", "-euc", "cd ../.. && . tests/tidy/node/ready.sh"], cwd=HERE, check=True, stdout=subprocess.DEVNULL)
    return chromium, str(NODE / "node_modules" / "axe-core" / "axe.min.js")


class Server:
    """`perfwarden dashboard --serve` in a project, on a port that is free."""

    def __init__(self, perfwarden, folder):
        self.process = subprocess.Popen([perfwarden, "dashboard", "--serve", "--port", "0"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for line in self.process.stdout:
            found = re.search(r"http://\S+:\d+/(\S*)", line)
            if found:
                self.url = found.group(0)
                return
        raise SystemExit("the server did not say where it is")

    def stop(self):
        self.process.terminate()
        return self.process.wait(10)


def browse(work, plan):
    """Runs dashboard.mjs by a plan and returns what it printed."""
    path = work / "plan.json"
    path.write_text(json.dumps(plan), encoding="utf-8")
    ran = subprocess.run(["node", HERE / "dashboard.mjs", path], stdout=subprocess.PIPE, text=True, check=False)
    if ran.returncode:
        raise SystemExit(f"the browser's part failed: {ran.stdout}")
    return json.loads(ran.stdout)


def alerts(perfwarden, folder):
    """Every alert by its number, as `perfwarden alert list` tells."""
    text = subprocess.run([perfwarden, "alert", "list", "--all", "--json"], cwd=folder, check=True, capture_output=True, text=True).stdout
    return {alert["id"]: alert for group in json.loads(text)["groups"] for alert in group}


def long_series(folder, points):
    """Files of one series with very many runs, and the config to read them; returns their names."""
    os.makedirs(folder)
    rng = random.Random(1)
    entries = []
    for run in range(points):
        when = datetime.datetime.fromtimestamp(1_600_000_000 + run * 1800, datetime.timezone.utc)
        level = 12.4 * (1.08 if run > points * 0.6 else 1)
        entries.append({"commit": {"id": f"{run + 1:040x}", "message": f"step {run}", "timestamp": when.strftime("%Y-%m-%dT%H:%M:%SZ"), "url": "https://example.invalid"},
                        "date": int(when.timestamp() * 1000), "tool": "customSmallerIsBetter", "benches": [{"name": "parse/large", "value": level * rng.gauss(1, 0.01), "unit": "ms"}]})
    files = []
    for first in range(0, points, 20_000):  # as many as one file may have
        files.append(f"data-{first}.js")
        with open(f"{folder}/{files[-1]}", "w", encoding="utf-8") as out:
            out.write("window.BENCHMARK_DATA = " + json.dumps({"lastUpdate": 1, "repoUrl": "https://example.invalid", "entries": {"Benchmark": entries[first:first + 20_000]}}))
    with open(f"{folder}/perfwarden.yml", "w", encoding="utf-8") as out:
        out.write("version: 1\nsuites: { s: { run: ./b } }\nbudgets: { \"**\": +5% }\n")
    return files


def measure_paint(perfwarden, work, plan, points):
    """Prints how long the page of one long series takes until it is drawn."""
    folder = work / "long"
    subprocess.run([perfwarden, "baseline", "import", *long_series(folder, points)], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    server = Server(perfwarden, folder)
    try:
        print(f"first paint of {points} points: {browse(work, plan | {'paint': server.url + 'series/1'})['paint_ms']} ms")
    finally:
        server.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("perfwarden")
    parser.add_argument("folder")
    parser.add_argument("--points", type=int, default=0)
    words = parser.parse_args()
    chromium, axe = needed()
    perfwarden, work = os.path.abspath(words.perfwarden), pathlib.Path(words.folder).resolve()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    plan = {"chromium": chromium, "axe": axe, "shots": str(work / "shots")}
    if words.points:
        return measure_paint(perfwarden, work, plan, words.points)
    project = work / "project"
    commits = dashboard_history.make(perfwarden, str(project))
    known = alerts(perfwarden, project)

    exported = work / "export"
    subprocess.run([perfwarden, "dashboard", "--export", exported], cwd=project, check=True, stdout=subprocess.DEVNULL)
    server = Server(perfwarden, project)
    try:
        first = min(known)
        done = browse(work, plan | {
            "url": server.url, "export": str(exported), "alerts": sorted(known), "series": "series/1", "runs": len(commits),
            "pages": ["", "alerts?q=is:open", f"alerts/{first}", "series", "series/1", f"compare?base={commits[30]}&head={commits[-1]}", "runs", "runs/1?series=1", "budgets", "machines", "search?q=script"],
            "exported": sorted({"index.html", "alerts.html", f"alert-{first}.html", "series.html", "series-1.html", "compare.html", "runs.html", "budgets.html", "machines.html", "search.html"}),
        })
    finally:
        code = server.stop()
    if code != 0:
        raise SystemExit(f"the server ended with {code}")
    after = alerts(perfwarden, project)
    expected = {done["acknowledged"]: "ACKNOWLEDGED", done["resolved"]: "RESOLVED"} | {number: "FALSE_POSITIVE" for number in done["false_positives"]}
    for number, status in expected.items():
        if after[number]["status"] != status:
            raise SystemExit(f"alert {number} is {after[number]['status']}, not {status}")
    print(f"{done['checks']} checks passed; pictures in {plan['shots']}")


if __name__ == "__main__":
    sys.exit(main())
