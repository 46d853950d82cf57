"""Inputs for speed.py: texts of perf script and folded stacks as large as asked, the same each time they are made."""

import random

PARTS = ("parse request response buffer channel session visitor handler encoder decoder registry scheduler pipeline context "
         "iterator allocator serializer transport connection dispatcher executor transaction snapshot compactor").split()
VERBS = "read write flush poll visit apply merge split insert erase lookup resize commit rebuild".split()
MODULES = ["/usr/lib/x86_64-linux-gnu/libc.so.6", "/opt/service/releases/current/lib/libservice_core.so.3",
           "/opt/service/releases/current/bin/service-frontend", "[kernel.kallsyms]",
           "/usr/lib/jvm/java-17-openjdk-amd64/lib/server/libjvm.so", "/tmp/perf-20017.map"]


def functions(rng, count):
    """Functions as (name, address, module); names are about 36 bytes long."""
    out = []
    for i in range(count):
        name = f"service::{rng.choice(PARTS)}::{rng.choice(PARTS).title()}{i}::{rng.choice(VERBS)}"
        out.append((name, 0x7F0000000000 + i * 0x340, rng.choice(MODULES)))
    return out


def frame_line(function, offset):
    name, address, module = function
    return f"\t{address + offset:16x} {name}+0x{offset:x} ({module})\n"


def stack(rng, all_functions, calls, depth):
    """Frame lines of one random walk through the call graph, leaf first. A function calls a few others, each from one place."""
    at = rng.randrange(8)
    lines = []
    for _ in range(depth):
        lines.append(frame_line(all_functions[at], 0x10 + 8 * (at % 40)))
        at = calls[at][rng.randrange(len(calls[at]))]
    lines.reverse()
    return "".join(lines)


def call_graph(rng, count, fan_out):
    return [[rng.randrange(count) for _ in range(fan_out)] for _ in range(count)]


def event_line(number):
    return f"service {20017 + number % 7} [{number % 8:03d}] {5000 + number * 0.00101:.6f}:     250000 cycles:u: \n"


def perf_repetitive(path, size):
    """700 stacks, each as often as another, until `size` bytes are written."""
    rng = random.Random(1)
    known = functions(rng, 1200)
    calls = call_graph(rng, len(known), 3)
    stacks = [stack(rng, known, calls, rng.randrange(15, 45)) for _ in range(700)]
    number = 0
    with open(path, "w", encoding="ascii") as out:
        while out.tell() < size:
            for _ in range(500):
                number += 1
                out.write(event_line(number) + stacks[rng.randrange(len(stacks))] + "\n")


def perf_distinct(path, size):
    """Every stack another, about 46 frames deep."""
    rng = random.Random(2)
    known = functions(rng, 4000)
    calls = call_graph(rng, len(known), 4)
    number = 0
    with open(path, "w", encoding="ascii") as out:
        while out.tell() < size:
            for _ in range(100):
                number += 1
                out.write(event_line(number) + stack(rng, known, calls, rng.randrange(38, 55)) + "\n")


def folded_pair(base_path, head_path, size):
    """Two folded files of distinct stacks, 15 frames and 557 bytes each; nine of ten stacks are in both. Sorted by bytes, as
    stackcollapse-perf.pl writes them."""
    rng = random.Random(3)
    names = [function[0] for function in functions(rng, 6000)]
    lines = size // 557
    parents = set()
    while len(parents) < max(2, lines // 150):
        path = ["service"]
        at = rng.randrange(4)
        for _ in range(13):
            path.append(names[at])
            at = (at * 7 + rng.randrange(3) + 1) % len(names)
        parents.add(";".join(path))
    parents = sorted(parents)
    stacks = set()
    while len(stacks) < lines * 11 // 10:
        parent = parents[rng.randrange(len(parents))]
        leaf = names[rng.randrange(len(names))] + "_" + "x" * 3
        stacks.add((parent + ";" + leaf).ljust(553, "y"))
    stacks = sorted(stacks)
    with open(base_path, "w", encoding="ascii") as base, open(head_path, "w", encoding="ascii") as head:
        for text in stacks:
            where = rng.randrange(11)
            count = 1 + int(rng.paretovariate(1.2))
            if where != 0:
                base.write(f"{text} {count}\n")
            if where != 1:
                head.write(f"{text} {count + rng.randrange(3)}\n")
