#!/usr/bin/env python3
"""Does the first hypothesis name the cause? Small real programs with one planted fault each, and innocent changes, each
checked by `perfwarden check` in a repository of two commits.

  causes.py PERFWARDEN WORK [NAME...]

Prints a row for each fault and the number of hits; a hit is a first hypothesis of a kind that the fault has, or one that
names the planted function. Needs g++, clang++ and perf. Takes about 20 s a fault, on one core.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys

HEAD = """#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <regex>
#include <stdexcept>
#include <string>
#include <sys/mman.h>
#include <thread>
#include <unistd.h>
#include <vector>
#define NOINLINE __attribute__((noinline))
static volatile unsigned long sink;
NOINLINE unsigned long burn(unsigned long n) { unsigned long s = 0; for (unsigned long i = 0; i < n; ++i) { s = s * 31 + i; asm volatile("" : "+r"(s)); } return s; }
"""

# name: (function that is planted, kinds that are right, base's code, head's code); each has work() and main below runs it.
FAULTS = {
    "allocation in a loop": ("work", ["allocation"],
        "static std::vector<char> b; NOINLINE void work() { for (int i = 0; i < 20000; ++i) { b.resize(512); b[i % 512] = 1; sink = sink + b[7]; burn(150); } }",
        "NOINLINE void work() { for (int i = 0; i < 20000; ++i) { for (int k = 0; k < 6; ++k) { char* p = new char[512 + 64 * k]; p[i % 512] = 1; sink = sink + p[7]; asm volatile(\"\" : : \"r\"(p) : \"memory\"); delete[] p; } burn(150); } }"),
    "copy for reference": ("take", ["copy", "allocation"],
        "NOINLINE void take(const std::vector<int>& v) { sink = sink + v[5]; } std::vector<int> d(20000, 3); NOINLINE void work() { for (int i = 0; i < 600; ++i) { take(d); burn(6000); } }",
        "NOINLINE void take(std::vector<int> v) { sink = sink + v[5]; } std::vector<int> d(20000, 3); NOINLINE void work() { for (int i = 0; i < 600; ++i) { take(d); burn(6000); } }"),
    "lock": ("work", ["lock", "waiting"],
        "std::atomic<long> n; void one() { long k = 0; for (int i = 0; i < 400000; ++i) { k += burn(8) & 1; } n += k; } NOINLINE void work() { std::thread a(one), b(one); a.join(); b.join(); }",
        "std::mutex m; long n; void one() { for (int i = 0; i < 400000; ++i) { std::lock_guard<std::mutex> l(m); n += burn(8) & 1; } } NOINLINE void work() { std::thread a(one), b(one); a.join(); b.join(); }"),
    "fsync": ("work", ["io", "waiting", "system-calls"],
        "NOINLINE void work() { int f = open(\"out.tmp\", O_CREAT | O_WRONLY | O_TRUNC, 0600); for (int i = 0; i < 60; ++i) { (void)!write(f, \"x\", 1); burn(300000); } close(f); }",
        "NOINLINE void work() { int f = open(\"out.tmp\", O_CREAT | O_WRONLY | O_TRUNC, 0600); for (int i = 0; i < 60; ++i) { (void)!write(f, \"x\", 1); fsync(f); burn(300000); } close(f); }"),
    "regex compiled in a loop": ("work", ["text"],
        "static const std::regex r(\"a+b[0-9]*\"); NOINLINE void work() { for (int i = 0; i < 1500; ++i) { sink = sink + std::regex_search(\"xxaab12\", r); burn(20000); } }",
        "NOINLINE void work() { for (int i = 0; i < 1500; ++i) { const std::regex r(\"a+b[0-9]*\"); sink = sink + std::regex_search(\"xxaab12\", r); burn(20000); } }"),
    "deep recursion": ("depth", ["depth", "new-hotspot"],
        "NOINLINE void work() { for (int i = 0; i < 3000; ++i) { unsigned long s = 0; for (int k = 0; k < 2000; ++k) { s += k; asm volatile(\"\" : \"+r\"(s)); } sink = s; burn(8000); } }",
        "NOINLINE unsigned long depth(int k) { unsigned long s = k == 0 ? 0 : depth(k - 1) + k; asm volatile(\"\" : \"+r\"(s)); return s; } NOINLINE void work() { for (int i = 0; i < 3000; ++i) { sink = depth(2000); burn(8000); } }"),
    "cache-hostile layout": ("sum", ["cache-misses", "worse-cycles"],
        "static std::vector<int> a(4000 * 4000, 1); NOINLINE void sum() { long s = 0; for (int i = 0; i < 4000; ++i) for (int k = 0; k < 4000; ++k) s += a[i * 4000 + k]; sink = s; } NOINLINE void work() { sum(); sum(); sum(); }",
        "static std::vector<int> a(4000 * 4000, 1); NOINLINE void sum() { long s = 0; for (int k = 0; k < 4000; ++k) for (int i = 0; i < 4000; ++i) s += a[i * 4000 + k]; sink = s; } NOINLINE void work() { sum(); sum(); sum(); }"),
    "false sharing": ("one", ["cache-misses", "worse-cycles"],
        "struct C { alignas(64) std::atomic<long> n{0}; }; C c[2]; NOINLINE void one(int t) { for (int i = 0; i < 6000000; ++i) c[t].n.fetch_add(1, std::memory_order_relaxed); } NOINLINE void work() { std::thread a(one, 0), b(one, 1); a.join(); b.join(); }",
        "struct C { std::atomic<long> n{0}; }; C c[2]; NOINLINE void one(int t) { for (int i = 0; i < 6000000; ++i) c[t].n.fetch_add(1, std::memory_order_relaxed); } NOINLINE void work() { std::thread a(one, 0), b(one, 1); a.join(); b.join(); }"),
    "larger input": ("", ["more-work", "input"], None, None),
    "-O0": ("", ["optimisation"], None, None),
    "sanitizer left on": ("", ["sanitizer"], None, None),
    "another compiler": ("", ["compiler", "flags"], None, None),
    "exception path": ("parse", ["exceptions"],
        "NOINLINE bool parse(int i) { return i % 3 != 0; } NOINLINE void work() { for (int i = 0; i < 20000; ++i) { sink = sink + parse(i); burn(2000); } }",
        "NOINLINE void parse(int i) { if (i % 3 == 0) throw std::runtime_error(\"no\"); } NOINLINE void work() { for (int i = 0; i < 20000; ++i) { try { parse(i); sink = sink + 1; } catch (const std::exception&) {} burn(2000); } }"),
    "log line": ("log", ["io", "text", "system-calls"],
        "NOINLINE void log(int) {} NOINLINE void work() { for (int i = 0; i < 20000; ++i) { log(i); burn(2000); } }",
        "FILE* f = fopen(\"/dev/null\", \"w\"); NOINLINE void log(int i) { fprintf(f, \"step %d of many, %s, %f\\n\", i, \"here\", i * 0.5); fflush(f); } NOINLINE void work() { for (int i = 0; i < 20000; ++i) { log(i); burn(2000); } }"),
    "string building": ("build", ["text", "copy", "allocation"],
        "NOINLINE void build() { std::string s; for (int i = 0; i < 3000; ++i) s += \"word \"; sink = s.size(); } NOINLINE void work() { for (int i = 0; i < 12; ++i) { build(); burn(2000000); } }",
        "NOINLINE void build() { std::string s; for (int i = 0; i < 3000; ++i) s = s + \"word \"; sink = s.size(); } NOINLINE void work() { for (int i = 0; i < 12; ++i) { build(); burn(2000000); } }"),
    "page faults": ("work", ["page-faults", "allocation", "system-calls"],
        "static char* p = (char*)mmap(0, 8 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); NOINLINE void work() { for (int i = 0; i < 30; ++i) { for (int k = 0; k < 8 << 20; k += 4096) p[k] = 1; burn(1000000); } }",
        "NOINLINE void work() { for (int i = 0; i < 30; ++i) { char* p = (char*)mmap(0, 8 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); for (int k = 0; k < 8 << 20; k += 4096) p[k] = 1; munmap(p, 8 << 20); burn(1000000); } }"),
    "virtual call": ("work", ["dispatch"],
        "struct S { int f(int i) const { return i * 3; } }; NOINLINE void work() { S s; long t = 0; for (int i = 0; i < 30000000; ++i) { t += s.f(i); asm volatile(\"\" : \"+r\"(t)); } sink = t; }",
        "struct B { virtual int f(int i) const = 0; virtual ~B() = default; }; struct S : B { NOINLINE int f(int i) const override { return i * 3; } }; NOINLINE void work() { std::unique_ptr<B> s(new S); long t = 0; for (int i = 0; i < 30000000; ++i) { t += s->f(i); asm volatile(\"\" : \"+r\"(t)); } sink = t; }"),
    "tree for array": ("find", ["containers", "allocation"],
        "static std::vector<int> v(4096); NOINLINE long find(int k) { return v[k & 4095]; } NOINLINE void work() { for (int i = 0; i < 400000; ++i) { sink = sink + find(i * 7919); burn(60); } }",
        "static std::map<int, int> m = [] { std::map<int, int> t; for (int i = 0; i < 4096; ++i) t[i] = 0; return t; }(); NOINLINE long find(int k) { return m.find(k & 4095)->second; } NOINLINE void work() { for (int i = 0; i < 400000; ++i) { sink = sink + find(i * 7919); burn(60); } }"),
    "N+1 reads": ("load", ["io", "system-calls"],
        "NOINLINE void load(int) { sink = sink + 1; } NOINLINE void work() { for (int i = 0; i < 10000; ++i) { load(i); burn(4000); } }",
        "NOINLINE void load(int) { char b[64]; int f = open(\"/proc/self/comm\", O_RDONLY); sink = sink + (unsigned long)read(f, b, 64); close(f); } NOINLINE void work() { for (int i = 0; i < 10000; ++i) { load(i); burn(4000); } }"),
    "sleep": ("work", ["waiting"],
        "NOINLINE void work() { for (int i = 0; i < 50; ++i) { burn(600000); } }",
        "NOINLINE void work() { for (int i = 0; i < 50; ++i) { burn(600000); usleep(1000); } }"),
    "more work in a function": ("score", ["changed-code", "hotspot"],
        "NOINLINE unsigned long score(int i) { return burn(900 + i % 2); } NOINLINE void rest() { sink = burn(900); } NOINLINE void work() { for (int i = 0; i < 30000; ++i) { sink = score(i); rest(); } }",
        "NOINLINE unsigned long score(int i) { unsigned long s = 0; for (int k = 0; k < 900; ++k) { s = s * 17 + (unsigned long)(k ^ i); s ^= s >> 3; s *= 2654435761u; asm volatile(\"\" : \"+r\"(s)); } return s; } NOINLINE void rest() { sink = burn(900); } NOINLINE void work() { for (int i = 0; i < 30000; ++i) { sink = score(i); rest(); } }"),
    "reading the clock": ("work", ["clock"],
        "NOINLINE void work() { for (int i = 0; i < 300000; ++i) { sink = sink + 1; burn(100); } }",
        "NOINLINE void work() { for (int i = 0; i < 300000; ++i) { timespec t; clock_gettime(CLOCK_MONOTONIC, &t); sink = sink + (unsigned long)t.tv_nsec; burn(100); } }"),
    "mispredicted branches": ("count", ["branch-misses", "worse-cycles"],
        "static std::vector<int> v = [] { std::vector<int> t(1 << 16); for (auto& x : t) x = rand() & 255; std::sort(t.begin(), t.end()); return t; }(); NOINLINE void count() { long n = 0; for (int x : v) { if (x >= 128) { n += x; asm volatile(\"\" : \"+r\"(n)); } } sink = n; } NOINLINE void work() { for (int i = 0; i < 700; ++i) count(); }",
        "static std::vector<int> v = [] { std::vector<int> t(1 << 16); for (auto& x : t) x = rand() & 255; return t; }(); NOINLINE void count() { long n = 0; for (int x : v) { if (x >= 128) { n += x; asm volatile(\"\" : \"+r\"(n)); } } sink = n; } NOINLINE void work() { for (int i = 0; i < 700; ++i) count(); }"),
    "quadratic search": ("dedupe", ["changed-code", "hotspot", "containers"],
        "NOINLINE void dedupe(std::vector<int>& v) { std::sort(v.begin(), v.end()); v.erase(std::unique(v.begin(), v.end()), v.end()); } NOINLINE void work() { for (int r = 0; r < 40; ++r) { std::vector<int> v; for (int i = 0; i < 3000; ++i) v.push_back(i * 7919 % 3001); dedupe(v); sink = v.size(); burn(1500000); } }",
        "NOINLINE void dedupe(std::vector<int>& v) { std::vector<int> o; for (int x : v) { bool seen = false; for (int y : o) { seen |= y == x; asm volatile(\"\" : \"+r\"(x)); } if (!seen) o.push_back(x); } v.swap(o); } NOINLINE void work() { for (int r = 0; r < 40; ++r) { std::vector<int> v; for (int i = 0; i < 3000; ++i) v.push_back(i * 7919 % 3001); dedupe(v); sink = v.size(); burn(1500000); } }"),
}

PLAIN = "NOINLINE unsigned long step(int i) { return burn(500 + (i & 1)); } NOINLINE void work() { for (int i = 0; i < 40000; ++i) sink = step(i); }"
READER = ("NOINLINE void work() { std::ifstream f(\"input.txt\"); long n = 0; for (int k; f >> k;) n += (long)(burn(2000 + (unsigned long)k) & 1); sink = n; }")
MAIN = "\nint main() { work(); return 0; }\n"

INNOCENT = {
    "a comment": lambda s: "// a comment\n" + s,
    "a README": lambda s: s,
    "an unused static function": lambda s: "[[maybe_unused]] static int unused(int x) { return x * 3; }\n" + s,
    "an unused function": lambda s: "int never_called(int x) { for (int i = 0; i < 9; ++i) x = x * 5 + i; return x; }\n" + s,
    "three unused functions": lambda s: "int f1(int x) { return x + 1; }\nint f2(int x) { return x * x; }\nint f3(int x) { return f1(x) - f2(x); }\n" + s,
    "white space": lambda s: s.replace("; ", ";\n  "),
    "a renamed local": lambda s: s.replace("int i", "int index").replace("(i ", "(index ").replace("i < ", "index < ").replace("++i", "++index").replace("step(i)", "step(index)").replace("(i &", "(index &"),
    "an unused constant": lambda s: "const char* const k_text = \"some text that nobody reads\";\n" + s,
    "an unused type": lambda s: "struct Unused { int a, b; };\n" + s,
    "a typedef": lambda s: "using Number = unsigned long;\n" + s,
    "a static_assert": lambda s: "static_assert(sizeof(int) >= 4);\n" + s,
    "an include": lambda s: "#include <set>\n" + s,
    "a namespace alias": lambda s: "namespace fs_alias = std;\n" + s,
    "a macro": lambda s: "#define UNUSED_MACRO 1\n" + s,
    "an unused template": lambda s: "template <class T> T twice(T x) { return x + x; }\n" + s,
    "a forward declaration": lambda s: "struct Later;\nvoid later(Later*);\n" + s,
    "an enum": lambda s: "enum class Color { red, green };\n" + s,
    "a large unused function": lambda s: "int large(int x) { switch (x) { case 1: return 4; case 2: return 8; case 3: return burn(9) & 7; } return x; }\n" + s,
    "a cold branch": lambda s: s.replace("int main", "int main"),
    "an equal expression": lambda s: s.replace("500 + (i & 1)", "(i & 1) + 500"),
}


def run(argv, cwd, **more):
    return subprocess.run(argv, cwd=cwd, capture_output=True, text=True, **more)


def repository(work, name, base, head):
    """base and head: path -> text, and how they are built ("build")."""
    at = work / "".join(c if c.isalnum() else "-" for c in name)
    shutil.rmtree(at, ignore_errors=True)
    at.mkdir(parents=True)
    env = {**os.environ, "GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@t", "GIT_COMMITTER_NAME": "t", "GIT_COMMITTER_EMAIL": "t@t"}
    run(["git", "init", "-q", "-b", "main"], at)
    for side, subject in ((base, "base"), (head, "head")):
        for path, text in side.items():
            (at / path).write_text(text)
        run(["git", "add", "-A"], at)
        made = run(["git", "commit", "-q", "--allow-empty", "-m", subject], at, env=env)
        assert made.returncode == 0, made.stderr
    return at


CONFIG = """version: 1
suites:
  core:
    build: sh build.sh
    run: ./app
    parser: time
    metrics: [wall_time]
    iterations: { min: 8, max: 14, max-time: 60s }
    profile: perf
budgets: { "*": +5% }
placement: { align: off }
history: off
"""


def sides_of(name, fault):
    function, kinds, base, head = fault
    flags = "-O2 -g -fno-omit-frame-pointer -pthread"
    build = {"base": f"g++ -std=c++20 {flags} main.cpp -o app", "head": f"g++ -std=c++20 {flags} main.cpp -o app"}
    code = {"base": base or PLAIN, "head": head or PLAIN}
    extra = {"base": {}, "head": {}}
    if name == "larger input":
        code = {"base": READER, "head": READER}
        extra = {"base": {"input.txt": "7\n" * 10000}, "head": {"input.txt": "7\n" * 16000}}
    if name == "-O0":
        build["head"] = build["head"].replace("-O2", "-O0")
    if name == "sanitizer left on":
        build["head"] += " -fsanitize=undefined -fsanitize=address"
        code = {side: code[side].replace("step(int i) {", "step(int i) { static int t[64]; t[i & 63] += i;") for side in code}
    if name == "another compiler":
        build["head"] = f"clang++ -std=c++20 -O1 -g -fno-omit-frame-pointer -pthread main.cpp -o app"
    return [{"main.cpp": HEAD + code[s] + MAIN, "build.sh": build[s] + "\n", "perfwarden.yml": CONFIG, ".gitignore": "app\nreports\n*.tmp\n", **extra[s]}
            for s in ("base", "head")]


def check(perfwarden, at):
    done = run([perfwarden, "check", "--base", "HEAD~1", "-o", "reports/run", "--seed", "1"], at, timeout=900)
    report = at / "reports/run/report.json"
    return done, json.loads(report.read_text()) if report.exists() else None


def main():
    perfwarden, work = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
    chosen = sys.argv[3:]
    hits = flagged = tried = 0
    print("| planted | flagged | first hypothesis | hit |\n|:--|:--|:--|:--|")
    for name, fault in FAULTS.items():
        if chosen and name not in chosen:
            continue
        tried += 1
        done, report = check(perfwarden, repository(work, name, *sides_of(name, fault)))
        if report is None:
            print(f"| {name} | – | no report: {done.stderr.strip().splitlines()[-1:]} | no |", flush=True)
            continue
        first = (report["hypotheses"] or [{}])[0]
        change = report["comparisons"][0]["change_percent"]
        slower = bool(report["benchmark_regressions"])
        flagged += slower
        right = first.get("kind") in fault[1] or (fault[0] and fault[0] in first.get("claim", ""))
        hits += bool(right)
        print(f"| {name} | {change:+.0f} % {'' if slower else '(not flagged)'} | {first.get('claim', 'none')} | {'yes' if right else 'no'} |", flush=True)
    false = innocent = 0
    for name, edit in INNOCENT.items():
        if chosen and name not in chosen and "innocent" not in chosen:
            continue
        innocent += 1
        base, head = sides_of("plain", ("", [], PLAIN, PLAIN))
        head = {**head, "main.cpp": HEAD + edit(PLAIN) + MAIN}
        if name == "a README":
            head["README.md"] = "words\n"
        done, report = check(perfwarden, repository(work, name, base, head))
        if report is None:
            print(f"| innocent: {name} | – | no report: {done.stderr.strip().splitlines()[-1:]} | – |", flush=True)
            continue
        claims = [one["claim"] for one in report["hypotheses"]]
        false += bool(claims)
        if claims:
            print(f"| innocent: {name} | – | {claims[0]} | FALSE |", flush=True)
    print(f"\n{hits} of {tried} planted faults named first ({flagged} flagged); {false} of {innocent} innocent changes got a hypothesis")


if __name__ == "__main__":
    main()
