#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "plan/make.hpp"

namespace perfwarden::plan {
namespace {

std::string plural(long long count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

bool is_plain(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return text::is_alphanumeric(c) || std::string_view("_-./:=,+@%{}").find(c) != std::string_view::npos;
  });
}

std::string command_text(const CommandLine& command) {
  if (!command.shell.empty()) return text::one_line(command.shell) + "   (by /bin/sh)";
  std::vector<std::string> words;
  for (const std::string& word : command.argv) {
    const std::string safe = text::one_line(word);
    words.push_back(is_plain(safe) ? safe : "'" + text::replace_all(safe, "'", "'\\''") + "'");
  }
  return text::join(words, " ");
}

// What is counted beside the timed runs.
std::string counted_text(const Suite& suite) {
  std::vector<std::string> out;
  if (suite.count_allocations) out.emplace_back("allocations, in runs of their own");
  if (suite.count_instructions) out.emplace_back("instructions, in runs of their own under valgrind");
  if (!suite.binary.empty()) out.push_back("the size of " + text::one_line(suite.binary));
  return text::join(out, "; ");
}

std::string suite_text(const Suite& suite, bool two_sided) {
  const std::string_view a_side = two_sided ? " a side" : "";
  const bool adaptive = two_sided && suite.iterations.adaptive();
  const int least = two_sided ? suite.iterations.min : suite.iterations.alone();
  std::string out = adaptive
                        ? fmt::format("  {}: {} to {} runs a side, as many as the decision needs",
                                      text::one_line(suite.name), least, suite.iterations.max)
                        : fmt::format("  {}: {}{}", text::one_line(suite.name), plural(least, "run", "runs"), a_side);
  if (!suite.cases.empty())
    out += fmt::format("{} of each of {}", adaptive ? "," : "",
                       plural(static_cast<long long>(suite.cases.size()), "case", "cases"));
  out += fmt::format(", {}{}, at most {:g} s each\n", plural(suite.warmup, "warm-up", "warm-ups"), a_side,
                     suite.timeout_s);
  if (adaptive)
    out += fmt::format("    stops after {} s once there are {}, decided or not\n", suite.iterations.max_time_s,
                       plural(least, "run", "runs"));
  const auto row = [&out](std::string_view name, const CommandLine& command) {
    if (!command.empty()) out += fmt::format("    {:<9}{}\n", name, command_text(command));
  };
  row("build", suite.build);
  row("setup", suite.setup);
  row("run", suite.run);
  if (const std::string counted = counted_text(suite); !counted.empty())
    out += fmt::format("    count    {}\n", counted);
  row("teardown", suite.teardown);
  if (!suite.working_directory.empty())
    out += fmt::format("    in       {}\n", text::one_line(suite.working_directory));
  if (!suite.cpus.empty()) out += fmt::format("    on CPU   {}\n", fmt::join(suite.cpus, ","));
  return out;
}

std::string step_text(const Plan& plan, const Step& step) {
  const Suite& suite = plan.suites[step.suite];
  std::string name = suite.name;
  if (!suite.cases.empty()) name += "/" + suite.cases[step.case_index];
  return plan.two_sided ? fmt::format("{} {}", text::one_line(name), name_of(step.side)) : text::one_line(name);
}

std::string first_round(const Plan& plan) {
  constexpr std::size_t k_most_shown = 12;
  std::vector<std::string> shown;
  std::size_t count = 0;
  for (const Step& step : plan.steps) {
    if (step.kind != Step::Kind::measure || step.invocation != 0) continue;
    if (++count <= k_most_shown) shown.push_back(step_text(plan, step));
  }
  if (count > k_most_shown) shown.push_back(fmt::format("… and {} more", count - k_most_shown));
  return text::join(shown, ", ");
}

bool any_adaptive(const Plan& plan) {
  return plan.two_sided && std::any_of(plan.suites.begin(), plan.suites.end(),
                                       [](const Suite& suite) { return suite.iterations.adaptive(); });
}

}  // namespace

std::string describe(const Plan& plan) {
  const auto count = [&plan](Step::Kind kind) {
    return std::count_if(plan.steps.begin(), plan.steps.end(), [kind](const Step& step) { return step.kind == kind; });
  };
  std::string out = plan.two_sided ? fmt::format("Base and head in turn, in an order drawn from seed {}:\n", plan.seed)
                                   : std::string("This side alone:\n");
  for (const Suite& suite : plan.suites) out += suite_text(suite, plan.two_sided);
  if (plan.align_functions)
    out += "Builds align functions to 64 bytes, where they find their compiler on PATH (placement.align)\n";
  out += fmt::format("In all: {}, {}, {}, {}, {}\n", plural(count(Step::Kind::build), "build", "builds"),
                     plural(count(Step::Kind::setup), "set-up", "set-ups"),
                     plural(count(Step::Kind::warmup), "warm-up", "warm-ups"),
                     plural(count(Step::Kind::measure), "measured run", "measured runs") +
                         (any_adaptive(plan) ? " before the first look" : ""),
                     plural(count(Step::Kind::teardown), "teardown", "teardowns"));
  out += fmt::format("First round: {}\n", first_round(plan));
  return out;
}

}  // namespace perfwarden::plan
