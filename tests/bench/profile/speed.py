#!/usr/bin/env python3
"""CPU time (user + system) of perfwarden on profiles against FlameGraph's Perl scripts and `wc -l`, one run each.

Usage: speed.py PERFWARDEN FLAMEGRAPH_DIR [--small] [--check] [--only NAME]
Makes its inputs in a temporary folder (1.6 GB). Ends with 1 when a goal is missed or, with --check, when the lines that both
write differ. --small makes a twentieth of that, where the start of a program weighs much, and judges no ratio."""

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import inputs  # noqa: E402

MIB = 1 << 20


class Run:
    """One command, run once with its output thrown away."""

    def __init__(self, command):
        self.anonymous = 0
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        watcher = threading.Thread(target=self.watch)
        watcher.start()
        self.errors = self.process.stderr.read().decode(errors="replace")
        _, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        watcher.join()
        if self.process.returncode != 0:
            sys.exit(f"{' '.join(command)}: exit {self.process.returncode}\n{self.errors}")
        self.seconds = usage.ru_utime + usage.ru_stime
        self.resident = usage.ru_maxrss * 1024

    def watch(self):
        while True:
            try:
                with open(f"/proc/{self.process.pid}/status", encoding="ascii", errors="replace") as status:
                    for line in status:
                        if line.startswith("RssAnon:"):
                            self.anonymous = max(self.anonymous, int(line.split()[1]) * 1024)
                            break
                    else:
                        return
            except OSError:
                return
            time.sleep(0.004)


def digest(command):
    """Of the lines that a command writes, in any order."""
    total = lines = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        for line in process.stdout:
            total = (total + hash(line)) & (2**64 - 1)
            lines += 1
    return total, lines


def compare(name, ours, peer, goal, files, arguments):
    counted = [Run(["wc", "-l", *files])]
    mine, theirs = Run(ours), Run(peer)
    ratio = theirs.seconds / mine.seconds
    size = sum(os.path.getsize(file) for file in files)
    print(f"{name}: {ratio:.1f} times as fast as {os.path.basename(peer[1])} (goal {goal}): {mine.seconds:.2f} s against "
          f"{theirs.seconds:.2f} s; {mine.seconds / counted[0].seconds:.1f} times wc -l; {size / mine.seconds / 1e6:.0f} MB/s")
    print(f"    memory: {mine.resident / MIB:.0f} MiB resident, {mine.anonymous / MIB:.0f} MiB of it anonymous; "
          f"{os.path.basename(peer[1])} {theirs.resident / MIB:.0f} MiB; input {size / MIB:.0f} MiB", flush=True)
    fast = arguments.small or ratio >= goal
    if arguments.check:
        same = digest(ours) == digest(peer)
        print(f"    {'the same lines' if same else 'OTHER LINES'}", flush=True)
        return fast and same
    return fast


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("perfwarden")
    parser.add_argument("flamegraph")
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--only", choices=["repetitive", "distinct", "diff", "flamegraph"])
    arguments = parser.parse_args()
    share = 20 if arguments.small else 1
    tool = [os.path.abspath(arguments.perfwarden), "profile"]
    wanted = [arguments.only] if arguments.only else ["repetitive", "distinct", "diff", "flamegraph"]
    help_text = subprocess.run([*tool, "--help"], stdout=subprocess.PIPE, check=True).stdout.decode()
    verbs = {line.split()[0] for line in help_text.splitlines() if line.startswith("  ") and line.strip()}

    def perl(script):
        return ["perl", os.path.join(arguments.flamegraph, script)]

    good = True
    with tempfile.TemporaryDirectory(prefix="perfwarden-speed-") as folder:
        script, base, head = (os.path.join(folder, name) for name in ("perf.txt", "base.folded", "head.folded"))
        for name, make, goal in (("repetitive", inputs.perf_repetitive, 40), ("distinct", inputs.perf_distinct, 12)):
            if name in wanted:
                make(script, 200 * 10**6 // share)
                good &= compare(f"fold, {name}", [*tool, "fold", script], [*perl("stackcollapse-perf.pl"), script], goal,
                                [script], arguments)
        if "diff" in wanted or "flamegraph" in wanted:
            inputs.folded_pair(base, head, 600 * 10**6 // share)
        if "diff" in wanted and "diff" in verbs:
            good &= compare("diff", [*tool, "diff", "--as", "folded", base, head], [*perl("difffolded.pl"), base, head], 10,
                            [base, head], arguments)
        if "flamegraph" in wanted and "flamegraph" in verbs:
            arguments.check = False  # pictures differ by design
            good &= compare("flame graph", [*tool, "flamegraph", base, "-o", os.path.join(folder, "out.svg")],
                            [*perl("flamegraph.pl"), base], 30, [base], arguments)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
