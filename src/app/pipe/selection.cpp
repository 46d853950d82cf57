#include "app/pipe/selection.hpp"

#include <algorithm>

#include "app/cli/input.hpp"
#include "app/cli/messages.hpp"
#include "app/pipe/past.hpp"
#include "base/text.hpp"
#include "plan/make.hpp"
#include "plan/select.hpp"
#include "plan/shard.hpp"

namespace perfwarden::app {
namespace {

Result<Tier> tier_of(const World& world, const RunContext& context, const SelectOptions& options) {
  const std::string name = options.tier.empty() ? input(world, "tier") : options.tier;
  if (!name.empty()) return plan::parse_tier(name);
  return plan::tier_of_event(context.event);
}

bool any_part_of(const std::string& benchmark, const std::vector<std::string>& cases) {
  return std::any_of(cases.begin(), cases.end(),
                     [&](const std::string& case_name) { return is_of_case(benchmark, case_name); });
}

const Suite* find(const std::vector<Suite>& suites, const std::string& name) {
  const auto found = std::find_if(suites.begin(), suites.end(), [&](const Suite& suite) { return suite.name == name; });
  return found == suites.end() ? nullptr : &*found;
}

bool measures_all(const Config& config, const Plan& plan) {
  return std::all_of(config.suites.begin(), config.suites.end(), [&](const Suite& suite) {
    const Suite* measured = find(plan.suites, suite.name);
    return measured != nullptr && measured->cases.size() == suite.cases.size();
  });
}

void add_names(const std::string& listed, std::vector<std::string>& files) {
  for (const std::string_view name : text::split(listed, '\0'))
    if (!name.empty()) files.emplace_back(name);
}

// Base against head. Where head is not a commit: against the working tree and the files that git does not track.
Result<std::vector<std::string>> diff_of(const checkout::Git& git, const Checkouts& sides) {
  std::vector<std::string> files;
  std::vector<std::string> words{
      "diff",        "--name-only", "-z", "--no-renames", "--no-ext-diff", "--no-relative", "--ignore-submodules=none",
      sides.base_sha};
  const bool in_tree = sides.base_directory.empty();
  if (!in_tree) words.push_back(sides.head_sha);
  words.emplace_back("--");
  PW_TRY_ASSIGN(const std::string listed, git.run(words));
  add_names(listed, files);
  if (!in_tree) return files;
  PW_TRY_ASSIGN(const std::string others, git.run({"ls-files", "--others", "--exclude-standard", "--full-name", "-z"}));
  add_names(others, files);
  return files;
}

}  // namespace

void add_select_options(Verb& verb, SelectOptions& options) {
  verb.add_option("-s,--suite", options.suites, "Only this suite, whatever its `when` says (may be repeated)");
  verb.add_option(
      "--tier", options.tier,
      "smoke, targeted, full or long: measure suites of this tier and those before it (default: by the event)");
  verb.add_option("--shard", options.shard, "Measure part I of N, cut by recorded times; `merge` joins the parts");
  verb.add_option("--times", options.times,
                  "Samples file to cut by (default: the cached baseline or the history of the baseline branch)");
}

Result<Selected> select_plan(World& world, const Config& config, const RunContext& context,
                             const SelectOptions& options, const std::optional<std::vector<std::string>>& changed,
                             const Order& order) {
  PW_TRY_ASSIGN(const Tier tier, tier_of(world, context, options));
  const plan::Request request{options.suites, order.two_sided, order.seed};
  // Checks the names and the sizes, also of suites that are skipped below.
  PW_TRY_ASSIGN(Plan all, plan::make(config, request));
  Selected out;
  Config chosen = config;
  chosen.suites = std::move(all.suites);
  if (options.suites.empty()) {
    plan::Selection selection = plan::select(chosen.suites, {tier, changed});
    chosen.suites = std::move(selection.suites);
    out.skipped = std::move(selection.skipped);
  }
  const std::string shard = options.shard.empty() ? input(world, "shard") : options.shard;
  if (!shard.empty()) {
    PW_TRY_ASSIGN(Shard parsed, plan::parse_shard(shard));
    PW_TRY_ASSIGN(const std::vector<UnitTime> times, recorded_times(world, config, options.times));
    plan::Cut cut = plan::cut(chosen.suites, times, std::move(parsed));
    chosen.suites = std::move(cut.suites);
    out.shard = std::move(cut.shard);
  }
  for (const Warning& warning : out.skipped) note(world, warning.text);
  out.plan.two_sided = order.two_sided;
  out.plan.seed = order.seed;
  if (!chosen.suites.empty()) {
    PW_TRY_ASSIGN(out.plan, plan::make(chosen, {{}, order.two_sided, order.seed}));
  }
  out.whole = measures_all(config, out.plan);
  return out;
}

std::optional<std::vector<std::string>> changed_files(World& world, const Config& config, const Checkouts& sides,
                                                      const std::string& config_file) {
  const bool asked = std::any_of(config.suites.begin(), config.suites.end(),
                                 [](const Suite& suite) { return !suite.when.paths.empty(); });
  if (!asked || sides.base_sha.empty() || (sides.head_sha.empty() && !sides.base_directory.empty()))
    return std::nullopt;
  const checkout::Git git = repository(world);
  const Result<std::vector<std::string>> files = diff_of(git, sides);
  if (!files) {
    warn(world, "the changed files are not known, so every suite is measured: " + files.error().what);
    return std::nullopt;
  }
  const std::string path = git.prefix() + config_file;
  if (std::find(files->begin(), files->end(), path) != files->end()) return std::nullopt;
  return *files;
}

Result<std::vector<std::string>> always_measured(const World& world, const Config& config) {
  RunContext of_pull_request;
  of_pull_request.event = "pull_request";
  PW_TRY_ASSIGN(const Tier tier, tier_of(world, of_pull_request, {}));
  std::vector<std::string> names;
  for (const Suite& suite : plan::select(config.suites, {tier, std::vector<std::string>()}).suites)
    names.push_back(suite.name);
  return names;
}

void add_selection(const Selected& selected, Measured& measured) {
  for (Samples* samples : {&measured.samples.base, &measured.samples.head}) {
    samples->run.shard = selected.shard;
    samples->warnings.insert(samples->warnings.end(), selected.skipped.begin(), selected.skipped.end());
  }
}

void forget_left_out(Samples& base, const Config& config, const Plan& plan) {
  std::erase_if(base.series, [&](const Series& series) {
    const Suite* configured = find(config.suites, series.id.suite);
    if (configured == nullptr) return false;  // gone from the config: that is worth saying
    const Suite* measured = find(plan.suites, series.id.suite);
    if (measured == nullptr) return true;
    if (measured->cases.size() == configured->cases.size()) return false;
    return any_part_of(series.id.benchmark, configured->cases) && !any_part_of(series.id.benchmark, measured->cases);
  });
}

}  // namespace perfwarden::app
