#include "ingest/first_run.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

#include "base/text.hpp"
#include "ingest/limits.hpp"
#include "ingest/parts.hpp"
#include "ingest/read.hpp"

namespace perfwarden::ingest {
namespace {

constexpr std::size_t k_lines_shown = 3;

// The first lines that say something, as an excerpt.
std::string excerpt_of(std::string_view text) {
  std::string out;
  std::size_t shown = 0;
  for (const std::string_view line : text::lines(text.substr(0, k_sniffed_bytes))) {
    const std::string safe = text::truncate(text::one_line(text::trim(line)), 120);
    if (safe.empty() || shown++ >= k_lines_shown) continue;
    out += (out.empty() ? "  | " : "\n  | ") + safe;
  }
  if (shown > k_lines_shown) out += "\n  | …";
  return out;
}

// How to get what the format reads; `own`: what its reader says of this text.
std::string way_to(const Format& format, const std::string& own) {
  if (!format.how.empty()) return std::string(format.how);
  return own.empty() ? fmt::format("this format is {}", format.summary) : own;
}

// The one format that this text surely is.
const Format* recognised(std::string_view text) {
  const Result<const Format*> found = choose("auto", {text, "", nullptr, nullptr, ""});
  return found ? *found : nullptr;
}

// What would do. `chosen` is null for `auto`; `own`: the hint of what could not be read.
std::string cure_of(const Format* chosen, std::string_view text, const std::string& own) {
  if (text::trim(text).empty())
    return chosen == nullptr || chosen->how.empty()
               ? "print the results to stdout, or name the file with output-file; set parser: time to time the command "
                 "itself"
               : std::string(chosen->how);
  if (const Format* other = chosen == nullptr ? nullptr : recognised(text); other != nullptr && other != chosen)
    return fmt::format("it looks like {}: set parser: {}", other->name, other->name);
  if (const Format* harness = harness_of(text.substr(0, k_sniffed_bytes))) {
    const std::string cure = fmt::format("it looks like what {} prints for people; {}", harness->name, harness->how);
    return chosen == nullptr || chosen == harness ? cure : cure + fmt::format(", and parser: {}", harness->name);
  }
  return chosen == nullptr ? "set parser: time to time the command itself, or name the format: `perfwarden ingest "
                             "--list` prints all"
                           : way_to(*chosen, own);
}

}  // namespace

Result<Samples> read_first(const RawInvocation& run, const Plan& plan, const Config& config) {
  Raw raw;
  raw.invocations.push_back(run);
  raw.invocations.front().ok = true;
  raw.invocations.front().step.kind = Step::Kind::measure;
  raw.invocations.front().step.invocation = 0;
  Plan alone;
  alone.suites = plan.suites;
  alone.two_sided = plan.two_sided;
  Result<SidedSamples> read = ingest::read(raw, alone, config);
  if (read) return std::move(run.step.side == Side::base ? read->base : read->head);
  Error error = std::move(read).error();
  if (error.kind == ErrorKind::config) return error;
  const Format* const chosen = find_format(plan.suites[run.step.suite].parser.name);
  error.kind = ErrorKind::benchmark;
  error.excerpt = excerpt_of(run.output);
  error.hint = cure_of(chosen, run.output, error.hint);
  error.where = "";
  if (text::trim(run.output).empty())
    error.what += run.said.empty() ? "; it wrote nothing there" : "; it wrote nothing there, but to stderr";
  if (error.excerpt.empty() && !run.said.empty()) error.excerpt = excerpt_of(text::replace_all(run.said, " | ", "\n"));
  return error;
}

}  // namespace perfwarden::ingest
