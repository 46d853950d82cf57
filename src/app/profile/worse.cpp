#include "app/profile/worse.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "app/cli/messages.hpp"
#include "app/pipe/foreign_code.hpp"
#include "app/pipe/measurement.hpp"
#include "app/profile/comparison.hpp"
#include "base/text.hpp"
#include "ingest/format.hpp"
#include "measure/command.hpp"
#include "measure/record.hpp"
#include "os/files/files.hpp"
#include "profile/limits.hpp"
#include "profile/read/read.hpp"
#include "report/build.hpp"

namespace perfwarden::app {
namespace {

constexpr std::size_t k_most_profiled = 8;   // benchmarks of a run, worst first
constexpr double k_enough_samples = 12'000;  // a side
constexpr double k_most_seconds = 45;        // of one benchmark, both sides together
constexpr std::size_t k_least_rounds = 3;    // so that the spread from run to run is known
constexpr std::size_t k_most_rounds = 30;

// A Subject is one benchmark to profile, or all of a case at once where its program cannot choose.
struct Subject {
  std::size_t suite = 0, case_index = 0;
  std::string benchmark;          // empty: the whole case
  std::vector<std::string> only;  // arguments that choose it
  std::optional<double> ratio;    // head / base of its time
  [[nodiscard]] bool same_run(const Subject& other) const {
    return suite == other.suite && case_index == other.case_index && only == other.only;
  }
};

bool wanted(const Report& report, std::size_t i, const Suite& suite) {
  const Comparison& comparison = report.comparisons[i];
  if (comparison.presence != Presence::both || !suite.profile.on()) return false;
  if (suite.profile.when == ProfileWhen::always) return true;
  const bool only_moved = std::any_of(report.causes.begin(), report.causes.end(), [&](const ChangeCause& cause) {
    return cause.cause == Cause::placement && cause.suite == comparison.id.suite &&
           cause.benchmark == comparison.id.benchmark;
  });
  if (only_moved) return false;  // the same instructions
  const Judgement& judgement = report.verdict.judgements[i];
  const bool surely_worse = comparison.confidence && *comparison.confidence != Confidence::low &&
                            comparison.worse_by() > 0 && comparison.significance == Significance::distinct;
  return judgement.outcome == Outcome::regression || surely_worse;
}

bool is_time(const Comparison& comparison) {
  return comparison.metric.unit == "s" && !std::isnan(comparison.ratio);
}

std::size_t benchmarks_of(const Report& report, const Suite& suite, const std::string& case_name) {
  std::set<std::string> names;
  for (const Comparison& comparison : report.comparisons)
    if (comparison.id.suite == suite.name && (case_name.empty() || is_of_case(comparison.id.benchmark, case_name)))
      names.insert(comparison.id.benchmark);
  return names.size();
}

std::vector<Subject> subjects_of(const Report& report, const Config& config, const Formats& formats) {
  std::vector<Subject> out;
  for (const std::size_t i : report::reading_order(report)) {
    const Comparison& comparison = report.comparisons[i];
    const auto suite = std::find_if(config.suites.begin(), config.suites.end(),
                                    [&](const Suite& one) { return one.name == comparison.id.suite; });
    if (suite == config.suites.end() || !wanted(report, i, *suite)) continue;
    Subject subject;
    subject.suite = static_cast<std::size_t>(suite - config.suites.begin());
    while (subject.case_index + 1 < suite->cases.size() &&
           !is_of_case(comparison.id.benchmark, suite->cases[subject.case_index]))
      ++subject.case_index;
    subject.only = only_of(*suite, formats, comparison.id.benchmark);
    const std::string case_name = suite->cases.empty() ? "" : suite->cases[subject.case_index];
    const bool alone = !subject.only.empty() || benchmarks_of(report, *suite, case_name) == 1;
    subject.benchmark = alone ? comparison.id.benchmark : case_name;
    if (alone && is_time(comparison)) subject.ratio = comparison.ratio;
    const auto same = std::find_if(out.begin(), out.end(), [&](const Subject& one) { return one.same_run(subject); });
    if (same == out.end()) {
      out.push_back(std::move(subject));
    } else if (!same->ratio) {
      same->ratio = subject.ratio;
    }
  }
  return out;
}

// Profiles of both sides, one a round.
struct Recorded {
  std::vector<Profile> base, head;
};

double samples_in(const Profile& profile) {
  double sum = 0;
  const std::size_t type = profile.count_type.value_or(profile.default_type);
  for (const double value : profile.self[type]) sum += value;
  return sum;
}

class Recording {
 public:
  Recording(World& world, const Config& config, const Checkouts& sides, const std::string& trusted_sha,
            const measure::Children& children)
      : world_(world), config_(config), sides_(sides), trusted_sha_(trusted_sha), children_(children) {
    plan_.suites = config.suites;
    plan_.two_sided = !children.base_directory.empty();
  }

  // nullopt when a warning was added instead.
  Result<std::optional<Recorded>> record(const Subject& subject, std::vector<Warning>& warnings) {
    const Suite& suite = config_.suites[subject.suite];
    if (!plan_.two_sided && suite.profile.baseline.empty()) {
      warnings.push_back(
          {"not-profiled", fmt::format("{}: not profiled: there is no checkout of base to profile beside head; "
                                       "name a profile of base as 'profile.baseline'",
                                       suite.name)});
      return std::optional<Recorded>();
    }
    Result<Recorded> recorded = rounds(subject, suite);
    if (recorded) return std::optional(std::move(*recorded));
    if (recorded.error().kind == ErrorKind::interrupted) return std::move(recorded).error();
    std::string why = recorded.error().what;
    if (!recorded.error().hint.empty()) why += ": " + recorded.error().hint;
    warnings.push_back({"not-profiled", fmt::format("{}: not profiled: {}", suite.name, why)});
    return std::optional<Recorded>();
  }

 private:
  Result<Recorded> rounds(const Subject& subject, const Suite& suite) {
    PW_TRY_ASSIGN(const std::string folder, os::make_temporary_directory("perfwarden-profile"));
    Result<Recorded> out = Error{};
    const Status ready = run_for_all(subject, Step::Kind::setup, suite.setup);
    out = ready ? rounds_in(subject, suite, folder) : Result<Recorded>(ready.error());
    const Status cleaned = run_for_all(subject, Step::Kind::teardown, suite.teardown);
    (void)os::remove_all(folder).has_value();
    if (out && !cleaned) return cleaned.error();
    return out;
  }

  // A suite's teardown ran after measuring, so its setup runs once more.
  Status run_for_all(const Subject& subject, Step::Kind kind, const CommandLine& line) {
    if (line.empty()) return Nothing{};
    for (const Side side : {Side::base, Side::head}) {
      if (side == Side::base && !plan_.two_sided) continue;
      const Step step{kind, side, subject.suite, subject.case_index, 0, {}};
      PW_TRY_ASSIGN(const os::Command command, measure::command_of(plan_, step, children_));
      PW_TRY_ASSIGN(const os::ProcessResult result, world_.processes.run(command));
      if (result.interrupted) return Error{.kind = ErrorKind::interrupted, .what = "stopped by a signal"};
      if (!result.ok())
        return Error{.kind = ErrorKind::benchmark,
                     .what = fmt::format("{} failed: {}", measure::text_of(command), measure::how_it_ended(result))};
    }
    return Nothing{};
  }

  Result<Recorded> rounds_in(const Subject& subject, const Suite& suite, const std::string& folder) {
    PW_TRY_ASSIGN(const measure::Recorder recorder,
                  measure::make_recorder(suite.profile, children_, world_.processes, folder));
    Recorded out;
    if (!plan_.two_sided) {
      PW_TRY_ASSIGN(const std::string bytes, profile_of_base(suite.profile.baseline));
      PW_TRY_ASSIGN(Profile base, profile::read(bytes, suite.profile.baseline));
      out.base.push_back(std::move(base));
    }
    const double began_s = world_.clock.monotonic_s();
    std::array<double, 2> samples{};
    for (std::size_t round = 0; round < k_most_rounds; ++round) {
      for (const Side side : {Side::base, Side::head}) {
        if (side == Side::base && !plan_.two_sided) continue;
        tell(subject, suite, side, round);
        Step step{Step::Kind::measure, side, subject.suite, subject.case_index, static_cast<int>(round), subject.only};
        PW_TRY_ASSIGN(const std::string bytes, measure::record(recorder, plan_, step, children_, world_.processes));
        PW_TRY_ASSIGN(Profile profile,
                      profile::read(bytes, fmt::format("profile of {} ({})", suite.name, name_of(side))));
        samples[static_cast<std::size_t>(side)] += samples_in(profile);
        (side == Side::base ? out.base : out.head).push_back(std::move(profile));
      }
      const bool enough = samples[1] >= k_enough_samples && (!plan_.two_sided || samples[0] >= k_enough_samples);
      const bool late = world_.clock.monotonic_s() - began_s > k_most_seconds;
      if (out.head.back().exact || late || (enough && round + 1 >= k_least_rounds)) break;
    }
    return out;
  }

  // The base commit's version of the file: a pull request could rewrite its own.
  Result<std::string> profile_of_base(const std::string& path) {
    if (!trusted_sha_.empty()) return TrustedFiles(world_, trusted_sha_).read(path, profile::k_max_text_bytes);
    const checkout::Git git = repository(world_);
    if (sides_.base_sha.empty() || !git.resolve(sides_.base_sha))
      return os::read_file_below(children_.head_directory, path);
    return git.show(sides_.base_sha, git.prefix() + path);
  }

  void tell(const Subject& subject, const Suite& suite, Side side, std::size_t round) {
    if (round == 0 && side == Side::head && !world_.quiet)
      note(world_, fmt::format("profiling {}{}{}", suite.name, subject.benchmark.empty() ? "" : "/",
                               text::one_line(subject.benchmark)));
  }

  World& world_;
  const Config& config_;
  const Checkouts& sides_;
  const std::string& trusted_sha_;
  const measure::Children& children_;
  Plan plan_;
};

}  // namespace

Status profile_worse(World& world, const Config& config, const Checkouts& sides, const std::string& trusted_sha,
                     const Formats& formats, const std::string& directory, Report& report) {
  std::vector<Subject> subjects = subjects_of(report, config, formats);
  if (subjects.empty()) return Nothing{};
  if (subjects.size() > k_most_profiled) {
    report.warnings.push_back({"not-profiled", fmt::format("the {} worst benchmarks were profiled, of {}",
                                                           k_most_profiled, subjects.size())});
    subjects.resize(k_most_profiled);
  }
  PW_TRY_ASSIGN(ForeignCode foreign,
                ForeignCode::begin(world, children_of(world, config, sides.base_directory, sides.head_directory)));
  EvidenceMaker maker(world, config, sides, trusted_sha, directory);
  Recording recording(world, config, sides, trusted_sha, foreign.children());
  for (const Subject& subject : subjects) {
    PW_TRY_ASSIGN(std::optional<Recorded> recorded, recording.record(subject, report.warnings));
    if (!recorded) continue;
    Result<ProfileDiff> evidence = maker.make(recorded->base, recorded->head,
                                              {config.suites[subject.suite].name, subject.benchmark, subject.ratio});
    if (!evidence) {
      report.warnings.push_back({"not-profiled", config.suites[subject.suite].name + ": " + evidence.error().what});
      continue;
    }
    report.evidence.push_back(std::move(*evidence));
  }
  return foreign.end();
}

}  // namespace perfwarden::app
