#include "app/pipe/causes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "app/pipe/same_program.hpp"
#include "base/text.hpp"
#include "identity/names.hpp"
#include "identity/program.hpp"
#include "measure/command.hpp"

namespace perfwarden::app {
namespace {

constexpr std::size_t k_most_benchmarks = 16;
constexpr std::size_t k_most_suspects = 50;
constexpr std::size_t k_most_watched = 5'000;  // functions, for what no benchmark runs

// One run of a suite's program, of one benchmark alone where that can be chosen.
struct Subject {
  std::size_t suite = 0, case_index = 0;
  std::vector<std::string> only;
  std::vector<std::string> benchmarks;  // that it answers for
};

bool is_same(const identity::ImageComparison& image) {
  return image.sameness <= identity::Sameness::equivalent;
}

class Finder {
 public:
  Finder(World& world, const Config& config, const Trial& trial)
      : world_(world),
        config_(config),
        trial_(trial),
        children_(children_of(world, config, trial.checkouts.base_directory, trial.checkouts.head_directory)) {
    plan_.suites = config.suites;
    plan_.two_sided = true;
  }

  Status find(Report& report) {
    for (const Subject& subject : subjects_of(report)) {
      PW_TRY_ASSIGN(const ChangeCause cause, cause_of(subject));
      for (const std::string& benchmark : subject.benchmarks) {
        report.causes.push_back(cause);
        report.causes.back().benchmark = benchmark;
        check_instructions(report, report.causes.back());
      }
    }
    return Nothing{};
  }

  // Changed functions of head that no benchmark enters, so that nothing is known of their speed.
  Status find_uncovered(Report& report) {
    std::set<std::string> uncovered, covered;
    for (const auto& [place, programs] : trial_.programs.cases) {
      const auto suite = std::find_if(config_.suites.begin(), config_.suites.end(),
                                      [&suite_name = place.first](const Suite& one) { return one.name == suite_name; });
      const std::set<std::string> changed = reachable_of_head(programs);
      if (changed.empty() || changed.size() > k_most_watched || suite == config_.suites.end()) continue;
      ChangeCause seen;
      const Subject whole{static_cast<std::size_t>(suite - config_.suites.begin()), place.second, {}, {}};
      PW_TRY(watch_with_setup(whole, Side::head, programs, seen));
      if (!seen.reason.empty()) return Nothing{};  // what was not watched may have run
      covered.insert(seen.ran.begin(), seen.ran.end());
      uncovered.insert(changed.begin(), changed.end());
    }
    for (const std::string& name : covered) uncovered.erase(name);
    if (!uncovered.empty()) report.warnings.push_back({"not-covered", not_covered(uncovered)});
    return Nothing{};
  }

 private:
  // Equal code executes as many instructions. Fewer prove nothing: a harness may repeat what is slower less often.
  static void check_instructions(const Report& report, ChangeCause& cause) {
    constexpr double k_as_good_as_equal = 1.005;
    if (cause.cause != Cause::placement) return;
    for (const Comparison& one : report.comparisons) {
      const bool more = one.id.suite == cause.suite && one.id.benchmark == cause.benchmark &&
                        one.id.metric == "instructions" && one.significance == Significance::distinct &&
                        one.ratio > k_as_good_as_equal;
      if (!more) continue;
      cause.cause = Cause::not_known;
      cause.reason =
          fmt::format("no changed function ran, but head executes {:.1f} % more instructions", (one.ratio - 1) * 100);
    }
  }

  static std::set<std::string> reachable_of_head(const identity::ProgramComparison& programs) {
    std::set<std::string> names;
    for (const identity::ComparedImage& image : programs.images)
      for (const identity::FunctionChange& change : image.comparison.functions)
        if (change.head && change.is_reachable) names.insert(identity::readable_name(change.name));
    return names;
  }

  static std::string not_covered(const std::set<std::string>& functions) {
    constexpr std::size_t k_named = 5;
    std::vector<std::string> named;
    for (const std::string& name : functions)
      if (named.size() < k_named) named.push_back(text::one_line(name));
    const bool one = functions.size() == 1;
    return fmt::format("{} changed function{} run by no benchmark, so nothing is known of {} speed: {}{}",
                       functions.size(), one ? " is" : "s are", one ? "its" : "their", text::join(named, ", "),
                       functions.size() > k_named ? ", …" : "");
  }

  // A count does not depend on where code lies, so that it needs no cause.
  [[nodiscard]] std::vector<Subject> subjects_of(const Report& report) const {
    std::vector<Subject> out;
    std::set<std::pair<std::string, std::string>> seen;
    for (std::size_t i = 0; i < report.comparisons.size() && seen.size() < k_most_benchmarks; ++i) {
      const Comparison& comparison = report.comparisons[i];
      const bool flagged = comparison.presence == Presence::both && !comparison.metric.deterministic &&
                           report.verdict.judgements[i].outcome == Outcome::regression;
      const auto suite = std::find_if(config_.suites.begin(), config_.suites.end(),
                                      [&](const Suite& one) { return one.name == comparison.id.suite; });
      if (!flagged || suite == config_.suites.end()) continue;
      if (!seen.emplace(comparison.id.suite, comparison.id.benchmark).second) continue;
      add(static_cast<std::size_t>(suite - config_.suites.begin()), comparison.id.benchmark, out);
    }
    return out;
  }

  void add(std::size_t index, const std::string& benchmark, std::vector<Subject>& out) const {
    const Suite& suite = config_.suites[index];
    Subject subject{index, 0, only_of(suite, trial_.measured.formats, benchmark), {benchmark}};
    while (subject.case_index + 1 < suite.cases.size() && !is_of_case(benchmark, suite.cases[subject.case_index]))
      ++subject.case_index;
    if (!trial_.programs.cases.contains({suite.name, subject.case_index})) return;  // not traced
    for (Subject& one : out)
      if (one.suite == index && one.case_index == subject.case_index && one.only == subject.only)
        return one.benchmarks.push_back(benchmark);
    out.push_back(std::move(subject));
  }

  Result<ChangeCause> cause_of(const Subject& subject) {
    const Suite& suite = config_.suites[subject.suite];
    const identity::ProgramComparison& programs = trial_.programs.cases.at({suite.name, subject.case_index});
    ChangeCause cause;
    cause.suite = suite.name;
    const bool known = std::all_of(programs.images.begin(), programs.images.end(), [](const auto& image) {
      return is_same(image.comparison) || image.comparison.functions_are_complete;
    });
    for (const identity::ComparedImage& image : programs.images) cause.changed += image.comparison.functions.size();
    if (!known || programs.images.empty()) {
      cause.reason = programs.reasons.empty() ? "the programs are the same" : programs.reasons.front();
      if (programs.is_same()) cause.cause = Cause::placement;
      return cause;
    }
    PW_TRY(watch(subject, programs, cause));
    if (!cause.ran.empty()) {
      cause.cause = Cause::changed_code;
      cause.reason.clear();
    } else if (cause.reason.empty() && is_only_functions(programs)) {
      cause.cause = Cause::placement;
    } else if (cause.reason.empty()) {
      cause.reason =
          "no changed function ran, but " + (programs.reasons.empty() ? "data differs" : programs.reasons[0]);
    }
    return cause;
  }

  static bool is_only_functions(const identity::ProgramComparison& programs) {
    return programs.only_images_differ &&
           std::all_of(programs.images.begin(), programs.images.end(), [](const identity::ComparedImage& image) {
             return is_same(image.comparison) || image.comparison.only_functions_differ;
           });
  }

  Status watch(const Subject& subject, const identity::ProgramComparison& programs, ChangeCause& cause) {
    for (const Side side : {Side::base, Side::head}) PW_TRY(watch_with_setup(subject, side, programs, cause));
    std::sort(cause.ran.begin(), cause.ran.end());
    cause.ran.erase(std::unique(cause.ran.begin(), cause.ran.end()), cause.ran.end());
    if (cause.ran.size() > k_most_suspects) cause.ran.resize(k_most_suspects);
    return Nothing{};
  }

  // A suite's teardown ran after measuring, so its setup runs once more.
  Status watch_with_setup(const Subject& subject, Side side, const identity::ProgramComparison& programs,
                          ChangeCause& cause) {
    const Suite& suite = config_.suites[subject.suite];
    PW_TRY(run_once(subject, side, Step::Kind::setup, suite.setup, cause));
    PW_TRY(watch_side(subject, side, programs, cause));
    return run_once(subject, side, Step::Kind::teardown, suite.teardown, cause);
  }

  Status run_once(const Subject& subject, Side side, Step::Kind kind, const CommandLine& line, ChangeCause& cause) {
    if (line.empty()) return Nothing{};
    PW_TRY_ASSIGN(const os::Command command,
                  measure::command_of(plan_, {kind, side, subject.suite, subject.case_index, 0, {}}, children_));
    const Result<os::ProcessResult> result = world_.processes.run(command);
    if (result && result->interrupted) return Error{.kind = ErrorKind::interrupted, .what = "stopped by a signal"};
    if ((!result || !result->ok()) && cause.reason.empty())
      cause.reason = fmt::format("{} failed", measure::text_of(command));
    return Nothing{};
  }

  Status watch_side(const Subject& subject, Side side, const identity::ProgramComparison& programs,
                    ChangeCause& cause) {
    std::map<FunctionEntry, std::string> names;
    std::set<FunctionEntry> entries;
    for (const identity::ComparedImage& image : programs.images)
      for (const identity::FunctionChange& change : image.comparison.functions)
        if (const auto& extent = side == Side::base ? change.base : change.head) {
          const FunctionEntry entry{real_path(trial_.programs.places.of(side), image.path), extent->address};
          entries.insert(entry);
          names[entry] = identity::readable_name(change.name);
        }
    PW_TRY_ASSIGN(
        const os::Command command,
        measure::command_of(plan_, {Step::Kind::warmup, side, subject.suite, subject.case_index, 0, subject.only},
                            children_));
    const Result<os::WatchedRun> watched = world_.processes.watch(command, entries);
    if (watched && watched->result.interrupted)
      return Error{.kind = ErrorKind::interrupted, .what = "stopped by a signal"};
    const std::string& why = watched ? watched->functions.not_known : watched.error().what;
    if (!why.empty() && cause.reason.empty()) cause.reason = why;
    if (watched)
      for (const FunctionEntry& entry : watched->functions.entered) cause.ran.push_back(names[entry]);
    return Nothing{};
  }

  World& world_;
  const Config& config_;
  const Trial& trial_;
  measure::Children children_;
  Plan plan_;
};

}  // namespace

Status find_causes(World& world, const Config& config, const Trial& trial, Report& report) {
  if (trial.programs.cases.empty()) return Nothing{};
  Finder finder(world, config, trial);
  PW_TRY(finder.find(report));
  return finder.find_uncovered(report);
}

}  // namespace perfwarden::app
