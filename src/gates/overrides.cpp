#include "gates/overrides.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.hpp"

namespace perfwarden::gates {
namespace {

// Why a person's decision does not count; empty when it does. Who is in a team was asked of GitHub.
std::optional<Warning> why_refused(const Override& accepted, const OverrideConfig& config) {
  const bool allowed = config.allow.empty() || !config.team.empty() ||
                       std::any_of(config.allow.begin(), config.allow.end(), [&](const std::string& login) {
                         return text::lower(login) == text::lower(accepted.by);
                       });
  if (!allowed)
    return Warning{"override-not-allowed",
                   fmt::format("'{}' accepted broken limits, but overrides.allow does not list them, so it changes "
                               "nothing: ask one of {}",
                               accepted.by, text::join(config.allow, ", "))};
  if (config.require_reason && text::trim(accepted.reason).empty())
    return Warning{"override-without-reason",
                   fmt::format("that '{}' accepted broken limits changes nothing without a reason: give one in a "
                               "comment, or set overrides.require-reason to false",
                               accepted.by)};
  return std::nullopt;
}

std::string note_of(const Override& accepted) {
  const std::string_view reason = text::trim(accepted.reason);
  const std::string who = accepted.glob.empty() ? accepted.by : fmt::format("{} ({})", accepted.by, accepted.glob);
  return reason.empty() ? who : fmt::format("{}: {}", who, reason);
}

// Marks the soft findings that a person accepted; true when there are any.
bool accept(const Override& accepted, std::vector<Finding>& findings) {
  bool any = false;
  for (Finding& finding : findings) {
    if (finding.level != Level::soft || finding.not_measured) continue;
    if (!accepted.glob.empty() && !text::glob_match_prefix(accepted.glob, finding.series.path())) continue;
    finding.accepted = any = true;
  }
  return any;
}

// A series is accepted when all that is held against it is.
void mark_accepted(std::span<const Comparison> comparisons, Verdict& verdict) {
  if (!verdict.overridden) return;
  for (std::size_t i = 0; i < verdict.judgements.size(); ++i) {
    if (verdict.judgements[i].level != Level::soft) continue;
    verdict.judgements[i].accepted =
        std::all_of(verdict.findings.begin(), verdict.findings.end(), [&](const Finding& finding) {
          return finding.series != comparisons[i].id || finding.level < Level::soft || finding.accepted;
        });
  }
}

}  // namespace

void apply_overrides(std::span<const Override> accepted, std::span<const Comparison> comparisons,
                     const OverrideConfig& config, Verdict& verdict) {
  const bool any_soft = std::any_of(verdict.findings.begin(), verdict.findings.end(),
                                    [](const Finding& finding) { return finding.level == Level::soft; });
  if (!any_soft && verdict.nothing_compared() == nullptr) return;
  std::vector<std::string> notes;
  bool of_nothing = verdict.nothing_compared() == nullptr;  // that nothing was compared needs no acceptance, or has one
  for (const Override& one : accepted) {
    if (std::optional<Warning> refused = why_refused(one, config)) {
      verdict.warnings.push_back(*std::move(refused));
      continue;
    }
    const bool any = accept(one, verdict.findings);
    const bool whole = one.glob.empty() && verdict.nothing_compared() != nullptr;
    of_nothing = of_nothing || whole;
    if (any || whole)
      notes.push_back(note_of(one));
    else
      verdict.warnings.push_back({"override-unmatched", fmt::format("'{}' accepted '{}', which no broken soft limit "
                                                                    "of this run matches",
                                                                    one.by, one.glob)});
  }
  verdict.overridden = !notes.empty() && of_nothing;
  verdict.override_note = text::join(notes, "; ");
  mark_accepted(comparisons, verdict);
}

}  // namespace perfwarden::gates
