#include "measure/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "base/text.hpp"
#include "measure/command.hpp"
#include "measure/count.hpp"
#include "measure/pace.hpp"
#include "measure/replacements.hpp"
#include "measure/step.hpp"
#include "os/files/files.hpp"

namespace perfwarden::measure {
namespace {

constexpr int k_give_up_after = 3;             // failures of a case in a row
constexpr double k_hurried_teardown_s = 5;     // GitHub kills 10 s after it asks to stop
constexpr std::size_t k_shown_in_failure = 3;  // of a failing run
constexpr std::size_t k_deciding_pairs = 10;   // fewer hardly ever decide anything, and are never HIGH

using CaseKey = std::pair<std::size_t, std::size_t>;             // suite, case
using PairKey = std::tuple<std::size_t, std::size_t, int>;       // suite, case, invocation
using SideKey = std::pair<std::size_t, Side>;                    // suite, side
using CaseSideKey = std::tuple<std::size_t, std::size_t, Side>;  // suite, case, side

class Runner {
 public:
  Runner(const Plan& plan, const Children& sides, os::Processes& processes, os::Clock& clock,
         const OnProgress& on_progress, const More& more, os::MachineWatch* watch, const OnBuilt& on_built,
         const OnWarning& on_warning, Inspection* inspection, const OnFirstRun& on_first_run)
      : plan_(plan),
        sides_(sides),
        processes_(processes),
        clock_(clock),
        on_progress_(on_progress),
        more_(more),
        watch_(watch),
        on_built_(on_built),
        on_warning_(on_warning),
        inspection_(inspection),
        on_first_run_(on_first_run),
        pace_(plan),
        start_s_(clock.monotonic_s()) {
    for (const Suite& suite : plan.suites)
      replacements_.emplace_back(static_cast<std::size_t>(std::max(suite.iterations.min, suite.iterations.max)) *
                                 std::max<std::size_t>(1, suite.cases.size()));
    for (std::size_t i = 0; i < plan.suites.size(); ++i)
      if (plan.suites[i].life == Life::gone) raw_.absent.emplace(i, Side::head);
  }

  Result<Raw> go() {
    tell_missing_events();
    Status status = build_all();
    const bool built = status && raw_.base_not_built.empty() && !raw_.interrupted;
    if (built && raw_.failed_on_head.empty() && on_built_ && !build_s_.empty()) on_built_(build_s_);
    if (built && inspection_ != nullptr) inspection_->built();
    if (built) status = measure_all(plan_.steps);
    if (built && status && !raw_.interrupted) status = measure_all(steps_of_head_alone());
    while (built && status && !raw_.interrupted && more_) {
      raw_.spent_s = pace_.spent_s();
      const Result<std::vector<Step>> steps = more_(raw_);
      if (!steps) status = steps.error();
      if (!steps || steps->empty()) break;
      pace_.add(*steps);
      status = measure_all(*steps);
    }
    if (built && status && !raw_.interrupted && inspection_ != nullptr) status = inspection_->ended();
    if (built && status && !raw_.interrupted)
      status = count(
          plan_, sides_, processes_, clock_, [this](const std::string& what) { tell_of_count(what); },
          [this](std::size_t suite, Side side) { return is_measured(suite, side); }, raw_);
    tear_down();
    tell("");
    tell_disturbances();
    if (!status) return std::move(status).error();
    if (plan_.two_sided) drop_halves();
    return std::move(raw_);
  }

 private:
  // The steps, and then once more those pairs that something disturbed.
  Status measure_all(const std::vector<Step>& steps) {
    PW_TRY(carry_out_all(steps));
    std::vector<Step> last = steps;
    while (!raw_.interrupted) {
      std::vector<RawInvocation> spoilt;
      last = to_repeat(last, spoilt);
      if (last.empty()) break;
      pace_.add(last);
      const Status status = carry_out_all(last);
      if (raw_.interrupted) put_back(std::move(spoilt));
      PW_TRY(status);
    }
    return Nothing{};
  }

  // Takes away what was measured in disturbed pairs, and gives their steps, in their order.
  std::vector<Step> to_repeat(const std::vector<Step>& steps, std::vector<RawInvocation>& spoilt) {
    std::set<PairKey> keys;
    for (const auto& [key, sides] : std::exchange(disturbed_, {})) {
      const std::size_t suite = std::get<0>(key);
      if (pace_.spent_s(suite) >= plan_.suites[suite].iterations.max_time_s)
        replacements_[suite].leave(sides.first, sides.second);
      else if (replacements_[suite].take(sides.first, sides.second))
        keys.insert(key);
    }
    move_out(keys, spoilt);
    std::vector<Step> again;
    std::copy_if(steps.begin(), steps.end(), std::back_inserter(again),
                 [&](const Step& step) { return step.kind == Step::Kind::measure && keys.contains(key_of(step)); });
    return again;
  }

  void move_out(const std::set<PairKey>& keys, std::vector<RawInvocation>& to) {
    const auto first =
        std::stable_partition(raw_.invocations.begin(), raw_.invocations.end(),
                              [&](const RawInvocation& one) { return !keys.contains(key_of(one.step)); });
    std::move(first, raw_.invocations.end(), std::back_inserter(to));
    raw_.invocations.erase(first, raw_.invocations.end());
  }

  // A signal came before all of them were measured again: what there was is kept.
  void put_back(std::vector<RawInvocation> spoilt) {
    std::set<PairKey> keys;
    for (const RawInvocation& one : spoilt) keys.insert(key_of(one.step));
    std::vector<RawInvocation> again;
    move_out(keys, again);
    std::move(spoilt.begin(), spoilt.end(), std::back_inserter(raw_.invocations));
  }

  static PairKey key_of(const Step& step) { return {step.suite, step.case_index, step.invocation}; }

  void tell_disturbances() {
    if (watch_ == nullptr) return;
    for (std::size_t i = 0; i < replacements_.size(); ++i)
      if (std::optional<Warning> warning = replacements_[i].warning(plan_.suites[i].name))
        raw_.warnings.push_back(*std::move(warning));
    for (Warning& warning : watch_->warnings()) raw_.warnings.push_back(std::move(warning));
  }

  Status carry_out_all(const std::vector<Step>& steps) {
    for (const Step& step : steps) {
      if (step.kind == Step::Kind::teardown || step.kind == Step::Kind::build) continue;
      if (step.kind == Step::Kind::measure) PW_TRY(decide_what_to_measure());
      if (!is_wanted(step)) {
        pace_.skipped(step);
        continue;
      }
      PW_TRY(carry_out(step));
      if (raw_.interrupted) break;
    }
    return Nothing{};
  }

  // ---- what an inspection decides

  // Once, when the warm-ups have ended.
  Status decide_what_to_measure() {
    if (inspection_ == nullptr || decided_) return Nothing{};
    decided_ = true;
    PW_TRY_ASSIGN(to_measure_, inspection_->decide(raw_.warnings));
    for (const auto& [suite, what] : to_measure_)
      if (what != ToMeasure::both_sides) raw_.settled.push_back(suite);
    return Nothing{};
  }

  [[nodiscard]] ToMeasure to_measure(std::size_t suite) const {
    const auto found = to_measure_.find(suite);
    return found == to_measure_.end() ? ToMeasure::both_sides : found->second;
  }

  [[nodiscard]] bool is_measured(std::size_t suite, Side side) const {
    const ToMeasure what = to_measure(suite);
    return what == ToMeasure::both_sides || (what == ToMeasure::head_alone && side == Side::head);
  }

  // As many as of a side that has nothing to be compared with; the plan has those of the first pairs.
  [[nodiscard]] std::vector<Step> steps_of_head_alone() const {
    std::vector<Step> steps;
    for (const auto& [suite, what] : to_measure_) {
      if (what != ToMeasure::head_alone) continue;
      const Iterations& iterations = plan_.suites[suite].iterations;
      for (int i = iterations.min; i < iterations.alone(); ++i)
        for (std::size_t c = 0; c < std::max<std::size_t>(1, plan_.suites[suite].cases.size()); ++c)
          steps.push_back({Step::Kind::measure, Side::head, suite, c, i, {}});
    }
    return steps;
  }

  // Both members of a pair get the same answer: the first that asks decides.
  bool is_wanted(const Step& step) {
    if (raw_.absent.contains({step.suite, step.side})) return false;
    if (raw_.failed_on_head.contains(step.suite)) return names_benchmarks(step);
    if (!is_run(step)) return true;
    if (step.kind == Step::Kind::measure && !is_measured(step.suite, step.side)) return false;
    if (step.kind == Step::Kind::warmup) return given_up_.count({step.suite, step.case_index}) == 0;
    const PairKey key = key_of(step);
    const auto decided = wanted_.find(key);
    if (decided != wanted_.end()) return decided->second;
    const bool wanted = given_up_.count({step.suite, step.case_index}) == 0 && !is_out_of_time(step);
    wanted_.emplace(key, wanted);
    return wanted;
  }

  // Of a suite that fails on head: base runs until each of its cases has run well once.
  [[nodiscard]] bool names_benchmarks(const Step& step) const {
    if (step.side == Side::head) return false;
    const auto found = cases_.find({step.suite, step.case_index, step.side});
    const bool given_up = found != cases_.end() && found->second.in_a_row >= k_give_up_after;
    if (!is_run(step)) return true;
    return step.kind == Step::Kind::measure && !given_up &&
           std::none_of(raw_.invocations.begin(), raw_.invocations.end(), [&step](const RawInvocation& one) {
             return one.ok && one.step.suite == step.suite && one.step.case_index == step.case_index &&
                    one.step.side == step.side;
           });
  }

  bool is_out_of_time(const Step& step) {
    const Suite& suite = plan_.suites[step.suite];
    if (step.invocation < suite.iterations.min || pace_.spent_s(step.suite) < suite.iterations.max_time_s) return false;
    if (cut_short_.insert(step.suite).second)
      raw_.warnings.push_back({"max-time", fmt::format("{}: stopped after {} runs{}, since max-time: {:g}s is over",
                                                       text::one_line(suite.name), step.invocation,
                                                       plan_.two_sided ? " a side" : "", suite.iterations.max_time_s)});
    return true;
  }

  // Said while it can still be changed, once, after the first round.
  void tell_of_reach(std::size_t index) {
    const Suite& suite = plan_.suites[index];
    if (!on_warning_ || !plan_.two_sided || !suite.iterations.adaptive() || reach_told_.count(index) != 0) return;
    const std::optional<Pace::Reach> reach = pace_.reach_of(index, k_deciding_pairs);
    if (!reach) return;
    reach_told_.insert(index);
    if (reach->pairs >= k_deciding_pairs) return;
    const double step_s = reach->needed_s < 60 ? 1 : 10;
    on_warning_(
        {"max-time-short",
         fmt::format("{}: max-time: {:g}s is enough for about {} pair{}; a decision needs at least {}: set "
                     "max-time: {:.0f}s",
                     text::one_line(suite.name), suite.iterations.max_time_s, reach->pairs,
                     reach->pairs == 1 ? "" : "s", k_deciding_pairs, std::ceil(reach->needed_s / step_s) * step_s)});
  }

  Status carry_out(const Step& step) {
    tell(what_of(plan_, step));
    if (step.kind != Step::Kind::build) begun_.insert({step.suite, step.side});
    PW_TRY_ASSIGN(os::Command command, command_of(plan_, step, sides_));
    if (is_run(step)) {
      const bool first = cases_.count({step.suite, step.case_index, step.side}) == 0;
      if (first) PW_TRY(check_inputs(plan_, step, command));
      make_way_for_output(step);
    }
    if (inspection_ != nullptr) PW_TRY(inspection_->before(step));
    Ended ended = is_traced(step) ? trace_command(step, command) : run_command(command);
    if (inspection_ != nullptr) inspection_->after(step);
    pace_.took(step, ended.seconds);
    if (ended.result.interrupted) {
      raw_.interrupted = true;
      return Nothing{};
    }
    if (is_run(step)) tell_of_reach(step.suite);
    if (is_run(step)) return note_run(step, command, ended);
    if (ended.ok()) return Nothing{};
    return fail(step, failure_of(plan_, step, command, ended));
  }

  // Of an excerpt, whose lines begin with a bar: "a | b".
  static std::string last_lines_of(const Error& error) {
    const std::string joined = text::replace_all(error.excerpt, "\n  | ", " | ");
    return text::one_line(joined.starts_with("  | ") ? joined.substr(4) : joined);
  }

  // A suite that comes or goes with head need not run on the side whose config does not name it: it is new, or has
  // vanished. On head it may fail where the plan says so. Everything else is the Error.
  Status fail(const Step& step, Error error) {
    const Life life = plan_.suites[step.suite].life;
    const bool may_lack = step.side == Side::base ? life == Life::comes : life == Life::goes;
    const bool may_fail = step.side == Side::head && plan_.head_may_fail;
    if (!may_lack && !may_fail) return error;
    std::erase_if(raw_.invocations, [&step](const RawInvocation& one) {
      return one.step.suite == step.suite && one.step.side == step.side;
    });
    if (!may_lack) {
      std::string reason = error.what + (error.excerpt.empty() ? "" : ": " + last_lines_of(error));
      raw_.failed_on_head.try_emplace(step.suite, SuiteFailure{std::move(error), std::move(reason)});
      return Nothing{};
    }
    raw_.absent.emplace(step.suite, step.side);
    raw_.warnings.push_back(
        {step.side == Side::base ? "suite-is-new" : "suite-vanished",
         fmt::format("the config of {} does not name the suite '{}', which does not run there: it {} ({})",
                     perfwarden::name_of(step.side), text::one_line(plan_.suites[step.suite].name),
                     step.side == Side::base ? "is new" : "has vanished",
                     error.excerpt.empty() ? error.what : error.what + ": " + last_lines_of(error))});
    return Nothing{};
  }

  Ended run_command(os::Command& command) {
    if (on_progress_) command.on_wait = [this] { tell(what_); };
    const double began_s = clock_.monotonic_s();
    if (watch_ != nullptr && command.count_events) watch_->begin(command.cpus);
    Result<os::ProcessResult> result = processes_.run(command);
    return ended_of(std::move(result), clock_.monotonic_s() - began_s);
  }

  [[nodiscard]] bool is_traced(const Step& step) const {
    return inspection_ != nullptr && step.kind == Step::Kind::warmup && step.invocation == 0;
  }

  Ended trace_command(const Step& step, os::Command& command) {
    if (on_progress_) command.on_wait = [this] { tell(what_); };
    const double began_s = clock_.monotonic_s();
    Result<os::TracedRun> traced = processes_.trace(command, inspection_->side_folder(step.side));
    const double seconds = clock_.monotonic_s() - began_s;
    if (!traced) return ended_of(std::move(traced).error(), seconds);
    inspection_->traced(step, std::move(traced->trace));
    return ended_of(std::move(traced->result), seconds);
  }

  // ---- builds

  // Both sides of a suite at once.
  Status build_all() {
    for (std::size_t i = 0; i < plan_.steps.size() && !raw_.interrupted && raw_.base_not_built.empty(); ++i) {
      if (plan_.steps[i].kind != Step::Kind::build) continue;
      std::vector<Step> steps{plan_.steps[i]};
      while (i + 1 < plan_.steps.size() && plan_.steps[i + 1].kind == Step::Kind::build &&
             plan_.steps[i + 1].suite == steps[0].suite)
        steps.push_back(plan_.steps[++i]);
      PW_TRY(build(steps));
    }
    return Nothing{};
  }

  Status build(const std::vector<Step>& steps) {
    tell(steps.size() == 1 ? what_of(plan_, steps[0])
                           : fmt::format("{}: building both sides", name_of(plan_, steps[0])));
    std::vector<os::Command> commands;
    for (const Step& step : steps) {
      PW_TRY_ASSIGN(os::Command command, command_of(plan_, step, sides_));
      if (on_progress_) command.on_wait = [this] { tell(what_); };
      commands.push_back(std::move(command));
    }
    const double began_s = clock_.monotonic_s();
    std::vector<Result<os::ProcessResult>> results = processes_.run_together(commands);
    std::optional<Error> of_base;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      Ended ended = ended_of(std::move(results[i]), clock_.monotonic_s() - began_s);
      // Two builds that use one place outside of their sides, such as an install prefix, may have met there.
      if (!ended.ok() && !ended.result.interrupted && !ended.result.timed_out && steps.size() > 1)
        ended = ended_of(processes_.run(commands[i]), clock_.monotonic_s() - began_s);
      pace_.took(steps[i], ended.seconds);
      if (ended.result.interrupted) raw_.interrupted = true;
      if (ended.ok()) build_s_[steps[i].side] += ended.result.usage.wall_s;
      if (ended.ok() || raw_.interrupted) continue;
      const Status failed = fail(steps[i], failure_of(plan_, steps[i], commands[i], ended));
      if (failed) continue;
      Error error = failed.error();
      if (steps[i].side == Side::head || !plan_.two_sided) return error;
      of_base = std::move(error);
    }
    if (of_base && !raw_.interrupted)
      raw_.base_not_built = of_base->what + (of_base->excerpt.empty() ? "" : "\n" + of_base->excerpt);
    return Nothing{};
  }

  // ---- runs

  [[nodiscard]] std::string output_path(const Suite& suite) const {
    return suite.working_directory.empty() ? suite.output_file : suite.working_directory + "/" + suite.output_file;
  }

  [[nodiscard]] const std::string& directory_of(Side side) const {
    return side == Side::base ? sides_.base_directory : sides_.head_directory;
  }

  // A file of an earlier run must not pass for this one's. What cannot be removed fails when it is read.
  void make_way_for_output(const Step& step) {
    const Suite& suite = plan_.suites[step.suite];
    stale_output_ = false;
    if (!suite.output_file.empty())
      stale_output_ = !os::remove_file_below(directory_of(step.side), output_path(suite)).has_value();
  }

  Status note_run(const Step& step, const os::Command& command, Ended& ended) {
    RawInvocation invocation;
    invocation.step = step;
    invocation.usage = ended.result.usage;
    take_output(step, ended, invocation);
    const bool ok = ended.failure.empty();
    if (ok) invocation.said = text::join(last_lines(ended.result.err, k_shown_in_failure), " | ");
    const bool first = cases_.count({step.suite, step.case_index, step.side}) == 0;
    const Status useful = ok && first && on_first_run_ ? on_first_run_(invocation) : Status(Nothing{});
    note_case(step, ok && useful);
    if (step.kind == Step::Kind::measure) {
      invocation.ok = ok;
      invocation.failure = ended.failure;
      if (!ok && !ended.last.empty()) {
        const std::size_t shown = std::min(ended.last.size(), k_shown_in_failure);
        const std::vector<std::string> tail(ended.last.end() - static_cast<std::ptrdiff_t>(shown), ended.last.end());
        invocation.failure += ": " + text::join(tail, " | ");
      }
      note_events(ok, ended.result.usage);
      if (ok && watch_ != nullptr) note_disturbance(step, ended.result.usage);
      raw_.invocations.push_back(std::move(invocation));
    }
    if (!ok && nothing_works(step)) return fail(step, failure_of(plan_, step, command, ended));
    if (!useful && nothing_works(step)) return fail(step, useless(command, useful.error()));
    return Nothing{};
  }

  // Of a run that ended well and wrote nothing of use: with the command in front of what it wrote.
  static Error useless(const os::Command& command, Error error) {
    error.excerpt = "  $ " + text_of(command) + (error.excerpt.empty() ? "" : "\n") + error.excerpt;
    return error;
  }

  void note_disturbance(const Step& step, const Usage& usage) {
    os::Disturbance found = watch_->end(usage, name_of(plan_, step));
    if (found.calm()) return;
    auto& [base, head] = disturbed_[key_of(step)];
    (step.side == Side::base ? base : head) = std::move(found);
  }

  void take_output(const Step& step, Ended& ended, RawInvocation& invocation) {
    const Suite& suite = plan_.suites[step.suite];
    std::string what = "stdout";
    if (!suite.output_file.empty()) {
      what = text::one_line(suite.output_file);
      if (ended.failure.empty()) read_output_file(step, ended, invocation.output);
    } else if (suite.parser.name != "time") {  // which reads nothing
      invocation.output = std::move(ended.result.out);
      if (ended.result.out_truncated && ended.failure.empty())
        raw_.warnings.push_back(
            {"output-cut", fmt::format("{}: its output was cut at {} MiB; write less, or to output-file",
                                       title_of(plan_, step), invocation.output.size() >> 20)});
    }
    invocation.output_name = title_of(plan_, step) + ": " + what;
  }

  void read_output_file(const Step& step, Ended& ended, std::string& output) {
    const std::string path = output_path(plan_.suites[step.suite]);
    Result<std::string> text = os::read_file_below(directory_of(step.side), path, os::Command{}.max_output_bytes);
    if (stale_output_ || !text) {
      ended.failure =
          fmt::format("output-file '{}' {}", text::one_line(path),
                      stale_output_ ? "could not be removed before the run" : "of this run: " + text.error().what);
      ended.hint = text ? "" : text.error().hint;
      if (ended.hint.empty()) ended.hint = "check output-file, and that the command writes it in its working directory";
      return;
    }
    output = std::move(text).value();
  }

  void note_case(const Step& step, bool ok) {
    auto& [tries, in_a_row, any_ok] = cases_[{step.suite, step.case_index, step.side}];
    ++tries;
    in_a_row = ok ? 0 : in_a_row + 1;
    any_ok = any_ok || ok;
    const CaseKey key{step.suite, step.case_index};
    if (in_a_row < k_give_up_after || !given_up_.insert(key).second) return;
    raw_.warnings.push_back({"given-up", fmt::format("{}: given up, since it failed {} times in a row on {}",
                                                     name_of(plan_, step), in_a_row, perfwarden::name_of(step.side))});
  }

  // True when every case of the suite has run on that side and none ever succeeded.
  [[nodiscard]] bool nothing_works(const Step& step) const {
    const std::size_t count = std::max<std::size_t>(1, plan_.suites[step.suite].cases.size());
    for (std::size_t c = 0; c < count; ++c) {
      const auto found = cases_.find({step.suite, c, step.side});
      if (found == cases_.end() || found->second.any_ok) return false;
    }
    return true;
  }

  void note_events(bool ok, const Usage& usage) {
    if (!ok || events_told_) return;
    if (usage.instructions && usage.cycles && usage.cache_misses && usage.branch_misses) return;
    events_told_ = true;
    raw_.warnings.push_back({"events-partly",
                             "some hardware events were not counted: this machine lacks them, or another program (a "
                             "profiler, a watchdog) uses the counters"});
  }

  void tell_missing_events() {
    const std::string why = processes_.why_no_events();
    if (why.empty()) return;
    events_told_ = true;
    raw_.warnings.push_back({"no-events", "instructions, cycles and misses are not counted: " + why});
  }

  // With two sides only whole pairs count.
  void drop_halves() {
    std::map<PairKey, int> members;
    for (const RawInvocation& one : raw_.invocations) ++members[key_of(one.step)];
    std::erase_if(raw_.invocations, [&](const RawInvocation& one) {
      const Side other = one.step.side == Side::base ? Side::head : Side::base;
      return members[key_of(one.step)] < 2 && to_measure(one.step.suite) == ToMeasure::both_sides &&
             !raw_.absent.contains({one.step.suite, other}) && !raw_.failed_on_head.contains(one.step.suite);
    });
  }

  // ---- teardown

  void tear_down() {
    for (const Step& step : plan_.steps) {
      if (step.kind != Step::Kind::teardown || begun_.count({step.suite, step.side}) == 0) continue;
      tell(what_of(plan_, step));
      Result<os::Command> command = command_of(plan_, step, sides_);
      if (!command) continue;  // only a case's name can be refused, and a teardown has none
      if (raw_.interrupted) command->timeout_s = std::min(command->timeout_s, k_hurried_teardown_s);
      const Ended ended = run_command(*command);
      pace_.took(step, ended.seconds);
      if (ended.ok()) continue;
      const Error error = failure_of(plan_, step, *command, ended);
      raw_.warnings.push_back({"teardown-failed", error.what + (ended.last.empty() ? "" : ": " + ended.last.back())});
    }
  }

  // ---- progress

  // The runs that count are no steps of the plan: how many there will be is not known.
  void tell_of_count(const std::string& what) {
    if (on_progress_)
      on_progress_({pace_.done(), pace_.total() + 1, clock_.monotonic_s() - start_s_, std::nullopt, what});
  }

  void tell(const std::string& what) {
    what_ = what;
    if (on_progress_)
      on_progress_({pace_.done(), pace_.total(), clock_.monotonic_s() - start_s_, pace_.left_s(), what_});
  }

  struct OfCase {
    int tries = 0, in_a_row = 0;  // failures in a row
    bool any_ok = false;
  };

  const Plan& plan_;
  const Children& sides_;
  os::Processes& processes_;
  os::Clock& clock_;
  const OnProgress& on_progress_;
  const More& more_;
  os::MachineWatch* watch_;
  const OnBuilt& on_built_;
  const OnWarning& on_warning_;
  Inspection* inspection_;
  const OnFirstRun& on_first_run_;
  bool decided_ = false;
  std::map<std::size_t, ToMeasure> to_measure_;  // suites that differ from both_sides
  std::map<Side, double> build_s_;               // of the sides that were built
  Pace pace_;
  double start_s_;
  Raw raw_;
  std::string what_;
  bool stale_output_ = false;
  bool events_told_ = false;
  std::map<PairKey, bool> wanted_;
  std::map<PairKey, std::pair<os::Disturbance, os::Disturbance>> disturbed_;  // base, head; since the last look
  std::vector<Replacements> replacements_;                                    // by suite
  std::map<CaseSideKey, OfCase> cases_;
  std::set<CaseKey> given_up_;
  std::set<std::size_t> cut_short_;
  std::set<std::size_t> reach_told_;
  std::set<SideKey> begun_;  // what teardowns have to clear
};

}  // namespace

Result<Raw> run(const Plan& plan, const Children& sides, os::Processes& processes, os::Clock& clock,
                const OnProgress& on_progress, const More& more, os::MachineWatch* watch, const OnBuilt& on_built,
                const OnWarning& on_warning, Inspection* inspection, const OnFirstRun& on_first_run) {
  return Runner(plan, sides, processes, clock, on_progress, more, watch, on_built, on_warning, inspection, on_first_run)
      .go();
}

}  // namespace perfwarden::measure
