#include <fmt/format.h>

#include <cstdint>
#include <map>
#include <memory>
#include <utility>

#include "app/bisect/annotate.hpp"
#include "app/bisect/answer.hpp"
#include "app/bisect/from_history.hpp"
#include "app/bisect/hunt.hpp"
#include "app/cli/command.hpp"
#include "app/cli/config_options.hpp"
#include "app/cli/files.hpp"
#include "app/cli/messages.hpp"
#include "app/cli/verb.hpp"
#include "app/pipe/aligned_builds.hpp"
#include "app/pipe/checkouts.hpp"
#include "app/pipe/trusted_config.hpp"
#include "base/text.hpp"
#include "github/run_context.hpp"
#include "json/write.hpp"
#include "os/files/files.hpp"
#include "os/machine/facts.hpp"

namespace perfwarden::app {
namespace {

constexpr double k_most_machines = 256;  // legs of a matrix on GitHub

struct BisectOptions {
  ConfigOptions config;
  std::string good, bad, benchmark, output, script, judge;
  std::vector<std::string> marks;
  std::int64_t alert = 0;    // 0: none
  std::size_t machines = 0;  // of a plan; 0: none is asked for
  bool next = false, restart = false, as_json = false, annotate = false;
};

// "SHA=good": what a person, or a measurement elsewhere, says of a commit.
Status mark(const checkout::Git& git, const std::string& text, BisectState& state) {
  const std::size_t at = text.rfind('=');
  const std::string word = at == std::string::npos ? "" : text.substr(at + 1);
  if (word != "good" && word != "bad" && word != "skip")
    return wrong_usage("--mark '" + text::one_line(text) + "' is not COMMIT=good, COMMIT=bad or COMMIT=skip",
                       "for example --mark 3f2a91c=good");
  PW_TRY_ASSIGN(const std::string tree, git.tree(text.substr(0, at)));
  BisectReading& reading = state.readings[tree];
  reading.told = word == "good" ? bisect::Told::good : word == "bad" ? bisect::Told::bad : bisect::Told::nothing;
  reading.why_not = word == "skip" ? "it is marked so" : "";
  return Nothing{};
}

// The config beside the state, where no checkout changes it.
Result<ExitCode> write_script(World& world, const BisectOptions& options, const BisectQuestion& question,
                              const std::string& config_file) {
  PW_TRY_ASSIGN(const std::string config, read_input(config_file));
  const std::string copy = text::replace_all(question.file(), ".json", ".yml");
  PW_TRY(os::write_file(copy, config));
  PW_TRY(os::write_file(options.script,
                        script_text({question.good, question.bad, question.benchmark, os::absolute_path(copy)})));
  note(world, fmt::format("wrote {}; now: git bisect start {} {} && git bisect run sh {}", options.script,
                          short_sha(question.bad), short_sha(question.good), options.script));
  return k_pass;
}

Result<ExitCode> tell(World& world, const BisectOptions& options, const checkout::Git& git, const BisectState& state,
                      const std::string& why_none) {
  PW_TRY_ASSIGN(const std::string text,
                options.as_json ? answer_json(git, state, why_none) : answer_text(git, state, why_none));
  PW_TRY(write_result(world, options.output, text));
  return settled(is_answered(state) ? k_pass : k_inconclusive);
}

Result<ExitCode> measure(World& world, const BisectOptions& options, const checkout::Git& git, const Config& config,
                         const RunContext& context, const std::vector<Commit>& range, BisectState& state) {
  BisectBench bench(world, config, context);
  PW_TRY_ASSIGN(Priors priors, priors_in_history(world, config, range, state.question.benchmark));
  Hunt hunt(world, git, bench, state, std::move(priors));
  if (options.machines > 0) {
    PW_TRY_ASSIGN(const std::vector<std::string> plan, hunt.plan(options.machines));
    world.console.out(json::dump(nlohmann::ordered_json(plan)) + "\n");
    return k_pass;
  }
  if (options.next) {
    StretchOfCommits stretch;
    PW_TRY_ASSIGN(const bisect::Next next, hunt.next(stretch));
    world.console.out(next_text(stretch, next));
    return k_pass;
  }
  PW_TRY_ASSIGN(const bool proven, hunt.prove());
  if (!options.judge.empty() && proven) {
    PW_TRY_ASSIGN(const BisectAnswer answer, hunt.judge(options.judge));
    world.console.out(answer == BisectAnswer::good ? "good\n" : answer == BisectAnswer::bad ? "bad\n" : "skip\n");
    return settled(answer == BisectAnswer::good  ? k_pass
                   : answer == BisectAnswer::bad ? k_gate_failed
                                                 : k_inconclusive);
  }
  if (!options.judge.empty())
    return wrong_usage(fmt::format("{} is not shown to be worse than {}, so that no commit can be judged: {}",
                                   short_sha(state.question.bad), short_sha(state.question.good), hunt.why_none()),
                       "name other commits");
  if (proven) PW_TRY(hunt.search());
  if (options.alert > 0 && state.culprits.size() == 1 && is_answered(state))
    PW_TRY(nudge_alert(world, config, options.alert, state.culprits.front()));
  PW_TRY_ASSIGN(const ExitCode code, tell(world, options, git, state, hunt.why_none()));
  if (options.annotate) PW_TRY(annotate(world, context, state.culprits));
  return code;
}

Result<ExitCode> bisect_range(World& world, const BisectOptions& options) {
  if (static_cast<int>(options.next) + static_cast<int>(!options.script.empty()) +
          static_cast<int>(!options.judge.empty()) + static_cast<int>(options.machines > 0) >
      1)
    return wrong_usage("--next, --plan, --script and --judge are different questions", "give one of them");
  const bool named = !options.good.empty() || !options.bad.empty() || !options.benchmark.empty();
  if (named == (options.alert > 0) || (named && options.good.empty()))
    return wrong_usage("a search needs a good commit, or an alert", "give --good, or --alert, not both");
  PW_TRY_ASSIGN(const RunContext context, github::run_context(world.environment));
  if (options.annotate) PW_TRY(can_annotate(world, context));
  PW_TRY_ASSIGN(const TrustedConfig trusted, trusted_config(world, context, options.config));
  const Config& config = trusted.loaded.config;
  const checkout::Git git = repository(world);
  BisectQuestion question;
  question.benchmark = options.benchmark.empty() ? "**" : options.benchmark;
  question.config_hash = config.hash;
  question.fingerprint = with_builds(os::read_machine(), config).fingerprint;
  std::string good = options.good;
  std::string bad = options.bad.empty() ? "HEAD" : options.bad;
  if (options.alert > 0) {
    PW_TRY_ASSIGN(const Alert alert, alert_of(world, config, options.alert));
    good = alert.range().last_before;
    bad = alert.range().first_changed;
    question.benchmark = alert.series.path();
  }
  PW_TRY_ASSIGN(question.good, git.resolve(good));
  PW_TRY_ASSIGN(question.bad, git.resolve(bad));
  // Says at once what is wrong with the range.
  PW_TRY_ASSIGN(const std::vector<Commit> range, commits_between(git, question.good, question.bad));
  PW_TRY(work_folder());
  if (options.restart) PW_TRY(os::remove_all(question.file()));
  if (!options.script.empty()) return write_script(world, options, question, trusted.file);
  PW_TRY_ASSIGN(BisectState state, find_state(question));
  for (const std::string& text : options.marks) PW_TRY(mark(git, text, state));
  if (!options.marks.empty()) PW_TRY(save_state(state));
  return measure(world, options, git, config, context, range, state);
}

Run declare_bisect(Verb& verb) {
  auto options = std::make_shared<BisectOptions>();
  verb.add_option("--good", options->good, "Commit, branch or tag from before the change");
  verb.add_option("--bad", options->bad,
                  "Commit, branch or tag that is worse; --good must be an ancestor of it (default: HEAD)");
  verb.add_option("--benchmark", options->benchmark,
                  "Glob of suite/benchmark/metric; of what got worse, the clearest is searched for (default: all)");
  verb.add_option("--alert", options->alert,
                  "Search for the commit of this alert of the history, and tell the alert which it is");
  verb.add_option("--plan", options->machines,
                  "Measure nothing: print the commits for so many machines to --judge, as a JSON list")
      .within(1, k_most_machines);
  verb.add_flag("--next", options->next, "Measure nothing: print the commit to test next, and why");
  verb.add_option("--mark", options->marks, "COMMIT=good, =bad or =skip: what was found elsewhere (may be repeated)");
  verb.add_option("--script", options->script, "Measure nothing: write a script for `git bisect run` to this file");
  verb.add_option("--judge", options->judge,
                  "Only say whether this commit is as good as --good (exit 0) or as bad as --bad (exit 1)");
  verb.add_flag("--annotate", options->annotate,
                "Mark the commit that is named and verified with a status on GitHub (`statuses: write`)");
  verb.add_flag("--restart", options->restart, "Forget what an earlier run of this search has measured");
  verb.add_flag("--json", options->as_json, "As JSON (perfwarden.bisection/1)");
  verb.add_option("-o,--output", options->output, "Write to this file instead of standard output");
  add_config_file(verb, options->config);
  return [options](World& world) { return bisect_range(world, *options); };
}

}  // namespace

extern const Command k_command_bisect{
    "bisect",
    "Find the commit that made a benchmark worse, although measurements are noisy",
    declare_bisect,
    "  perfwarden bisect --good v1.9.0 --bad main                           which commit, by any benchmark\n"
    "  perfwarden bisect --good v1.9.0 --bad main --benchmark 'core/parse*'  by these\n"
    "  perfwarden bisect --alert 7                                          what `alert list` shows as 7\n"
    "  perfwarden bisect --good v1.9.0 --bad main --next                     what to test next, elsewhere\n"
    "  perfwarden bisect --good v1.9.0 --bad main --script judge.sh          for git bisect run",
    {k_gate_failed, k_not_measured, k_inconclusive}};

}  // namespace perfwarden::app
