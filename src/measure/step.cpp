#include "measure/step.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "measure/command.hpp"
#include "os/files/lfs_pointer.hpp"

namespace perfwarden::measure {

bool is_run(const Step& step) {
  return step.kind == Step::Kind::warmup || step.kind == Step::Kind::measure;
}

namespace {

constexpr std::size_t k_shown_lines = 20;  // of a failing build

}  // namespace

Ended ended_of(Result<os::ProcessResult> result, double seconds) {
  Ended ended;
  ended.seconds = seconds;
  if (!result) {
    ended.failure = text::one_line(result.error().what);
    ended.hint = result.error().hint;
    return ended;
  }
  ended.result = std::move(result).value();
  if (ended.result.ok()) return ended;
  ended.failure = ended.result.describe();
  ended.last = last_lines(ended.result.err, k_shown_lines);
  if (ended.last.empty()) ended.last = last_lines(ended.result.out, k_shown_lines);
  return ended;
}

Error failure_of(const Plan& plan, const Step& step, const os::Command& command, const Ended& ended) {
  const std::string_view side = perfwarden::name_of(step.side);
  const std::string name = name_of(plan, step);
  const std::string how = ended.failure.empty() ? "interrupted" : ended.failure;
  Error error{.kind = ErrorKind::benchmark};
  switch (step.kind) {
    case Step::Kind::build:
      error.what = fmt::format("the build of '{}' on {} failed: {}", name, side, how);
      break;
    case Step::Kind::setup:
      error.what = fmt::format("the setup of '{}' on {} failed: {}", name, side, how);
      break;
    case Step::Kind::teardown:
      error.what = fmt::format("the teardown of '{}' on {} failed: {}", name, side, how);
      break;
    case Step::Kind::warmup:
    case Step::Kind::measure:
      error.what = fmt::format("'{}' failed on {}, the first time that it ran: {}", name, side, how);
      break;
  }
  error.hint = ended.hint.empty()
                   ? fmt::format("{}cd {} && {}", k_by_hand, text::one_line(command.cwd), text_of(command))
                   : ended.hint;
  for (const std::string& line : ended.last) error.excerpt += (error.excerpt.empty() ? "  | " : "\n  | ") + line;
  return error;
}

Status check_inputs(const Plan& plan, const Step& step, const os::Command& command) {
  constexpr std::string_view k_between = " \t\n'\"<>|;&()=,";  // words of a shell line, --input=FILE
  for (const std::string& argument : command.argv) {
    std::string_view rest = argument;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find_first_of(k_between), rest.size());
      const std::string word(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
      if (!os::is_lfs_pointer(command.cwd, word)) continue;
      return Error{.kind = ErrorKind::benchmark,
                   .what = fmt::format("'{}' on {} reads {}, which is a pointer of Git LFS here and not the file",
                                       name_of(plan, step), perfwarden::name_of(step.side), text::one_line(word)),
                   .hint = "give actions/checkout `lfs: true`, or run `git lfs install` and `git lfs pull`"};
    }
  }
  return Nothing{};
}

std::string title_of(const Plan& plan, const Step& step) {
  return fmt::format("{} ({}, run {})", name_of(plan, step), perfwarden::name_of(step.side), step.invocation + 1);
}

std::string what_of(const Plan& plan, const Step& step) {
  const Suite& suite = plan.suites[step.suite];
  const std::string name = name_of(plan, step);
  const std::string_view side = perfwarden::name_of(step.side);
  switch (step.kind) {
    case Step::Kind::build:
      return fmt::format("{}: building {}", name, side);
    case Step::Kind::setup:
      return fmt::format("{}: setting up {}", name, side);
    case Step::Kind::teardown:
      return fmt::format("{}: tearing down {}", name, side);
    case Step::Kind::warmup:
      return fmt::format("{}: {}, warm-up {} of {}", name, side, step.invocation + 1, suite.warmup);
    case Step::Kind::measure:
      break;
  }
  const bool open = plan.two_sided && suite.iterations.adaptive();
  const std::string of = fmt::format(" of {}", plan.two_sided ? suite.iterations.min : suite.iterations.alone());
  return fmt::format("{}: {}, run {}{}", name, side, step.invocation + 1, open ? "" : of);
}

}  // namespace perfwarden::measure
