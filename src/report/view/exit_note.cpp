#include "report/view/exit_note.hpp"

#include <optional>

namespace perfwarden::report {
namespace {

// The part of app/cli/exit_code.hpp that a report decides by itself.
std::optional<int> code_of(const Report& report) {
  if (report.mode == Mode::observe) return 0;
  switch (report.verdict.conclusion) {
    case Conclusion::pass:
    case Conclusion::skipped:
      return 0;
    case Conclusion::fail:
      return 1;
    case Conclusion::inconclusive:
      return report.statistics.inconclusive == OnInconclusive::fail ? 4 : 0;
    case Conclusion::no_baseline:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::string exit_note(const Report& report, const RenderOptions& options, const Phrases& phrases) {
  const std::optional<int> code = options.exit_code ? options.exit_code : code_of(report);
  if (!code) return "";
  const Data data("code", std::to_string(*code));
  const std::string known = phrases.say("exit_" + std::to_string(*code), data);
  return known.empty() ? phrases.say("exit_other", data) : known;
}

}  // namespace perfwarden::report
