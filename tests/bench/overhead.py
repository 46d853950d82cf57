#!/usr/bin/env python3
"""What measuring costs by itself, against hyperfine in the same minutes. Usage: overhead.py PERFWARDEN [RUNS]. Needs
hyperfine, and a C compiler for the third part.

Between invocations: wall and CPU time that one of /bin/true costs, with all that belongs to it. Around one: what each
reports as its time. Inside one: a program that does a fixed amount of work and times itself, run bare, by hyperfine and
by perfwarden. The rounds alternate; of each the medians are compared, since others may use this machine."""
import json, os, pathlib, resource, shutil, statistics, subprocess, sys, tempfile, time

binary = os.path.realpath(sys.argv[1])
runs = int(sys.argv[2]) if len(sys.argv) > 2 else 300
ROUNDS = 7
CONFIG = "version: 1\nsuites:\n  one: {{ run: {program}, parser: time, iterations: {runs}, warmup: 1 }}\n"
# It writes what it took to a file of its own, so that no harness's pipe is part of the work. It walks through 1 MiB in
# an order that no prefetcher guesses, so that the state of the caches matters.
WORK = r"""
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>
static unsigned table[1 << 18];
static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec * 1e-9; }
int main(int argc, char** argv) {
  const double began = now();
  unsigned x = 1;
  for (int i = 0; i < 1 << 18; ++i) table[i] = x = x * 1664525u + 1013904223u;
  for (int i = 0; i < 4000000; ++i) x = table[x >> 14] + x * 5u + 1u;
  const double took = now() - began;
  char line[64];
  const int size = snprintf(line, sizeof line, "%.9f\n", took + (x == 42 ? 1e-9 : 0));
  const int file = open(argv[1], O_WRONLY | O_CREAT | O_APPEND, 0666);
  return argc == 2 && write(file, line, size) == size ? 0 : 1;
}
"""


def cpu_s():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def timed(command, folder):
    """Wall and CPU seconds."""
    cpu, began = cpu_s(), time.monotonic()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.monotonic() - began, cpu_s() - cpu


def hyperfine(command, count, file):
    return ["hyperfine", "-N", "--style", "none", "--warmup", "1", "--runs", str(count), "--export-json", file, command]


def reported_by_us(folder):
    for file in folder.glob("out/*.json"):
        for series in json.loads(file.read_text())["series"]:
            if series["metric"] == "wall_time":
                return [value for one in series["invocations"] for value in one]
    return []


def show(what, ours, theirs, scale=1000, unit="ms"):
    a, b = statistics.median(ours), statistics.median(theirs)
    print(f"{what:44} perfwarden {a * scale:7.3f} {unit}   hyperfine -N {b * scale:7.3f} {unit}   ratio {a / b:.2f}   "
          f"(of the least: {min(ours) / min(theirs):.2f})")


def around(folder):
    (folder / "perfwarden.yml").write_text(CONFIG.format(program="/bin/true", runs=runs))
    wall, cpu, told = ([], []), ([], []), ([], [])
    for _ in range(ROUNDS):
        start = timed([binary, "--version"], folder)
        for i, command in enumerate(([binary, "run", "-o", "out"], hyperfine("/bin/true", runs, "h.json"))):
            took = timed(command, folder)
            wall[i].append((took[0] - (start[0] if i == 0 else 0)) / (runs + 1))
            cpu[i].append((took[1] - (start[1] if i == 0 else 0)) / (runs + 1))
        told[0].extend(reported_by_us(folder))
        told[1].extend(json.loads((folder / "h.json").read_text())["results"][0]["times"])
    show("an invocation of /bin/true costs", *wall)
    show("  of CPU time, that of /bin/true included", *cpu)
    show("  and is reported to have taken", *told)


def inside(folder):
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        print("no C compiler: what measuring costs inside an invocation was not measured")
        return
    (folder / "work.c").write_text(WORK)
    subprocess.run([compiler, "-O2", "-o", str(folder / "work"), str(folder / "work.c")], check=True)
    count = max(10, runs // 10)
    own = {"bare": [], "hyperfine -N": [], "perfwarden": []}
    for _ in range(ROUNDS):
        for way, values in own.items():
            times = folder / "times"
            times.unlink(missing_ok=True)
            program = f"{folder}/work {times}"
            (folder / "perfwarden.yml").write_text(CONFIG.format(program=program, runs=count))
            if way == "bare":
                for _ in range(count + 1):
                    subprocess.run(program.split(), check=True, stdout=subprocess.DEVNULL)
            else:
                command = [binary, "run", "-o", "out"] if way == "perfwarden" else hyperfine(program, count, "h.json")
                timed(command, folder)
            values += [float(line) for line in times.read_text().splitlines()][1:]
    bare = own["bare"]
    print(f"work of a fixed amount, timed by itself        bare {1000 * statistics.median(bare):.3f} ms")
    for way in ("hyperfine -N", "perfwarden"):
        print(f"  by {way:39} {1000 * statistics.median(own[way]):7.3f} ms   ratio to bare "
              f"{statistics.median(own[way]) / statistics.median(bare):.4f}   "
              f"(of the least: {min(own[way]) / min(bare):.4f})")


with tempfile.TemporaryDirectory() as name:
    around(pathlib.Path(name))
    inside(pathlib.Path(name))
