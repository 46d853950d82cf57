#include "measure/output.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/text.hpp"
#include "os/files/files.hpp"

namespace perfwarden::measure {
namespace {

std::string path_of(const Suite& suite) {
  if (suite.output_file.empty() || suite.working_directory.empty()) return suite.output_file;
  return suite.working_directory + "/" + suite.output_file;
}

}  // namespace

Output::Output(const Plan& plan, const Step& step, const Children& sides)
    : plan_(plan),
      step_(step),
      suite_(plan.suites[step.suite]),
      folder_(step.side == Side::base ? sides.base_directory : sides.head_directory),
      path_(path_of(suite_)) {
  if (!path_.empty()) is_stale_ = !os::remove_file_below(folder_, path_).has_value();
}

std::optional<Warning> Output::take(Ended& ended, RawInvocation& invocation) const {
  const std::string title = title_of(plan_, step_);
  invocation.output_name = title + ": " + (path_.empty() ? "stdout" : text::one_line(suite_.output_file));
  if (!path_.empty()) {
    if (ended.failure.empty()) read_file(ended, invocation.output);
    return std::nullopt;
  }
  if (suite_.parser.name == "time") return std::nullopt;  // it reads nothing
  invocation.output = std::move(ended.result.out);
  if (!ended.result.out_truncated || !ended.failure.empty()) return std::nullopt;
  return Warning{"output-cut", fmt::format("{}: its output was cut at {} MiB; write less, or to output-file", title,
                                           invocation.output.size() >> 20)};
}

void Output::read_file(Ended& ended, std::string& output) const {
  Result<std::string> text = os::read_file_below(folder_, path_, os::Command{}.max_output_bytes);
  if (text && !is_stale_) {
    output = std::move(text).value();
    return;
  }
  ended.failure = fmt::format("output-file '{}' {}", text::one_line(path_),
                              is_stale_ ? "could not be removed before the run" : "of this run: " + text.error().what);
  ended.hint = text ? "" : text.error().hint;
  if (ended.hint.empty()) ended.hint = "check output-file, and that the command writes it in its working directory";
}

}  // namespace perfwarden::measure
