#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "config/parts.hpp"

namespace perfwarden::config {
namespace {

// Of git check-ref-format(1) what matters here; a leading '-' would be an option to git.
bool is_branch(std::string_view name) {
  return !name.empty() && name.front() != '-' && name.front() != '/' && name.back() != '/' &&
         !name.ends_with(".lock") && name.find("..") == std::string_view::npos &&
         name.find_first_of(" ~^:?*[\\\n\t") == std::string_view::npos;
}

bool is_login(std::string_view name) {
  constexpr std::size_t k_longest = 39;
  if (name.ends_with("[bot]")) name.remove_suffix(5);
  return !name.empty() && name.size() <= k_longest && name.front() != '-' &&
         std::all_of(name.begin(), name.end(), [](char c) { return c == '-' || text::is_alphanumeric(c); });
}

Type<std::string> branch_type() {
  Type<std::string> type = text_type();
  type.value = "branch";
  type.schema =
      R"({"type": "string", "minLength": 1, "pattern": "^(?![-/])(?!.*(\\.\\.|/$|\\.lock$))[^ ~^:?*\\[\\\\\\n\\t]+$"})";
  type.read = [](Reader& reader, const Node& node, std::string_view key) {
    auto name = reader.text(node, key);
    if (!name || is_branch(*name)) return name;
    reader.problem(node, fmt::format("'{}' is not a valid branch name", text::one_line(*name)),
                   "write it as git does: main");
    return std::optional<std::string>();
  };
  return type;
}

// A label, or off: the empty text.
Type<std::string> label_type() {
  Type<std::string> type = text_type();
  type.value = "text or `off`";
  type.schema = R"({"type": ["string", "boolean"], "not": {"const": true}, "pattern": "^(|.*\\S.*)$"})";
  type.read = [](Reader& reader, const Node& node, std::string_view key) {
    if (is_off(node) || (node.kind == Node::Kind::scalar && node.quoted && node.text.empty()))
      return std::optional<std::string>("");
    return reader.text(node, key);
  };
  return type;
}

// "organization/team", as in the team's address; empty = none.
Type<std::string> team_type() {
  Type<std::string> type = text_type();
  type.value = "`organization/team`";
  type.schema = R"({"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9_-]+$"})";
  type.read = [](Reader& reader, const Node& node, std::string_view key) {
    auto team = reader.text(node, key);
    if (!team) return team;
    const std::size_t slash = team->find('/');
    const std::string_view slug = std::string_view(*team).substr(slash == std::string::npos ? team->size() : slash + 1);
    const bool good =
        is_login(team->substr(0, slash)) && !slug.empty() &&
        std::all_of(slug.begin(), slug.end(), [](char c) { return c == '-' || c == '_' || text::is_alphanumeric(c); });
    if (good) return team;
    reader.problem(node, fmt::format("'{}' is not a team", text::one_line(*team)), "write organization/team");
    return std::optional<std::string>();
  };
  return type;
}

std::string cure_of_login(std::string_view login) {
  if (login.starts_with('@')) return "write the name without '@'";
  if (login.find('/') != std::string_view::npos) return "a team is named by `team`";
  return "write the name in the person's GitHub address";
}

Type<std::vector<std::string>> logins_type() {
  Type<std::vector<std::string>> type = list_type();
  type.value = "list of logins";
  type.schema = R"({"type": "array", "uniqueItems": true,
    "items": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9-]{0,38}(\\[bot\\])?$"}})";
  type.read = [](Reader& reader, const Node& node, std::string_view key) {
    auto logins = reader.strings(node, key);
    for (std::size_t i = 0; logins && i < logins->size(); ++i) {
      const std::string& login = (*logins)[i];
      if (is_login(login)) continue;
      reader.problem(node.kind == Node::Kind::sequence ? node.items[i] : node,
                     fmt::format("'{}' is not a GitHub login", text::one_line(login)), cure_of_login(login));
      return std::optional<std::vector<std::string>>();
    }
    return logins;
  };
  return type;
}

// Names of renderers that write files; nullopt means all of them.
Type<std::optional<std::vector<std::string>>> formats_type() {
  using Words = std::optional<std::vector<std::string>>;
  Type<Words> type;
  type.value = fmt::format("list of {}", k_report_formats);
  type.schema = fmt::format(R"({{"type": "array", "uniqueItems": true, "items": {{"enum": [{}]}}}})", k_report_formats);
  type.read = [](Reader& reader, const Node& node, std::string_view key) -> std::optional<Words> {
    const auto words = reader.strings(node, key);
    for (std::size_t i = 0; words && i < words->size(); ++i) {
      Node item = node.kind == Node::Kind::sequence ? node.items[i] : node;
      item.text = (*words)[i];
      if (!reader.one_of(item, key, reader.vocabulary.report_formats)) return std::nullopt;
    }
    return words ? std::optional<Words>(words) : std::nullopt;
  };
  type.print = [](const Words& words) { return words ? print_list(*words) : std::string("all"); };
  return type;
}

// sqlite:PATH, postgresql://…, or off: the empty text. What may hold a password is not repeated in messages.
Type<std::string> history_type() {
  Type<std::string> type;
  type.value = "`sqlite:PATH`, `postgresql://USER@HOST/DATABASE` or `off`";
  type.schema = R"({"anyOf": [{"type": "string", "pattern": "^(sqlite:|postgresql://)."}, {"enum": ["off", false]}]})";
  type.read = [](Reader& reader, const Node& node, std::string_view key) -> std::optional<std::string> {
    constexpr std::array<std::string_view, 2> k_prefixes{"sqlite:", "postgresql://"};
    if (is_off(node)) return "";
    auto value = reader.text(node, key);
    if (!value) return value;
    const std::size_t scheme = value->find("://");
    const std::string rest = scheme == std::string::npos ? "" : value->substr(scheme + 3);
    const std::size_t user = rest.substr(0, rest.find_first_of("/?")).rfind('@');
    if ((user != std::string::npos && rest.find(':') < user) || rest.find("password=") != std::string::npos) {
      reader.problem(node, fmt::format("'{}' holds a password", key),
                     "take it out, and set PGPASSWORD in the environment of the step from a secret");
      return std::nullopt;
    }
    const auto fits = [&](std::string_view prefix) {
      return value->starts_with(prefix) && value->size() > prefix.size();
    };
    if (std::any_of(k_prefixes.begin(), k_prefixes.end(), fits)) return value;
    reader.problem(node, fmt::format("'{}' cannot be {}", key, describe(node)),
                   "write sqlite:PATH, postgresql://USER@HOST/DATABASE or off");
    return std::nullopt;
  };
  type.print = [](const std::string& value) { return value.empty() ? std::string("off") : value; };
  return type;
}

void check_statistics(const Section& section, const StatisticsConfig& read) {
  if (read.high_effect >= read.min_effect) return;
  const Node* at = section.find("high-effect") ? section.find("high-effect") : section.find("min-effect");
  if (at)
    section.reader().problem(*at,
                             fmt::format("'high-effect' {} is below 'min-effect' {}", print_percent(read.high_effect),
                                         print_percent(read.min_effect)),
                             "a change cannot be large and too small to count: raise high-effect or lower min-effect");
}

void check_baseline(const Section& section, const BaselineConfig& read) {
  if (read.strategy == BaselineStrategy::file && !section.find("file"))
    section.reader().problem(*section.find("strategy"), "strategy 'file' needs 'file'", "add file: baseline.json");
  if (read.strategy == BaselineStrategy::pinned && !section.find("commit"))
    section.reader().problem(*section.find("strategy"), "strategy 'pinned' needs 'commit'", "add commit: v1.9.0");
}

}  // namespace

Field<Config> benchmarks_field() {
  const auto presence = choice_type<OnPresence>();
  return group<Config>("benchmarks",
                       {row("vanished", &Config::vanished, presence, "a benchmark of the base is gone"),
                        row("new", &Config::added, presence, "a benchmark is new")},
                       "what happens when benchmarks come and go");
}

Field<Config> statistics_field() {
  using S = StatisticsConfig;
  const auto corrections = choice_type<Correction>();
  const auto inconclusive = choice_type<OnInconclusive>();
  const auto fail_from = choice_type<FailFrom>();
  return mapping<Config, S>(
      "statistics", &Config::statistics,
      {row("confidence", &S::confidence, percent_type({50, 99.99}),
           "confidence level of the intervals that are shown, and of those that `max` and `min` are judged by")
           .input(),
       row("significance", &S::significance, percent_type({0.01, 50}),
           "largest p-value, after correction, that counts as a difference where the number of runs is fixed"),
       row("correction", &S::correction, corrections, "correction for testing many benchmarks at once"),
       row("min-effect", &S::min_effect, percent_type({0, 100}), "smaller changes are never called a change"),
       row("high-effect", &S::high_effect, percent_type({0, 1000}), "smaller changes never have HIGH confidence"),
       row("unstable-cv", &S::unstable_cv, percent_type({0.1, 100}),
           "a base that varies more than this (coefficient of variation) is called unstable"),
       row("false-alarms", &S::false_alarms, percent_type({0.0001, 5}),
           "chance of any false alarm in a run that changed nothing, for benchmarks that are run until they are "
           "decided"),
       row("inconclusive", &S::inconclusive, inconclusive, "what an undecided benchmark does to the run").input(),
       row("fail-from", &S::fail_from, fail_from,
           "the lowest confidence with which a broken limit fails; with `high`, MEDIUM only warns"),
       row("between-runs", &S::between_runs, percent_type({1, 10000}),
           "how much unchanged code may differ between two runs, when fewer than five earlier runs are known")},
      "how sure is sure", check_statistics);
}

Field<Config> baseline_field() {
  using B = BaselineConfig;
  const auto strategies = choice_type<BaselineStrategy>();
  const auto matches = choice_type<MatchMachine>();
  const auto missing = choice_type<OnMissing>();
  Field<Config> field = mapping<Config, B>(
      "baseline", &Config::baseline,
      {row("strategy", &B::strategy, strategies,
           "where the numbers of base come from (measured now at the merge base, the newest release before it or a "
           "pinned commit; kept from an earlier run; or a file)")
           .input(),
       row("branch", &B::branch, branch_type(), "branch that a cached baseline belongs to"),
       row("directory", &B::directory, text_type(),
           "folder of the cached baselines, for `actions/cache` to restore and save")
           .value("path"),
       row("file", &B::file, text_type(), "samples file, for strategy `file`").value("path"),
       row("tag", &B::tag, text_type(), "glob of the tags that are releases, for strategy `release`"),
       row("commit", &B::commit, text_type(), "tag or commit, for strategy `pinned`"),
       row("match-machine", &B::match_machine, matches,
           "whether a cached baseline must come from a machine with the same fingerprint"),
       row("missing", &B::missing, missing,
           "what a run without a usable baseline does; `record` makes the run the baseline")
           .input()},
      "what the head is compared with", check_baseline);
  field.key.mapping = R"({"allOf": [
    {"if": {"properties": {"strategy": {"const": "file"}}, "required": ["strategy"]}, "then": {"required": ["file"]}},
    {"if": {"properties": {"strategy": {"const": "pinned"}}, "required": ["strategy"]},
     "then": {"required": ["commit"]}}]})";
  return field;
}

Field<Config> build_cache_field() {
  using C = BuildCacheConfig;
  static const Fields<C> fields{
      row("directory", &C::directory, text_type(), "the folder, outside of the checkout; nobody else may write to it")
          .value("path"),
      row("key", &C::key, text_type(),
          "part of every entry's key: anything that a build depends on and perfwarden cannot see"),
      row("limit", &C::limit_bytes, size_type(), "above this size the least recently used builds are evicted")};
  Field<Config> field = special<Config>(
      {.name = "build-cache",
       .value = "path, mapping or `off`",
       .preset = "`off`",
       .sentence = "folder where whole builds are kept between runs; whoever can write to it can change what pull "
                   "requests are compared with",
       .more = "see [Build cache](#build-cache)",
       .schema = R"({"anyOf": [{"type": "string", "minLength": 1, "pattern": "\\S"}, {"enum": [false]}]})",
       .keys = keys_of(fields),
       .trust = Trust::base_only},
      [](const Section& outer, Config& config) {
        Reader& reader = outer.reader();
        C& out = config.build_cache;
        const Node* node = outer.find("build-cache");
        if (!node || node->kind == Node::Kind::map)
          return read(outer.enter("build-cache", names_of(fields)), fields, out);
        const bool is_text = node->kind == Node::Kind::scalar && type_of(*node) == ScalarType::text;
        if (is_text && !is_off(*node))
          out.directory = reader.text(*node, "build-cache").value_or("");
        else if (!is_off(*node))
          reader.problem(*node, fmt::format("'build-cache' cannot be {}", describe(*node)),
                         "write a folder, off, or { directory: …, key: …, limit: … }");
        outer.record("build-cache.directory", out.directory, node);
        const Section inner(reader, nullptr, "build-cache", "", {});
        for (const Field<C>& one : fields)
          if (one.key.name != "directory") one.take(inner, out);
      });
  field.reset = [](Config& config) { config.build_cache = {}; };
  return field;
}

Field<Config> identity_field() {
  using I = IdentityConfig;
  const auto identical = choice_type<WhenIdentical>();
  const auto placement = choice_type<OnPlacement>();
  return mapping<Config, I>(
      "identity", &Config::identity,
      {row("identical", &I::identical, identical,
           "a suite that runs the same program on both sides: `skip` does not measure it against base; `auto` skips "
           "for "
           "pull requests"),
       row("placement", &I::placement, placement,
           "a change that comes only from where the linker put code: `show` never fails"),
       row("ignore", &I::ignore, list_type(), "names of data objects that may differ, such as a commit id")},
      "what is known of the programs of both sides");
}

Field<Config> report_field() {
  using R = ReportConfig;
  const auto comments = choice_type<CommentWhen>();
  const auto of_report = [](Field<R> field) { return within(&Config::report, std::move(field)); };
  const auto of_publish = [](Field<PublishConfig> field) { return within(&Config::publish, std::move(field)); };
  Field<Config> field = group<Config>(
      "report",
      {of_report(row("directory", &R::directory, text_type(), "reports are written to `<directory>/<commit>/`")
                     .value("path")),
       of_report(row("templates", &R::templates, text_type(),
                     "folder with templates that replace the built-in ones of the same name")
                     .value("path")
                     .preset("built in")),
       of_publish(
           within(&PublishConfig::comment,
                  row("comment", &CommentConfig::when, comments, "when the pull request gets its comment").input())),
       of_publish(within(&PublishConfig::label, row("label", &LabelConfig::name, label_type(),
                                                    "label that marks a pull request with a regression")
                                                    .input())),
       of_report(row("formats", &R::formats, formats_type(), "report files to write").preset("all"))},
      "what is written and posted");
  field.reset = [](Config& config) {
    config.report = {};
    config.publish.comment = {};
    config.publish.label = {};
  };
  return field;
}

Field<Config> publish_field() {
  const auto of_publish = [](Field<PublishConfig> field) { return within(&Config::publish, std::move(field)); };
  Field<Config> field = group<Config>(
      "publish",
      {of_publish(within(&PublishConfig::check,
                         row("check", &CheckRunConfig::name, label_type(),
                             "name of a check of the commit that reports the verdict and marks the findings; not the "
                             "name of a job (`checks: write`)")
                             .preset("`off`"))),
       of_publish(within(&PublishConfig::code_scanning,
                         row("code-scanning", &CodeScanningConfig::upload, boolean_type(),
                             "whether the findings become alerts of code scanning (`security-events: write`)"))),
       of_publish(row("failure", &PublishConfig::failure, choice_type<OnFailure>(),
                      "what a run does whose report GitHub did not take: it warns, or exits with 6 unless it fails "
                      "anyway")),
       of_publish(slack_field()), of_publish(teams_field()), of_publish(webhook_field()), of_publish(email_field()),
       of_publish(jira_field()), of_publish(issues_field())},
      "sending the report");
  field.reset = [](Config& config) {
    PublishConfig& publish = config.publish;
    publish.slack = {};
    publish.teams = {};
    publish.webhook = {};
    publish.email = {};
    publish.jira = {};
    publish.issues = {};
  };
  field.key.trust = Trust::base_only;  // addresses that secrets go to
  return field;
}

Field<Config> overrides_field() {
  using O = OverrideConfig;
  return mapping<Config, O>(
      "overrides", &Config::overrides,
      {row("label", &O::label, text_type(), "label by which a person accepts broken soft budgets"),
       row("allow", &O::allow, logins_type(),
           "GitHub logins that may accept, by the label or by `/perfwarden accept`; without `@`, no teams")
           .preset("who may set labels, and for comments who may write to the repository"),
       row("team", &O::team, team_type(), "team whose members may accept too; needs the token of a GitHub App")
           .more("see [Overrides](../docs/github.md#accepting-a-regression)"),
       row("require-reason", &O::require_reason, boolean_type(), "the person must say why in a comment"),
       row("expires", &O::expires_s, duration_type(), "after that long a label or a comment no longer counts")
           .preset("`7d`")},
      "accepting a broken soft budget");
}

Field<Config> history_field() {
  return row("history", &Config::history, history_type(), "where all runs are kept").input();
}

Field<Config> retention_field() {
  using R = RetentionConfig;
  return mapping<Config, R>(
      "retention", &Config::retention,
      {row("raw", &R::raw_s, age_type(), "how long `history prune` keeps raw values").preset("`90d`"),
       row("summaries", &R::summaries_s, age_type(), "how long it keeps runs with their statistics").preset("`2y`")},
      "what `history prune` keeps beside releases, baselines and the commits of alerts",
      [](const Section& section, const R& retention) {
        if (retention.raw_s <= retention.summaries_s) return;
        const Node* const raw = section.find("raw");
        section.reader().problem(raw != nullptr ? *raw : *section.find("summaries"),
                                 "raw values cannot be kept longer than the runs that they belong to",
                                 "write raw: 90d and summaries: 2y, for example");
      });
}

}  // namespace perfwarden::config
