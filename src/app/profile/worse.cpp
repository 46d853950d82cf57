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
#include "app/profile/kept.hpp"
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

constexpr std::size_t k_most_profiled = 8;  // benchmarks of a run, worst first
constexpr std::size_t k_most_for_later = 32;
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

bool is_two_sided(const ProfileRequest& request) {
  return !request.sides.base_directory.empty();
}

// Whether head is profiled also where there is nothing to compare it with.
bool wanted_alone(const ProfileRequest& request, const Suite& suite) {
  if (is_two_sided(request)) return false;
  return request.for_later ? suite.profile.judged() : suite.profile.on() && suite.profile.when == ProfileWhen::always;
}

bool wanted(const ProfileRequest& request, const Report& report, std::size_t i, const Suite& suite) {
  const Comparison& comparison = report.comparisons[i];
  const bool on_head = comparison.presence == Presence::both || comparison.presence == Presence::only_head;
  if (on_head && wanted_alone(request, suite)) return true;
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
  // Two runs that did not alternate leave most in doubt, which is where a profile says more than the time.
  const bool doubtful = !is_two_sided(request) && suite.profile.judged() && judgement.outcome == Outcome::inconclusive;
  return judgement.outcome == Outcome::regression || surely_worse || doubtful;
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

std::vector<Subject> subjects_of(const ProfileRequest& request, const Report& report) {
  const Config& config = request.config;
  std::vector<Subject> out;
  for (const std::size_t i : report::reading_order(report)) {
    const Comparison& comparison = report.comparisons[i];
    const auto suite = std::find_if(config.suites.begin(), config.suites.end(),
                                    [&](const Suite& one) { return one.name == comparison.id.suite; });
    if (suite == config.suites.end() || !wanted(request, report, i, *suite)) continue;
    Subject subject;
    subject.suite = static_cast<std::size_t>(suite - config.suites.begin());
    while (subject.case_index + 1 < suite->cases.size() &&
           !is_of_case(comparison.id.benchmark, suite->cases[subject.case_index]))
      ++subject.case_index;
    subject.only = only_of(*suite, request.formats, comparison.id.benchmark);
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

// Profiles of both sides, one a round. Of base there is none where head was profiled for later runs alone.
struct Recorded {
  std::vector<Profile> base, head;
  bool is_kept = false;  // base's own run kept what is in `base`
};

double samples_in(const Profile& profile) {
  double sum = 0;
  const std::size_t type = profile.count_type.value_or(profile.default_type);
  for (const double value : profile.self[type]) sum += value;
  return sum;
}

class Recording {
 public:
  Recording(World& world, const ProfileRequest& request, const measure::Children& children,
            const profile::KeptProfiles& kept)
      : world_(world), request_(request), children_(children), kept_(kept) {
    plan_.suites = request.config.suites;
    plan_.two_sided = is_two_sided(request);
  }

  // nullopt when a warning was added instead.
  Result<std::optional<Recorded>> record(const Subject& subject, std::vector<Warning>& warnings) {
    const Suite& suite = request_.config.suites[subject.suite];
    const bool comparable = plan_.two_sided || !suite.profile.baseline.empty() || kept_of(subject) != nullptr;
    if (!comparable && !wanted_alone(request_, suite)) {
      warnings.push_back(
          {"not-profiled", fmt::format("{}: not profiled: there is no checkout of base to profile beside head, and its "
                                       "run kept no profile of this; let runs of the baseline branch keep them "
                                       "(`when: always`), or name a profile of base as 'profile.baseline'",
                                       name_of(subject, suite))});
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
  static std::string name_of(const Subject& subject, const Suite& suite) {
    return suite.name + (subject.benchmark.empty() ? "" : "/" + text::one_line(subject.benchmark));
  }

  [[nodiscard]] const profile::KeptProfile* kept_of(const Subject& subject) const {
    return kept_.find(request_.config.suites[subject.suite].name, subject.benchmark);
  }

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
    if (!plan_.two_sided) PW_TRY(take_base(subject, suite, out));
    const double began_s = world_.clock.monotonic_s();
    std::array<double, 2> samples{};
    for (std::size_t round = 0; round < k_most_rounds; ++round) {
      for (const Side side : {Side::base, Side::head}) {
        if (side == Side::base && !plan_.two_sided) continue;
        tell(subject, suite, side, round);
        Step step{Step::Kind::measure, side, subject.suite, subject.case_index, static_cast<int>(round), subject.only};
        PW_TRY_ASSIGN(const std::string bytes, measure::record(recorder, plan_, step, children_, world_.processes));
        PW_TRY_ASSIGN(Profile profile,
                      profile::read(bytes, fmt::format("profile of {} ({})", suite.name, perfwarden::name_of(side))));
        samples[static_cast<std::size_t>(side)] += samples_in(profile);
        (side == Side::base ? out.base : out.head).push_back(std::move(profile));
      }
      const bool enough = samples[1] >= k_enough_samples && (!plan_.two_sided || samples[0] >= k_enough_samples);
      const bool late = world_.clock.monotonic_s() - began_s > k_most_seconds;
      if (out.head.back().exact || late || (enough && round + 1 >= k_least_rounds)) break;
    }
    return out;
  }

  // The profile that the config names, else what base's own run kept, if it kept one.
  Status take_base(const Subject& subject, const Suite& suite, Recorded& out) {
    if (const std::string& file = suite.profile.baseline; !file.empty()) {
      PW_TRY_ASSIGN(const std::string bytes, profile_of_base(file));
      PW_TRY_ASSIGN(Profile base, profile::read(bytes, file));
      out.base.push_back(std::move(base));
    } else if (const profile::KeptProfile* const kept = kept_of(subject); kept != nullptr) {
      out.base = kept->recordings;
      out.is_kept = true;
    }
    return Nothing{};
  }

  // The base commit's version of the file: a pull request could rewrite its own.
  Result<std::string> profile_of_base(const std::string& path) {
    if (const std::string& trusted = request_.trusted_sha; !trusted.empty())
      return TrustedFiles(world_, trusted).read(path, profile::k_max_text_bytes);
    const checkout::Git git = repository(world_);
    const std::string& base = request_.sides.base_sha;
    if (base.empty() || !git.resolve(base)) return os::read_file_below(children_.head_directory, path);
    return git.show(base, git.prefix() + path);
  }

  void tell(const Subject& subject, const Suite& suite, Side side, std::size_t round) {
    if (round == 0 && side == Side::head && !world_.quiet) note(world_, "profiling " + name_of(subject, suite));
  }

  World& world_;
  const ProfileRequest& request_;
  const measure::Children& children_;
  const profile::KeptProfiles& kept_;
  Plan plan_;
};

// What base's own run kept; nothing, with a warning, where that cannot be compared with head.
profile::KeptProfiles kept_by_base(const ProfileRequest& request, Report& report) {
  if (request.sides.base_profiles.empty()) return {};
  Result<profile::KeptProfiles> kept = kept_of_base(request.sides.base_profiles, report);
  if (kept) return *std::move(kept);
  report.warnings.push_back({"not-profiled", kept.error().text()});
  return {};
}

// The most interesting ones, as many as there is time for.
std::vector<Subject> chosen_subjects(const ProfileRequest& request, Report& report) {
  std::vector<Subject> subjects = subjects_of(request, report);
  const std::size_t most = request.for_later ? k_most_for_later : k_most_profiled;
  if (subjects.size() <= most) return subjects;
  report.warnings.push_back(
      {"not-profiled", fmt::format("the {} worst benchmarks were profiled, of {}", most, subjects.size())});
  subjects.resize(most);
  return subjects;
}

}  // namespace

Result<RecordedSides> profile_worse(World& world, const ProfileRequest& request, Report& report) {
  RecordedSides out;
  const std::vector<Subject> subjects = chosen_subjects(request, report);
  if (subjects.empty()) return out;
  const Checkouts& sides = request.sides;
  PW_TRY_ASSIGN(ForeignCode foreign, ForeignCode::begin(world, children_of(world, request.config, sides.base_directory,
                                                                           sides.head_directory)));
  EvidenceMaker maker(world, request.config, sides, request.trusted_sha, request.directory);
  const profile::KeptProfiles kept = kept_by_base(request, report);
  Recording recording(world, request, foreign.children(), kept);
  std::size_t alone = 0;
  for (const Subject& subject : subjects) {
    const std::string& suite = request.config.suites[subject.suite].name;
    PW_TRY_ASSIGN(std::optional<Recorded> recorded, recording.record(subject, report.warnings));
    if (!recorded) continue;
    if (recorded->base.empty()) {
      ++alone;
    } else if (Result<ProfileDiff> evidence =
                   maker.make(recorded->base, recorded->head, {suite, subject.benchmark, subject.ratio});
               evidence) {
      if (recorded->is_kept) evidence->warnings.push_back(where_from(report, sides.base_label));
      report.evidence.push_back(*std::move(evidence));
    } else {
      report.warnings.push_back({"not-profiled", suite + ": " + evidence.error().what});
    }
    if (is_two_sided(request)) out.base.push_back({suite, subject.benchmark, std::move(recorded->base)});
    out.head.push_back({suite, subject.benchmark, std::move(recorded->head)});
  }
  if (alone > 0)
    report.warnings.push_back(
        {"profiled-alone", fmt::format("{} benchmark{} profiled on head alone, for later runs to be compared with; no "
                                       "profile of base is there, so no gate on profiles was judged for {}",
                                       alone, alone == 1 ? " was" : "s were", alone == 1 ? "it" : "them")});
  PW_TRY(foreign.end());
  out.summaries = maker.summaries();
  return out;
}

}  // namespace perfwarden::app
