#include "app/profile/kept.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "app/profile/comparison.hpp"
#include "base/text.hpp"
#include "os/files/files.hpp"

namespace perfwarden::app {
namespace {

// Head against base of what was profiled alone; nullopt where its time was not measured on both sides.
std::optional<double> ratio_of(const Report& report, const profile::KeptProfile& kept) {
  for (const Comparison& one : report.comparisons)
    if (one.id.suite == kept.suite && one.id.benchmark == kept.benchmark && one.metric.unit == "s" &&
        !std::isnan(one.ratio))
      return one.ratio;
  return std::nullopt;
}

bool on_one_machine(const RunInfo& base, const RunInfo& head) {
  const bool side_by_side = !base.session.empty() && base.session == head.session;
  return side_by_side || (!base.machine.fingerprint.empty() && base.machine.fingerprint == head.machine.fingerprint);
}

}  // namespace

Result<std::string> read_kept_beside(const std::string& samples_file) {
  const std::string file = profile::kept_beside(samples_file);
  if (!os::exists(file)) return std::string();
  return os::read_file(file, profile::k_max_kept_bytes);
}

std::string keep_beside(const std::string& samples_file, const profile::KeptProfiles& kept, Report& report) {
  const std::string file = profile::kept_beside(samples_file);
  const auto warn_of = [&report](std::string text) { report.warnings.push_back({"not-profiled", std::move(text)}); };
  if (kept.profiles.empty()) {
    if (const Status removed = os::remove_all(file); !removed)
      warn_of("the profiles of an earlier run are still there: " + removed.error().text());
    return "";
  }
  profile::KeptText written = profile::write_kept(kept);
  if (written.left_out > 0)
    warn_of(
        fmt::format("the profiles of {} of {} benchmarks are not kept for later runs: all together they are larger "
                    "than {} MiB",
                    written.left_out, kept.profiles.size(), profile::k_max_kept_bytes >> 20U));
  if (const Status status = os::write_file(file, written.text); !status)
    warn_of("the profiles are not kept for later runs: " + status.error().text());
  return std::move(written.text);
}

Result<profile::KeptProfiles> kept_of_base(const std::string& text, const Report& report) {
  PW_TRY_ASSIGN(profile::KeptProfiles kept, profile::read_kept(text, "the profiles that base's run kept"));
  if (kept.commit != report.base.run.commit)
    return Error{.kind = ErrorKind::usage,
                 .what = fmt::format("the profiles that base's run kept are of commit {}, its samples of {}",
                                     text::one_line(kept.commit.substr(0, 10)), report.base.run.commit.substr(0, 10))};
  if (!on_one_machine(report.base.run, report.head.run))
    return Error{.kind = ErrorKind::usage,
                 .what =
                     "the profiles that base's run kept are of another machine, and a profile says how one machine "
                     "spends its time",
                 .hint = "let runs of the baseline branch and of pull requests use the same kind of machine"};
  return kept;
}

Warning where_from(const Report& report, const std::string& base_label) {
  return {"kept-profile",
          fmt::format("base was not profiled beside head: its profile was kept by the run of {}{} ({})",
                      text::one_line(report.base.run.commit.substr(0, 10)),
                      report.base.run.time.empty() ? "" : " on " + text::one_line(report.base.run.time.substr(0, 10)),
                      text::one_line(base_label))};
}

bool compare_kept(World& world, const Config& config, const Checkouts& sides, const std::string& trusted_sha,
                  const KeptTexts& texts, const std::string& directory, Report& report) {
  if (texts.base.empty() || texts.head.empty()) return false;
  const auto warn_of = [&report](const Error& error) { report.warnings.push_back({"not-profiled", error.text()}); };
  const Result<profile::KeptProfiles> base = kept_of_base(texts.base, report);
  if (!base) warn_of(base.error());
  const Result<profile::KeptProfiles> head = profile::read_kept(texts.head, "the profiles that head's run kept");
  if (!head) warn_of(head.error());
  if (!base || !head) return false;
  EvidenceMaker maker(world, config, sides, trusted_sha, directory);
  bool any = false;
  for (const profile::KeptProfile& one : head->profiles) {
    const profile::KeptProfile* const same = base->find(one.suite, one.benchmark);
    if (same == nullptr) continue;
    Result<ProfileDiff> evidence =
        maker.make(same->recordings, one.recordings, {one.suite, one.benchmark, ratio_of(report, one)});
    if (!evidence) {
      warn_of(evidence.error());
      continue;
    }
    if (report.design != Design::interleaved) evidence->warnings.push_back(where_from(report, sides.base_label));
    report.evidence.push_back(*std::move(evidence));
    any = true;
  }
  return any;
}

}  // namespace perfwarden::app
