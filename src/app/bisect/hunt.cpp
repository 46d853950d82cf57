#include "app/bisect/hunt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "app/cli/messages.hpp"
#include "base/text.hpp"
#include "bisect/evidence.hpp"
#include "compare/tail.hpp"
#include "model/unit.hpp"
#include "plan/select.hpp"

namespace perfwarden::app {
namespace {

constexpr double k_refuted = 1.0 / 3;   // of the step: a culprit's own change must be more
constexpr double k_probable = 0.5;      // a commit that cannot be named for sure is verified all the same
constexpr double k_rest_of_step = 0.1;  // what is left before a culprit, to go on there
constexpr double k_least_rest = 0.01;   // in logs
constexpr double k_errors_of_rest = 3;

BisectChange change_of(const Comparison& comparison) {
  const Interval interval = comparison.worse_interval();
  return {comparison.id,
          comparison.worse_by(),
          interval.low,
          interval.high,
          comparison.pairs,
          comparison.confidence ? std::string(name_of(*comparison.confidence)) : "",
          {}};
}

bool is_worse(const Comparison& comparison) {
  return comparison.presence == Presence::both && comparison.significance == Significance::distinct &&
         comparison.worse_by() > 0;
}

// Whether a change is the better one to search by: of a primary metric, and large in units of its interval.
bool is_clearer(const Comparison& one, const Comparison& other) {
  if (one.metric.primary != other.metric.primary) return one.metric.primary;
  const auto clearness = [](const Comparison& comparison) {
    constexpr double k_no_width = 1e-6;  // of what always gives the same number
    const double width = std::log(comparison.ratio_interval.high / comparison.ratio_interval.low);
    return std::fabs(std::log(comparison.ratio)) / (width > k_no_width ? width : k_no_width);
  };
  return clearness(one) > clearness(other);
}

std::string size_of(const BisectChange& change) {
  return fmt::format("{} [{}, {}]", format_change(change.worse_by), format_change(change.low),
                     format_change(change.high));
}

}  // namespace

// ---- the proof

Result<bool> Hunt::prove() {
  if (!state_.proof) {
    PW_TRY_ASSIGN(const bool found, find_proof());
    if (!found) return false;
  }
  PW_TRY(know_step());
  return true;
}

// The pairs that show that it is worse need not show by how much.
Status Hunt::know_step() {
  std::vector<double>& logs = state_.proof->logs;
  bisect::Range range(2);
  range.back().pairs = logs;
  const bool has_begun = !state_.readings.empty();
  if (has_begun || bisect::knows_step(range)) return Nothing{};
  note(world_, "that is not known closely enough to search by; both are measured on");
  const auto is_enough = [&](const std::vector<double>& pairs) {
    range.back().pairs = logs;
    range.back().pairs.insert(range.back().pairs.end(), pairs.begin(), pairs.end());
    return bisect::knows_step(range);
  };
  PW_TRY_ASSIGN(const BisectVisit found,
                bench_.visit(state_.question.good, state_.question.bad, state_.proof->id, state_.only, is_enough));
  logs.insert(logs.end(), found.pairs.begin(), found.pairs.end());
  state_.seconds += found.seconds;
  PW_TRY(save_state(state_));
  if (!found.interrupted) return Nothing{};
  return interrupted_search();
}

Result<bool> Hunt::find_proof() {
  const BisectQuestion& question = state_.question;
  const std::string& glob = question.benchmark;
  std::vector<std::string> suites;
  const std::string first = glob.substr(0, glob.find('/'));
  for (const Suite& suite : bench_.config().suites)
    if (first != "**" && text::glob_match(first, suite.name)) suites.push_back(suite.name);
  if (first != "**" && suites.empty())
    return Error{.kind = ErrorKind::usage,
                 .what = "no suite of the config matches --benchmark '" + text::one_line(glob) + "'",
                 .hint = "give SUITE, SUITE/BENCHMARK or SUITE/BENCHMARK/METRIC"};
  note(world_,
       fmt::format("is {} worse than {}? Both are measured first", short_sha(question.bad), short_sha(question.good)));
  PW_TRY_ASSIGN(const BisectComparison found, bench_.compare(question.good, question.bad, suites));
  state_.seconds += found.seconds;
  if (!found.failed.empty())
    return Error{.kind = ErrorKind::benchmark,
                 .what = "the bad commit cannot be measured: " + found.failed,
                 .hint = "name another bad commit"};
  const Comparison* lead = nullptr;
  const Comparison* nearest = nullptr;
  bool any = false;
  for (const Comparison& one : found.all) {
    if (one.presence != Presence::both || !text::glob_match_prefix(glob, one.id.path())) continue;
    if (one.id.metric == compare::k_tail_metric) continue;  // of all pairs together: a visit has too few
    any = true;
    if (is_worse(one) && (lead == nullptr || is_clearer(one, *lead))) lead = &one;
    if (one.metric.primary && (nearest == nullptr || !(one.worse_by() <= nearest->worse_by()))) nearest = &one;
  }
  const bool same = std::any_of(found.identities.begin(), found.identities.end(),
                                [](const SuiteIdentity& one) { return one.answer == SameProgram::identical; });
  if (!any && !same)
    return Error{.kind = ErrorKind::usage,
                 .what = "no benchmark matches '" + text::one_line(glob) + "' on both commits",
                 .hint = "give a glob of suite/benchmark/metric"};
  if (lead == nullptr) {
    why_none_ = nearest == nullptr ? "both run the same program"
                                   : fmt::format("the largest change is {} of {}, which is not shown to be one",
                                                 size_of(change_of(*nearest)), text::one_line(nearest->id.path()));
    return false;
  }
  BisectChange proof = change_of(*lead);
  PW_TRY_ASSIGN(proof.logs, logs_of(lead->id, lead->metric, lead->base_values, lead->head_values));
  const auto suite = std::find_if(bench_.config().suites.begin(), bench_.config().suites.end(),
                                  [&](const Suite& one) { return one.name == lead->id.suite; });
  if (suite != bench_.config().suites.end()) state_.only = only_of(*suite, found.formats, lead->id.benchmark);
  state_.proof = std::move(proof);
  note(world_,
       fmt::format("it is: {} of {}, {} pairs", size_of(*state_.proof), text::one_line(lead->id.path()), lead->pairs));
  PW_TRY(save_state(state_));
  return true;
}

Error Hunt::interrupted_search() const {
  return Error{.kind = ErrorKind::interrupted,
               .what = "stopped by a signal; what was measured is kept, and the same command goes on from there",
               .where = state_.question.file()};
}

// Whether a commit inside the range is worse than the good one; its pairs then say by how much.
Result<bool> Hunt::prove_end(const std::string& sha) {
  PW_TRY_ASSIGN(const std::string tree, git_.tree(sha));
  PW_TRY_ASSIGN(const BisectComparison found, bench_.compare(state_.question.good, sha, {state_.proof->id.suite}));
  state_.seconds += found.seconds;
  const Comparison* const lead = found.find(state_.proof->id);
  if (lead == nullptr || !is_worse(*lead)) return false;
  PW_TRY_ASSIGN(state_.readings[tree].pairs, logs_of(lead->id, lead->metric, lead->base_values, lead->head_values));
  return true;
}

// ---- the commits

bisect::Candidate Hunt::candidate_of(const std::string& tree) const {
  bisect::Candidate out;
  const auto found = state_.readings.find(tree);
  if (found == state_.readings.end()) return out;
  out.pairs = found->second.pairs;
  out.told = found->second.told;
  out.testable = found->second.why_not.empty();
  return out;
}

// By the suite's own `when.paths`: what matches none of them cannot change it.
Result<bool> Hunt::touches(const Commit& commit) {
  if (!state_.proof) return true;
  const auto known = touches_.find(commit.sha);
  if (known != touches_.end()) return known->second;
  std::vector<Suite> suites;
  for (const Suite& suite : bench_.config().suites)
    if (suite.name == state_.proof->id.suite && !suite.when.paths.empty()) suites.push_back(suite);
  bool out = true;
  if (!suites.empty()) {
    PW_TRY_ASSIGN(std::vector<std::string> files, files_of(git_, commit));
    out = !plan::select(suites, {Tier::long_, std::move(files)}).suites.empty();
  }
  touches_[commit.sha] = out;
  return out;
}

Result<StretchOfCommits> Hunt::commits_of(const Stretch& stretch) {
  StretchOfCommits out;
  if (stretch.inside) {
    PW_TRY_ASSIGN(const Commit merge, commit_of(git_, stretch.to));
    PW_TRY_ASSIGN(out.commits, commits_inside(git_, merge));
  } else {
    PW_TRY_ASSIGN(out.commits, commits_between(git_, stretch.from, stretch.to));
  }
  out.range.resize(out.commits.size());
  for (std::size_t i = 1; i < out.commits.size(); ++i) {
    const Commit& commit = out.commits[i];
    out.range[i] = candidate_of(commit.tree);
    if (const auto prior = priors_.find(commit.sha); prior != priors_.end()) out.range[i].prior = prior->second;
    PW_TRY_ASSIGN(const bool touches_it, touches(commit));
    out.range[i].changes =
        commit.tree != out.commits[i - 1].tree && touches_it && !state_.innocent.contains(commit.sha);
  }
  if (stretch.to == state_.question.bad && state_.proof) out.range.back().pairs = state_.proof->logs;
  out.range.back().testable = true;
  return out;
}

// ---- the search

Result<bisect::Next> Hunt::next(StretchOfCommits& stretch) {
  if (!state_.stretch) return bisect::Next{};
  PW_TRY_ASSIGN(stretch, commits_of(*state_.stretch));
  return bisect::next(stretch.range);
}

Result<std::vector<std::string>> Hunt::plan(std::size_t machines) {
  std::vector<std::string> out;
  if (!state_.stretch) return out;
  PW_TRY_ASSIGN(const StretchOfCommits stretch, commits_of(*state_.stretch));
  for (const std::size_t i : bisect::spread(stretch.range, machines)) out.push_back(stretch.commits[i].sha);
  return out;
}

Status Hunt::search() {
  while (state_.stretch || !state_.later.empty()) {
    if (!state_.stretch) {
      const Stretch begun = state_.later.back();
      note(world_,
           fmt::format("is {}, before it, still worse than {}?", short_sha(begun.to), short_sha(state_.question.good)));
      PW_TRY_ASSIGN(const bool worse, prove_end(begun.to));
      state_.later.pop_back();
      if (worse) state_.stretch = begun;
      PW_TRY(save_state(state_));
      continue;
    }
    StretchOfCommits stretch;
    PW_TRY_ASSIGN(const bisect::Next what, next(stretch));
    switch (what.kind) {
      case bisect::Next::Kind::measure:
        note(world_, fmt::format("about {:.0f} commits are left; measuring {}", std::max(what.left, 2.0),
                                 stretch.commits[what.commit].shown()));
        PW_TRY(visit(stretch.commits[what.commit], std::move(stretch.range), what.commit));
        break;
      case bisect::Next::Kind::found:
        PW_TRY(verify(stretch, what));
        break;
      case bisect::Next::Kind::stuck:
        if (what.probability >= k_probable) {
          PW_TRY(verify(stretch, what));
          break;
        }
        Culprit none;
        none.doubt = "it got worse little by little, or the noise hides where";
        name(stretch, bisect::Next{}, std::move(none));
        state_.stretch.reset();
        break;
    }
    PW_TRY(save_state(state_));
  }
  return Nothing{};
}

Status Hunt::visit(const Commit& commit, bisect::Range range, std::size_t place) {
  const std::vector<double> before = range[place].pairs;
  const auto is_enough = [&](const std::vector<double>& pairs) {
    range[place].pairs = before;
    range[place].pairs.insert(range[place].pairs.end(), pairs.begin(), pairs.end());
    return bisect::is_enough(range, place, before.size());
  };
  PW_TRY_ASSIGN(const BisectVisit found,
                bench_.visit(state_.question.good, commit.sha, state_.proof->id, state_.only, is_enough));
  BisectReading& reading = state_.readings[commit.tree];
  reading.pairs.insert(reading.pairs.end(), found.pairs.begin(), found.pairs.end());
  reading.why_not = found.why_not;
  if (found.same_program) reading.told = bisect::Told::same_as_good;
  ++state_.visits;
  state_.pairs += found.pairs.size();
  state_.seconds += found.seconds;
  PW_TRY(save_state(state_));
  if (found.interrupted) return interrupted_search();
  range[place].pairs = reading.pairs;
  const bisect::Location level = bisect::locate(reading.pairs, bisect::learn(range).scale);
  note(world_, !found.why_not.empty() ? "  it is passed over: " + found.why_not
               : found.same_program
                   ? "  it runs the program of the good commit"
                   : fmt::format("  {} in {} pairs", format_change(std::expm1(level.value)), reading.pairs.size()));
  return Nothing{};
}

Status Hunt::verify(const StretchOfCommits& stretch, const bisect::Next& found) {
  // All that it brought in is as good as where it left: it is the merge itself, which was verified before.
  if (state_.stretch->inside && found.commit + 1 == stretch.commits.size()) {
    state_.stretch.reset();
    return Nothing{};
  }
  const std::size_t before = bisect::tested_before(stretch.range, found.commit);
  const Commit& commit = stretch.commits[found.commit];
  const Commit& parent = stretch.commits[before];
  note(world_, fmt::format("{:.1f} %: {}; measuring it against its parent {}", found.probability * 100, commit.shown(),
                           short_sha(parent.sha)));
  PW_TRY_ASSIGN(const BisectComparison fresh, bench_.compare(parent.sha, commit.sha, {state_.proof->id.suite}));
  state_.seconds += fresh.seconds;
  const Comparison* const lead = fresh.find(state_.proof->id);
  const double step = bisect::learn(stretch.range).step;
  const bool is_measured = lead != nullptr && lead->presence == Presence::both;
  if (!is_measured || !(lead->worse_by() > std::expm1(step * k_refuted))) {
    note(world_, "  it is not the cause: " +
                     (is_measured ? size_of(change_of(*lead)) : std::string("both run the same program")));
    for (std::size_t i = found.first; i <= found.commit; ++i) state_.innocent.insert(stretch.commits[i].sha);
    return Nothing{};
  }
  Culprit culprit;
  culprit.parent = parent.sha;
  culprit.change = change_of(*lead);
  if (found.kind == bisect::Next::Kind::stuck)
    culprit.doubt =
        "it is worse than its parent, but nothing that can still be measured tells the commits near it apart";
  if (!is_worse(*lead))
    culprit.doubt = "fresh pairs against its parent agree, but are too few or too noisy to prove it";
  for (const Comparison& other : fresh.all)
    if (is_worse(other) && other.id != lead->id) culprit.others.push_back(change_of(other));
  name(stretch, found, std::move(culprit));
  if (!state_.stretch->inside) go_on_before(stretch, before);
  std::optional<Stretch> inner;
  if (found.first == found.commit) {
    PW_TRY_ASSIGN(const std::vector<Commit> inside, commits_inside(git_, commit));
    if (inside.size() > 2) inner = Stretch{state_.stretch->from, commit.sha, true};
  }
  state_.stretch = std::move(inner);
  return Nothing{};
}

void Hunt::name(const StretchOfCommits& stretch, const bisect::Next& found, Culprit culprit) {
  if (found.commit > 0) culprit.sha = stretch.commits[found.commit].sha;
  for (std::size_t i = found.first; i < found.commit; ++i) culprit.or_else.push_back(stretch.commits[i].sha);
  culprit.probability = found.probability;
  // Inside a merge: the commit itself takes the place of the merge.
  if (state_.stretch->inside) {
    if (culprit.sha.empty() || !culprit.doubt.empty()) return;
    std::erase_if(state_.culprits, [this](const Culprit& one) { return one.sha == state_.stretch->to; });
  }
  state_.culprits.push_back(std::move(culprit));
}

// What came before a culprit may have its share.
void Hunt::go_on_before(const StretchOfCommits& stretch, std::size_t parent) {
  while (parent > 0 && stretch.range[parent].pairs.empty() && stretch.range[parent].told == bisect::Told::nothing)
    --parent;
  if (parent == 0) return;
  const bisect::Model model = bisect::learn(stretch.range);
  const bisect::Location left = bisect::locate(stretch.range[parent].pairs, model.scale);
  if (left.value < std::max({k_rest_of_step * model.step, k_least_rest, k_errors_of_rest * left.error})) return;
  state_.later.push_back({stretch.commits.front().sha, stretch.commits[parent].sha, false});
}

Result<BisectAnswer> Hunt::judge(const std::string& revision) {
  PW_TRY_ASSIGN(const Commit commit, commit_of(git_, revision));
  bisect::Range range(3);
  range[1] = candidate_of(commit.tree);
  range[2].pairs = state_.proof->logs;
  if (range[1].pairs.empty() && range[1].testable && range[1].told == bisect::Told::nothing)
    PW_TRY(visit(commit, range, 1));
  range[1] = candidate_of(commit.tree);
  if (!range[1].testable) return BisectAnswer::skip;
  const bisect::Standing standing = bisect::standing_of(bisect::likelihoods(range[1], bisect::learn(range)));
  if (standing.ratio < bisect::k_worth || standing.level == bisect::Level::between) return BisectAnswer::skip;
  return standing.level == bisect::Level::good ? BisectAnswer::good : BisectAnswer::bad;
}

}  // namespace perfwarden::app
