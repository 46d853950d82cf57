#!/usr/bin/env python3
"""Reads a large output of every format that perfwarden knows: is every value read, how fast, with how much memory?

Usage: ingest_large.py PERFWARDEN [--megabytes 100] [--format NAME]... The inputs are valid files in each harness's own
form, with many benchmarks or many values: as many series as the limits of src/ingest/limits.hpp allow. Prints a table
(MB/s and the ratio to `wc -l` are of CPU time, since others may use this machine), and ends with 1 when a format is
unknown here, fails, or gives other numbers of values or series than were put in. From 100 MB on it also sees that what
is beyond a limit is refused with the limit and the cure."""
import argparse, json, os, pathlib, subprocess, sys, tempfile, time

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "fixtures" / "ingest"
PER = 1000  # values of one benchmark, where a benchmark has many
ONCE = 3_000_000  # bytes, where a name may be there once only: fewer than 100 000 benchmarks
MOST_SERIES = 100_000  # src/ingest/limits.hpp


def value(i):
    return 1 + (i * 7919 % 1_000_003) / 1024


def values(i, count=PER):
    return [value(i * count + k) for k in range(count)]


def name(i, pad=0):
    return f"bench/{i:07}" + "/" + "x" * pad if pad else f"bench/{i:07}"


def fill(file, size, head, record, tail, between="", most=None):
    """Writes records until the file has `size` bytes; gives how many."""
    written, count = file.write(head), 0
    while written < size and (most is None or count < most):
        written += file.write((between if count else "") + record(count))
        count += 1
    file.write(tail)
    return count


def around(skeleton):
    """The text before and after the list or object where "@@" stands."""
    text = json.dumps(skeleton)
    return text.split('"@@": 0' if '"@@": 0' in text else '"@@"')


def fixture(path):
    return json.loads((FIXTURES / path).read_text())


# Each maker writes a file of about `size` bytes and gives the numbers of values and series in it.


def asv(file, size):
    whole = fixture("asv/commit.json")
    columns = whole["result_columns"]
    whole["results"] = {"@@": 0}
    head, tail = around(whole)

    def record(i):
        row = [None] * len(columns)
        row[columns.index("result")], row[columns.index("params")] = [value(i)], []
        row[columns.index("samples")] = [values(i)]
        return f'"suite.time_{i}": {json.dumps(row)}'

    count = fill(file, size, head, record, tail, ", ")
    return count * PER, count


def benchmark_dotnet(file, size):
    whole = fixture("benchmark-dotnet/report_brief.json")
    whole["Benchmarks"] = ["@@"]
    record = lambda i: json.dumps({"FullName": f"Demo.Sorting.Quick(N: {i})",
                                   "Statistics": {"OriginalValues": values(i), "N": PER, "Mean": value(i)}})
    head, tail = around(whole)
    count = fill(file, size, head, record, tail, ", ")
    return count * PER, count


def benchmark_ips(file, size):
    record = lambda i: json.dumps({"name": name(i, 850), "central_tendency": value(i), "ips": value(i), "error": 1,
                                   "stddev": 1, "microseconds": 310998.9, "iterations": 12119660, "cycles": 865690})
    count = fill(file, size, "[", record, "]", ",\n", MOST_SERIES)
    return count, count


def benchmark_js(file, size):
    record = lambda i: f"{name(i)} x {93_108_712 + i:,} ops/sec ±1.67% (6 runs sampled)\n"
    count = fill(file, min(size, ONCE), "", record, "Fastest is bench/1\n")
    return count, count


def bmf(file, size):
    record = lambda i: f'"{name(i, 990)}": {{"latency": {{"value": {value(i)}}}}}'
    count = fill(file, size, "{", record, "}", ",\n", MOST_SERIES)
    return count, count


def catch2(file, size):
    record = lambda i: (f'    <BenchmarkResults name="{name(i, 600)}" samples="100" resamples="100000" iterations="212" '
                        'clockResolution="18.4" estimatedDuration="2.1e+06">\n      <!--All values in nano seconds-->\n'
                        f'      <mean value="{value(i)}" lowerBound="96.5" upperBound="98.5" ci="0.95"/>\n'
                        '      <standardDeviation value="5.125" lowerBound="3.5" upperBound="8.25" ci="0.95"/>\n'
                        '      <outliers variance="0.5" lowMild="0" lowSevere="0" highMild="2" highSevere="6"/>\n'
                        '    </BenchmarkResults>\n')
    head = ('<?xml version="1.0" encoding="UTF-8"?>\n<Catch2TestRun name="bench" rng-seed="1" xml-format-version="3" '
            'catch2-version="3.5.2">\n  <TestCase name="Hash" tags="[!benchmark]" filename="bench.cpp" line="7">\n')
    count = fill(file, size, head, record, '  </TestCase>\n</Catch2TestRun>\n', "", MOST_SERIES)
    return count, count


def criterion(file, size):
    lines = (FIXTURES / "criterion/cargo_criterion.json").read_text().splitlines()
    template = next(json.loads(line) for line in lines if '"benchmark-complete"' in line)

    def record(i):
        template["id"] = f"group/{i}"
        template["throughput"] = []
        template["iteration_count"], template["measured_values"] = [10] * PER, values(i)
        return json.dumps(template) + "\n"

    count = fill(file, size, "", record, "")
    return count * PER, count


def csv(file, size, comma=","):
    row = lambda *fields: comma.join(map(str, fields)) + "\n"
    record = lambda i: row(name(i % 1000), "wall_time", "ms", value(i), i // 1000 + 1)
    count = fill(file, size, row("benchmark", "metric", "unit", "value", "invocation"), record, "")
    return count, min(count, 1000)


def divan(file, size):
    record = lambda i: f"├─ {name(i)}  1.5 µs │ 2.5 µs │ {i % 900 + 1.25} µs │ 2 µs │ 100 │ 100\n"
    count = fill(file, min(size, ONCE), "bench  fastest │ slowest │ median │ mean │ samples │ iters\n", record, "\n")
    return count, count


def dart(file, size):
    count = fill(file, min(size, ONCE), "", lambda i: f"{name(i)}(RunTime): {value(i)} us.\n", "")
    return count, count


def github_action_benchmark(file, size):
    benches = max(50, size // 15_000 // 70)  # of one run; a history has 20 000 runs at most
    one = lambda i: {"commit": {"id": f"{i:040x}", "message": "Change", "timestamp": "2026-11-20T10:00:00Z",
                                "url": "https://github.com/o/r/commit/1"}, "date": 1_700_000_000_000 + i, "tool": "go",
                     "benches": [{"name": f"{name(k)} - ns/op", "value": value(i + k), "unit": "ns/op"}
                                 for k in range(benches)]}
    head = 'window.BENCHMARK_DATA = {"lastUpdate": 1, "repoUrl": "", "entries": {"Go": ['
    fill(file, size, head, lambda i: json.dumps(one(i)), "]}}\n", ",\n")
    return benches, benches  # `ingest` takes the newest run


def go_bench(file, size):
    record = lambda i: (f"BenchmarkParse/{i % 1000}-2  \t    1000\t  {value(i):.4g} ns/op\t  {i % 512} B/op\t   "
                        f"{i % 16} allocs/op\n")
    count = fill(file, size, "goos: linux\ngoarch: amd64\npkg: example.com/parse\n", record, "PASS\n")
    return count * 3, min(count, 1000) * 3


def google_benchmark(file, size):
    whole = fixture("google-benchmark/repetitions.json")
    template = whole["benchmarks"][0]
    whole["benchmarks"] = ["@@"]
    head, tail = around(whole)

    def record(i):
        template.update(name=f"BM_Sort/{i // 10}", run_name=f"BM_Sort/{i // 10}", family_index=i // 10, repetitions=10,
                        repetition_index=i % 10, real_time=value(i), cpu_time=value(i + 1),
                        items_per_second=value(i + 2) * 1e6)
        return json.dumps(template, indent=6)

    count = fill(file, size, head, record, tail, ",\n")
    return count * 3, -(-count // 10) * 3


def gungraun(file, size):
    def record(i):
        lines = [f"sorting::group::bench short{i % 10_000}:vec! [3, 2, 1]"]
        for k, title in enumerate(("Instructions", "L1 Hits", "LL Hits", "RAM Hits", "Total read+write",
                                   "Estimated Cycles")):
            lines.append(f"  {title + ':':20} {i + k:>12}|1700            (+1.94118%) [+1.01941x]")
        return "\n".join(lines) + "\n"

    head = "     Running benches/sorting.rs (target/release/deps/sorting-0123456789abcdef)\n"
    count = fill(file, size, head, record, "")
    return count * 6, min(count, 10_000) * 6


def hyperfine(file, size):
    def record(i):
        times = [v / 1000 for v in values(i, 10 * PER)]
        return json.dumps({"command": f"sleep {i}", "mean": 1.0, "stddev": 0.1, "median": 1.0, "user": 0.1, "system": 0.1,
                           "min": 0.1, "max": 2.0, "times": times, "exit_codes": [0] * len(times)})

    count = fill(file, size, '{"results": [', record, "]}", ", ")
    return count * 10 * PER, count


def jmh(file, size):
    def record(i):
        return json.dumps({"jmhVersion": "1.37", "benchmark": "org.example.Sorting.quick", "mode": "avgt", "threads": 1,
                           "forks": 2, "params": {"size": str(i)}, "primaryMetric": {
                               "score": 31.5, "scoreError": 1.2, "scoreUnit": "us/op",
                               "rawData": [values(2 * i), values(2 * i + 1)]}, "secondaryMetrics": {}})

    count = fill(file, size, "[", record, "]", ",\n")
    return count * 2 * PER, count


def samples_json(file, size):
    head = '{"schema": "perfwarden.samples/1", "run": {}, "series": ['
    record = lambda i: json.dumps({"suite": "core", "benchmark": name(i), "metric": "wall_time", "unit": "s",
                                   "better": "lower", "invocations": [values(2 * i), values(2 * i + 1)]})
    count = fill(file, size, head, record, "]}", ",\n")
    return count * 2 * PER, count


def julia(file, size):
    parameters = ["BenchmarkTools.Parameters", {"gctrial": True, "samples": PER, "evals": 1, "seconds": 5.0}]
    record = lambda i: f'"{name(i)}": ' + json.dumps(
        ["BenchmarkTools.Trial", {"allocs": 1, "gctimes": [0.0] * PER, "memory": 16, "params": parameters,
                                  "times": values(i)}])
    head = '[{"Julia": "1.11.1", "BenchmarkTools": "1.6.0"}, [["BenchmarkGroup", {"data": {'
    count = fill(file, size, head, record, '}, "tags": []}]]]', ", ")
    return count * (PER + 2), count * 3


def k6(file, size):
    trends = min(10_000, size // 500)  # of six values each; what else a summary of that size holds are checks
    file.write('{"metrics": {' + ", ".join(
        f'"trend_{i}": ' + json.dumps({"avg": value(i), "min": 2.5, "med": 4.5, "max": 20, "p(90)": 7.5, "p(95)": 10})
        for i in range(trends)))
    record = lambda i: f'"check {i} is {"x" * 500}": ' + json.dumps(
        {"name": f"check {i}", "path": f"::check {i}", "id": f"{i:032x}", "passes": i, "fails": 0})
    fill(file, size - file.tell(), '}, "root_group": {"name": "", "path": "", "id": "0", "groups": {}, "checks": {', record,
         "}}}", ",\n")
    return trends * 6, trends * 6


def libtest(file, size):
    record = lambda i: f"test tests::{name(i)} ... bench:  {i % 90000 + 1000.25:14,} ns/iter (+/- 47,942.23)\n"
    count = fill(file, min(size, ONCE), "\nrunning 3 tests\n", record, "\ntest result: ok. 0 passed; 0 failed; 0 ignored\n")
    return count, count


def mitata(file, size):
    whole = fixture("mitata/samples.json")
    template = whole["benchmarks"][0]
    whole["benchmarks"] = ["@@"]
    head, tail = around(whole)

    def record(i):
        template["alias"] = template["runs"][0]["name"] = name(i)
        template["runs"][0]["stats"]["samples"] = values(i)
        return json.dumps(template)

    count = fill(file, size, head, record, tail, ", ")
    return count * (PER + 1), count * 2  # and the heap


def nanobench(file, size):
    template = fixture("nanobench/counters.json")["results"][0]

    def record(i):
        template["name"] = name(i)
        template["measurements"] = [
            {"iterations": 1000, "elapsed": v * 1e-8, "pagefaults": 0, "cpucycles": v, "contextswitches": 0,
             "instructions": 201, "branchinstructions": 30, "branchmisses": 0.25} for v in values(i)]
        return json.dumps(template)

    count = fill(file, size, '{"results": [', record, "]}", ",\n")
    return count * 6 * PER, count * 6


def pytest_benchmark(file, size):
    whole = fixture("pytest-benchmark/rounds.json")
    template = whole["benchmarks"][1]
    whole["benchmarks"] = ["@@"]
    head, tail = around(whole)

    def record(i):
        template.update(name=f"test_sort[{i}]", fullname=f"test_demo.py::test_sort[{i}]", params={"n": i}, param=str(i))
        template["stats"].update(data=values(i), rounds=PER)
        return json.dumps(template, indent=4)

    count = fill(file, size, head, record, tail, ", ")
    return count * PER, count


def regex(file, size):
    record = lambda i: f"{name(i % 1000)} 8192000 bytes (8.2 MB, 7.8 MiB) copied, {value(i)} s, 12.1 GB/s\n"
    count = fill(file, size, "", record, "")
    return count, min(count, 1000)


def swift_benchmark(file, size):
    head = ("running MySuite: fast... done! (1482.93 ms)\n\nname         time           std        iterations\n"
            "-------------------------------------------------\n")
    count = fill(file, size, head, lambda i: f"MySuite.{name(i, 900)}    {value(i)} ns ±  47.14 %      10000\n", "", "",
                 MOST_SERIES)
    return count, count


def tinybench(file, size):
    template = fixture("tinybench/samples.json")[0]

    def record(i):
        template["name"] = name(i)
        template["result"]["latency"]["samples"] = values(i)
        return json.dumps(template)

    count = fill(file, size, "[", record, "]", ",\n")
    return count * PER, count


def tsv(file, size):
    return csv(file, size, "\t")


def vitest(file, size):
    whole = fixture("vitest/samples.json")
    template = whole["files"][0]["groups"][0]["benchmarks"][0]
    whole["files"] = whole["files"][:1]
    whole["files"][0]["groups"] = whole["files"][0]["groups"][:1]
    whole["files"][0]["groups"][0]["benchmarks"] = ["@@"]
    head, tail = around(whole)

    def record(i):
        template.update(id=str(i), name=name(i), samples=values(i))
        return json.dumps(template)

    count = fill(file, size, head, record, tail, ", ")
    return count * PER, count


MAKERS = {"json": samples_json, **{one.__name__.replace("_", "-"): one for one in (
    asv, benchmark_dotnet, benchmark_ips, benchmark_js, bmf, catch2, criterion, csv, dart, divan, github_action_benchmark,
    go_bench, google_benchmark, gungraun, hyperfine, jmh, julia, k6, libtest, mitata, nanobench, pytest_benchmark, regex,
    swift_benchmark, tinybench, tsv, vitest)}}
# The kernel's account of a process; summaries of one run, which are a few lines.
NO_FILE = {"time", "hey", "vegeta", "wrk"}

COUNT = """import json, sys
series = json.load(open(sys.argv[1]))["series"]
print(sum(len(one) for each in series for one in each["invocations"]), len(series))"""


def run(command, folder):
    """Exit code, wall and CPU seconds, peak MiB, what it wrote to stderr."""
    with open(folder / "err", "w+b") as err:
        began = time.monotonic()
        child = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=err)
        _, status, used = os.wait4(child.pid, 0)
        seconds = time.monotonic() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        err.seek(0)
        return child.returncode, seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, err.read().decode(errors="replace")


def check(binary, format, folder, size):
    """Prints a row; False when it is not as it must be."""
    path = folder / f"{format}.txt"
    with open(path, "w", encoding="utf-8") as file:
        expected = MAKERS[format](file, size)
    command = [binary, "ingest", "--format", format, str(path), "-o", "out.json"]
    if format == "regex":
        command += ["--regex", (FIXTURES / "regex/pattern.txt").read_text().strip()]
    _, _, lines_s, _, _ = run(["wc", "-l", str(path)], folder)
    (folder / "out.json").unlink(missing_ok=True)
    code, seconds, cpu_s, peak, err = run(command, folder)
    megabytes = path.stat().st_size / 1e6
    got, verdict = None, "ok"
    if code == 0:
        counted = subprocess.run([sys.executable, "-c", COUNT, "out.json"], cwd=folder, check=True, capture_output=True)
        got = tuple(map(int, counted.stdout.split()))
    if got != expected:
        verdict = f"WRONG: expected {expected[0]} values in {expected[1]} series; exit {code}: {err.strip()[-300:]}"
    print(f"{format:24} {megabytes:6.1f} MB {seconds:6.2f} s ({cpu_s:5.2f} s CPU) {megabytes / cpu_s:6.1f} MB/s "
          f"{cpu_s / max(lines_s, 0.001):7.1f} x wc -l {peak:5.0f} MiB {got[0] if got else 0:9} values {got[1] if got else 0:7} series  {verdict}", flush=True)
    path.unlink()
    return got == expected


def refuses(binary, folder, what, format, make, words):
    """Prints a row; False when what is beyond a limit is not refused with the limit and the cure."""
    path = folder / "beyond.txt"
    with open(path, "w") as file:
        make(file)
    code, _, _, peak, err = run([binary, "ingest", "--format", format, str(path), "-o", "out.json"], folder)
    ok = code not in (0, 70) and code > 0 and all(word in err for word in words)
    print(f"{what:24} exit {code}, {peak:5.0f} MiB, {'ok' if ok else 'WRONG'}: {' '.join(err.split())[-160:]}", flush=True)
    path.unlink()
    return ok


def refuses_all(binary, folder):
    table = lambda rows: lambda file: file.write("benchmark,unit,value\n" + "".join(rows))
    samples = lambda file: file.write('[{"name": "a", "result": {"state": "completed", "latency": {"samples": ['
                                      + "1," * 16_000_000 + "1]}}}]")
    return all([
        refuses(binary, folder, "more than 256 MiB", "csv", lambda file: file.truncate(300 << 20), ("256 MiB", "split")),
        refuses(binary, folder, "16 000 000 JSON values", "tinybench", samples, ("16000000 values", "split")),
        refuses(binary, folder, "100 000 series", "csv", table(f"b{i},ms,1\n" for i in range(100_001)),
                ("100000 benchmarks", "split")),
        refuses(binary, folder, "10 000 000 values", "csv", table(f"b{i % 100},ms,1\n" for i in range(10_000_001)),
                ("10000000 values", "split"))])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--megabytes", type=float, default=100)
    parser.add_argument("--format", action="append")
    options = parser.parse_args()
    binary = os.path.realpath(options.binary)
    listed = subprocess.run([binary, "ingest", "--list"], check=True, capture_output=True, text=True).stdout
    known = [line.split()[0] for line in listed.splitlines() if line.strip()]
    missing = set(known) - set(MAKERS) - NO_FILE
    if missing:
        print(f"this script makes no input for {', '.join(sorted(missing))}")
    ok = not missing
    with tempfile.TemporaryDirectory() as folder:
        for format in options.format or [one for one in known if one in MAKERS]:
            ok = check(binary, format, pathlib.Path(folder), int(options.megabytes * 1e6)) and ok
        if options.megabytes >= 100 and not options.format:
            ok = refuses_all(binary, pathlib.Path(folder)) and ok
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
