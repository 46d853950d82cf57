#include "profile/read/perf_script.hpp"
#include "profile/read/perf_event.hpp"

#include <gtest/gtest.h>

#include <string>

#include "profile/limits.hpp"
#include "profile/read/read.hpp"
#include "profile/write/folded.hpp"
#include "support/fakes.hpp"
#include "unit/profile/stack_lines.hpp"

namespace perfwarden::profile {
namespace {

constexpr PerfScriptOptions k_plain{.kernel = false, .jit = false};

std::string perf_fixture(const std::string& name) {
  return support::fixture("profile/perf-script/" + name);
}

std::string folded_perf(const Profile& profile, std::size_t type) {
  std::string out;
  const Status done = write_folded(profile, type, [&](std::string_view piece) { out += piece; });
  return done ? out : done.error().text();
}

std::string folded_perf(std::string_view text, const PerfScriptOptions& options = k_plain) {
  const auto profile = read_perf_script({text, "perf.txt"}, options);
  return profile ? folded_perf(*profile, profile->default_type) : profile.error().text();
}

// A sample of `demo` with these frame lines.
std::string folded_frames(const std::string& lines, const PerfScriptOptions& options = k_plain) {
  return folded_perf("demo 12 1.5: cycles: \n" + lines + "\n", options);
}

TEST(PerfScript, FoldsStacksWithTheCommandAtTheRoot) {
  EXPECT_EQ(folded_perf(perf_fixture("native.txt")),
            "demo;[unknown];[libc.so.6] 1001001\n"
            "demo;__libc_start_call_main;main;__read;ksys_read;copy_user_generic 1001001\n"
            "demo;__libc_start_call_main;main;std::vector<int>::push_back_[i];handle::operator();"
            "parse 2002002\n");
}

TEST(PerfScript, CountsSamplesBesideThePeriodsOfTheEvent) {
  const std::string text = perf_fixture("native.txt");
  const auto profile = read(text, "native.txt");
  ASSERT_TRUE(profile) << profile.error().text();
  EXPECT_EQ(profile->format, "perf-script");
  EXPECT_EQ(profile->types, (std::vector<SampleType>{{"samples", "count"}, {"cpu-clock", "nanoseconds"}}));
  EXPECT_EQ(profile->default_type, 1U);
  EXPECT_EQ(profile->count_type, 0U);
  EXPECT_EQ(profile->period, 1001001);
  EXPECT_NEAR(profile->seconds, 0.003003, 1e-9);
  EXPECT_TRUE(profile->warnings.empty());
  EXPECT_EQ(folded_perf(*profile, 0),
            "demo;[unknown];[libc.so.6] 1\n"
            "demo;__libc_start_call_main;main;__read;ksys_read_[k];copy_user_generic_[k] 1\n"
            "demo;__libc_start_call_main;main;std::vector<int>::push_back_[i];handle::operator();parse 2\n");
}

TEST(PerfScript, KeepsTheModuleOfEachFrame) {
  const std::string text = perf_fixture("native.txt");
  const auto profile = read(text, "native.txt");
  ASSERT_TRUE(profile);
  FrameTable frames = profile->tree.frames;
  EXPECT_EQ(frames.module(frames.add("main")), "/srv/demo");
  EXPECT_EQ(frames.module(frames.add("ksys_read_[k]")), "[kernel.kallsyms]");
  EXPECT_EQ(frames.module(frames.add("[unknown]")), "");
}

TEST(PerfScript, ReadsEachEventIntoTypesOfItsOwn) {
  const std::string text = perf_fixture("java.txt");
  const auto profile = read(text, "java.txt");
  ASSERT_TRUE(profile) << profile.error().text();
  EXPECT_EQ(folded_perf(*profile, 1),
            "V8_WorkerThread;RegExp:[&<>\\\\]_[j] 204345\n"
            "java;JavaCalls::call_helper;org/demo/Main:::main_[j];org/demo/Parser:::parse_[j];"
            "org/demo/Lexer:::next_[i] 200000\n");
  EXPECT_EQ(profile->types[1], (SampleType{"cycles", ""}));
  EXPECT_EQ(profile->period, 0) << "it differs from sample to sample";
  ASSERT_EQ(profile->warnings.size(), 1U);
  EXPECT_EQ(profile->warnings[0].code, "other-events");
  EXPECT_NE(profile->warnings[0].text.find("'instructions' (1)"), std::string::npos) << profile->warnings[0].text;
  ASSERT_EQ(profile->events.size(), 2U);
  EXPECT_EQ(profile->events[1].name, "instructions");
  EXPECT_EQ(profile->types[profile->events[1].samples].name, "samples of instructions");
}

std::string sample_of(const std::string& event, const std::string& function) {
  return "demo 7 1.5: 1000 " + event + ":\n\t7f14 " + function + " (/bin/demo)\n\n";
}

TEST(PerfScript, SumsTheCoresOfAHybridProcessorAndOneEventUnderAnyModifier) {
  const auto hybrid = read(sample_of("cpu_core/cycles/", "fast") + sample_of("cpu_atom/cycles/", "slow"), "x");
  ASSERT_TRUE(hybrid) << hybrid.error().text();
  EXPECT_EQ(stack_lines(*hybrid), "demo;fast 1 1000\ndemo;slow 1 1000\n");
  EXPECT_TRUE(hybrid->warnings.empty());
  const auto precise = read(sample_of("cycles:u", "a") + sample_of("cycles:ppp", "b"), "x");
  ASSERT_TRUE(precise) << precise.error().text();
  EXPECT_EQ(stack_lines(*precise), "demo;a 1 1000\ndemo;b 1 1000\n");
}

TEST(PerfEvent, IsNamedWithoutCoreAndModifiers) {
  EXPECT_EQ(perf_event("cycles"), (PerfEvent{"cycles", ""}));
  EXPECT_EQ(perf_event("cycles:u"), (PerfEvent{"cycles", "u"}));
  EXPECT_EQ(perf_event("cycles:ukpp"), (PerfEvent{"cycles", ""}));
  EXPECT_EQ(perf_event("cpu-clock:ppp"), (PerfEvent{"cpu-clock", ""}));
  EXPECT_EQ(perf_event("cpu_atom/cycles/Pu"), (PerfEvent{"cycles", "u"}));
  EXPECT_EQ(perf_event("cpu_core/instructions/"), (PerfEvent{"instructions", ""}));
  EXPECT_EQ(perf_event("sched:sched_switch"), (PerfEvent{"sched:sched_switch", ""}));
  EXPECT_EQ(perf_event("uncore_imc/data_reads/"), (PerfEvent{"uncore_imc/data_reads/", ""}));
  EXPECT_EQ(perf_event(":u"), (PerfEvent{":u", ""}));
}

TEST(PerfScript, ReadsSamplesWithoutCallChains) {
  EXPECT_EQ(folded_perf(perf_fixture("flat.txt")), "t;__read 250000\nt;work 500000\n");
  const std::string text = perf_fixture("flat.txt");
  const auto profile = read(text, "flat.txt");
  ASSERT_TRUE(profile);
  FrameTable frames = profile->tree.frames;
  EXPECT_EQ(frames.module(frames.add("work")), "/srv/my tools (old)/t");
  EXPECT_EQ(frames.module(frames.add("__read")), "/usr/lib/libc.so.6");
  EXPECT_EQ(profile->types[1].name, "cycles");
  ASSERT_EQ(profile->events.size(), 1U);
  EXPECT_EQ(profile->events[0].scope, "u");
}

TEST(PerfScript, AnnotatesOnRequest) {
  const std::string frames =
      "\tffffffff81 sys_read ([kernel.kallsyms])\n\t7f12 jitted (/tmp/perf-99.map)\n\t7f13 cached "
      "(/tmp/.debug/jit/jitted-99-3.so)\n\tffffffffc0 nf_hook (/lib/modules/6.1/nf.ko.xz)\n\t7f14 main "
      "(/bin/vmlinuxy)\n";
  EXPECT_EQ(folded_frames(frames, {.kernel = true, .jit = false}),
            "demo;main;nf_hook_[k];cached;jitted;sys_read_[k] 1\n");
  EXPECT_EQ(folded_frames(frames, {.kernel = false, .jit = true}),
            "demo;main;nf_hook;cached_[j];jitted_[j];sys_read 1\n");
  EXPECT_EQ(folded_frames(frames), "demo;main;nf_hook;cached;jitted;sys_read 1\n");
}

TEST(PerfScript, PutsProcessAndThreadBehindTheCommand) {
  const std::string text = "a b 12/13 1.5: cycles: \n\t1 f (/x)\n\nc 14 1.6: cycles: \n\t1 f (/x)\n\n";
  EXPECT_EQ(folded_perf(text, {.pid = true, .kernel = false}), "a_b-12;f 1\nc-?;f 1\n");
  EXPECT_EQ(folded_perf(text, {.tid = true, .kernel = false}), "a_b-12/13;f 1\nc-?/14;f 1\n");
}

TEST(PerfScript, TellsAddressesOfMissingSymbolsOnRequest) {
  const std::string frames = "\t7f12 [unknown] (/lib/libc.so.6)\n\t7f13 [unknown] ([unknown])\n\t7f14 (/lib/libm.so)\n";
  EXPECT_EQ(folded_frames(frames), "demo;[libm.so];[unknown];[libc.so.6] 1\n");
  EXPECT_EQ(folded_frames(frames, {.kernel = false, .addresses = true}),
            "demo;[libm.so <7f14>];[unknown <7f13>];[libc.so.6 <7f12>] 1\n");
}

TEST(PerfScript, DiffersFromTheGoldensOnlyWhereAsked) {
  const std::string frames = "\t7f12  (/lib/libc.so.6)\n\t7ffc __vdso_gettimeofday ([vdso])\n";
  EXPECT_EQ(folded_frames(frames, {.as_goldens = true}), "demo;__vdso_gettimeofday_[k];  1\n");
  EXPECT_EQ(folded_frames(frames, {}), "demo;__vdso_gettimeofday;[libc.so.6] 1\n");
}

TEST(PerfScript, CutsArgumentsButNotWhatTheNameHolds) {
  const auto name_of = [](const std::string& symbol) {
    const std::string line = folded_frames("\t1 " + symbol + " (/x)\n");
    return line.substr(5, line.size() - 5 - 3);
  };
  EXPECT_EQ(name_of("parse(int, char (*)[3])+0x1f"), "parse");
  EXPECT_EQ(name_of("(anonymous namespace)::work(int)"), "(anonymous namespace)::work");
  EXPECT_EQ(name_of("a::(anonymous namespace)::work(int)"), "a::(anonymous namespace)::work");
  EXPECT_EQ(name_of("std::function<void (int)>::operator()(int) const"), "std::function<void (int)>::operator()");
  EXPECT_EQ(name_of("run()::{lambda(int)#1}::operator()(int) const"), "run()::{lambda(int)#1}::operator()");
  EXPECT_EQ(name_of("each<f::{lambda(int)#1}>(int)"), "each<f::{lambda(int)#1}>");
  EXPECT_EQ(name_of("operator<< <char>(std::ostream&)"), "operator<< <char>");
  EXPECT_EQ(name_of("smart<int>::operator->() const"), "smart<int>::operator->");
  EXPECT_EQ(name_of("net/http.(*Client).Do"), "net/http.(*Client).Do");
  EXPECT_EQ(name_of("a < b (c)"), "a < b ") << "brackets that do not pair are no template";
  EXPECT_EQ(name_of("a;b\"c'd"), "a:bcd");
}

TEST(PerfScript, LeavesOutNamesOfProcesses) {
  EXPECT_EQ(folded_frames("\t1 f (/x)\n\t2 (demo) (/x)\n"), "demo;f 1\n");
}

TEST(PerfScript, SplitsInlinedMethodsOfJava) {
  EXPECT_EQ(folded_frames("\t1 La/B;::f->La/C;::g->La/D;::h-> (/x)\n"), "demo;La/B:::f;La/C:::g_[i];La/D:::h_[i] 1\n");
}

TEST(PerfScript, TakesCommandsWithNumbersAndSpaces) {
  EXPECT_EQ(folded_perf("pool 3 worker 77 [001] 5.5: cycles: \n\t1 f (/x)\n\n"), "pool_3_worker;f 1\n");
}

TEST(PerfScript, EndsASampleWhereTheNextBegins) {
  EXPECT_EQ(folded_perf("a 1 1.0: 5 cycles: \n\t1 f (/x)\nb 2 1.1: 7 cycles: \nc 3 1.2: 9 cycles: "),
            "a;f 5\nb 7\nc 9\n");
}

TEST(PerfScript, ReadsTracepointsAsEventsOfTheirOwn) {
  const std::string text =
      "a 1 [000] 1.0: sched:sched_switch: prev_comm=a next_comm=b\n\t1 f (/x)\n\n"
      "a 1 [000] 1.1: 100 cycles: \n\t1 g (/x)\n\n";
  const auto profile = read_perf_script({text, "perf.txt"}, {});
  ASSERT_TRUE(profile) << profile.error().text();
  EXPECT_EQ(folded_perf(*profile, 0), "a;f 1\n");
  EXPECT_EQ(profile->types,
            (std::vector<SampleType>{{"samples", "count"}, {"samples of cycles", "count"}, {"cycles", ""}}))
      << "no period was printed for the first";
  ASSERT_EQ(profile->warnings.size(), 1U);
}

TEST(PerfScript, TakesFilesFromSourceLines) {
  const auto profile = read_perf_script(
      {"a 1 1.0: cycles: \n\t1 f+0x1 (/x)\n  parse.cpp:300\n\t2 g+0x1 (/x)\n  libx.so[27b]\n\n", "perf.txt"}, {});
  ASSERT_TRUE(profile);
  FrameTable frames = profile->tree.frames;
  EXPECT_EQ(frames.file(frames.add("f")), "parse.cpp");
  EXPECT_EQ(frames.file(frames.add("g")), "");
  EXPECT_TRUE(profile->warnings.empty());
}

TEST(PerfScript, ReadsLinesOfWindows) {
  EXPECT_EQ(folded_perf("a 1 1.0: 5 cycles: \r\n\t1 f (/x)\r\n\r\na 1 1.1: 5 cycles: \r\n\t1 f (/x)\r\n\r\n"),
            "a;f 10\n");
}

TEST(PerfScript, NamesTheSameLineByTheProcessItIsIn) {
  EXPECT_EQ(folded_perf("java 1 1.0: cycles: \n\t1 La/B (/x)\n\nruby 1 1.1: cycles: \n\t1 La/B (/x)\n\n"
                        "java 1 1.2: cycles: \n\t1 La/B (/x)\n\n"),
            "java;a/B 2\nruby;La/B 1\n");
}

TEST(PerfScript, CountsSamplesThatComeBackAsOftenAsTheyDo) {
  const auto sample = [](const std::string& comm, const std::string& lines) {
    return comm + " 1 1.0: cycles: \n" + lines + "\n";
  };
  const std::string leaf = "\t1 leaf (/x)\n", middle = "\t2 middle (/x)\n", root = "\t3 root (/x)\n";
  std::string text;
  for (int i = 0; i < 300; ++i) {
    text += sample("a", leaf + middle + root);
    if (i % 2 == 0) text += sample("b", leaf + middle + root);
    if (i % 3 == 0) text += sample("a", leaf + middle);
    if (i % 5 == 0) text += sample("a", leaf + root + middle + root);
    if (i % 7 == 0) text += sample("a", leaf);
    if (i % 50 == 0) text += sample("a", leaf + middle + "odd\n" + root);
  }
  const auto profile = read_perf_script({text + "last\n", "perf.txt"}, {});
  ASSERT_TRUE(profile) << profile.error().text();
  EXPECT_EQ(folded_perf(*profile, 0),
            "a;leaf 43\na;middle;leaf 100\na;root;middle;leaf 306\na;root;middle;root;leaf 60\n"
            "b;root;middle;leaf 150\n");
  ASSERT_EQ(profile->warnings.size(), 1U);
  EXPECT_NE(profile->warnings[0].text.find("perf.txt: 7 lines"), std::string::npos) << profile->warnings[0].text;
  std::string plain;
  for (int i = 0; i < 300; ++i) plain += sample("a", leaf + middle + root);
  const auto numbered = read_perf_script({plain + "odd\n", "perf.txt"}, {});
  ASSERT_TRUE(numbered);
  ASSERT_EQ(numbered->warnings.size(), 1U);
  EXPECT_NE(numbered->warnings[0].text.find("the first is line 1501"), std::string::npos) << numbered->warnings[0].text;
}

TEST(PerfScript, SaysWhatItDidNotUnderstand) {
  const auto profile = read_perf_script({"a 1 1.0: cycles: \nwhat is this\n\t1 f (/x)\n\n???\n", "perf.txt"}, {});
  ASSERT_TRUE(profile);
  EXPECT_EQ(folded_perf(*profile, 0), "a;f 1\n");
  ASSERT_EQ(profile->warnings.size(), 1U);
  EXPECT_NE(profile->warnings[0].text.find("perf.txt: 2 lines"), std::string::npos) << profile->warnings[0].text;
  EXPECT_NE(profile->warnings[0].text.find("the first is line 2"), std::string::npos) << profile->warnings[0].text;
}

TEST(PerfScript, RefusesATextWithoutSamples) {
  const auto profile = read_perf_script({"# cmdline : perf record\nhello\n", "perf.txt"}, {});
  ASSERT_FALSE(profile);
  EXPECT_EQ(profile.error().kind, ErrorKind::parse);
  EXPECT_EQ(profile.error().where, "perf.txt");
}

TEST(PerfScript, CutsStacksThatAreTooDeepAtTheRoot) {
  std::string text = "a 1 1.0: cycles: \n";
  for (int i = 0; i < 5000; ++i) text += "\t1 f" + std::to_string(i) + " (/x)\n";
  const auto profile = read_perf_script({text, "perf.txt"}, {});
  ASSERT_TRUE(profile);
  const std::string line = folded_perf(*profile, 0);
  EXPECT_TRUE(line.starts_with("a;f4094;f4093;")) << line.substr(0, 40);
  EXPECT_TRUE(line.ends_with(";f1;f0 1\n"));
  ASSERT_EQ(profile->warnings.size(), 1U);
  EXPECT_EQ(profile->warnings[0].code, "deep-stacks");
}

TEST(PerfScript, SurvivesLinesWithoutEndOfInlining) {
  std::string text = "a 1 1.0: cycles: \n\t1 ";
  for (int i = 0; i < 100'000; ++i) text += "x->";
  const auto profile = read_perf_script({text + " (/x)\n", "perf.txt"}, {});
  ASSERT_TRUE(profile);
  EXPECT_LE(profile->tree.size(), k_max_depth + 1);
}

TEST(PerfScript, IsKnownByItsFirstSample) {
  for (const char* name : {"native.txt", "java.txt", "flat.txt"}) {
    const std::string text = perf_fixture(name);
    const auto row = choose(text, name);
    ASSERT_TRUE(row) << row.error().text();
    EXPECT_EQ((*row)->name, "perf-script") << name;
  }
  EXPECT_EQ(find_format("perf-script")->sniff("a;b 5\nc;d 6\n"), 0);
  EXPECT_EQ(find_format("perf-script")->sniff("a 1 1.0: cycles: \nno frame\n"), 0);
}

}  // namespace
}  // namespace perfwarden::profile
