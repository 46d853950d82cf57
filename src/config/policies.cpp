#include <fmt/format.h>

#include "base/text.hpp"
#include "config/names.hpp"
#include "config/reader.hpp"

namespace perfwarden::config {
namespace {

constexpr std::array<std::string_view, 8> k_statistics_keys{"confidence",   "significance", "correction",
                                                            "min-effect",   "high-effect",  "unstable-cv",
                                                            "false-alarms", "inconclusive"};
constexpr std::array<std::string_view, 6> k_baseline_keys{"strategy", "branch",        "directory",
                                                          "file",     "match-machine", "missing"};
constexpr std::array<std::string_view, 3> k_build_cache_keys{"directory", "key", "limit"};
constexpr std::array<std::string_view, 5> k_report_keys{"directory", "templates", "comment", "label", "formats"};
constexpr std::array<std::string_view, 3> k_override_keys{"label", "allow", "require-reason"};
constexpr std::array<std::string_view, 2> k_benchmark_keys{"vanished", "new"};

constexpr std::array<Choice<Correction>, 3> k_corrections{
    {{"none", Correction::none}, {"holm", Correction::holm}, {"benjamini-hochberg", Correction::benjamini_hochberg}}};
constexpr std::array<Choice<OnInconclusive>, 3> k_inconclusive{
    {{"pass", OnInconclusive::pass}, {"warn", OnInconclusive::warn}, {"fail", OnInconclusive::fail}}};
constexpr std::array<Choice<BaselineStrategy>, 3> k_strategies{{{"merge-base", BaselineStrategy::merge_base},
                                                                {"cached", BaselineStrategy::cached},
                                                                {"file", BaselineStrategy::file}}};
constexpr std::array<Choice<MatchMachine>, 2> k_matches{
    {{"fingerprint", MatchMachine::fingerprint}, {"any", MatchMachine::any}}};
constexpr std::array<Choice<OnMissing>, 3> k_missing{
    {{"record", OnMissing::record}, {"warn", OnMissing::warn}, {"fail", OnMissing::fail}}};
constexpr std::array<Choice<CommentWhen>, 4> k_comments{{{"auto", CommentWhen::automatic},
                                                         {"always", CommentWhen::always},
                                                         {"on-change", CommentWhen::on_change},
                                                         {"never", CommentWhen::never}}};
constexpr std::array<Choice<OnPresence>, 4> k_presence{{{"ignore", OnPresence::ignore},
                                                        {"warn", OnPresence::warn},
                                                        {"soft", OnPresence::soft},
                                                        {"hard", OnPresence::hard}}};

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

std::string as_is(const std::string& value) {
  return value;
}

}  // namespace

void read_statistics(Reader& reader, const Node* node) {
  StatisticsConfig& out = reader.loaded.config.statistics;
  Section section(reader, node, "statistics", "'statistics'", k_statistics_keys);
  section.take_percent("confidence", out.confidence, {50, 99.99});
  section.take_percent("significance", out.significance, {0.01, 50});
  section.take_choice("correction", out.correction, k_corrections);
  section.take_percent("min-effect", out.min_effect, {0, 100});
  section.take_percent("high-effect", out.high_effect, {0, 1000});
  section.take_percent("unstable-cv", out.unstable_cv, {0.1, 100});
  section.take_percent("false-alarms", out.false_alarms, {0.0001, 5});
  section.take_choice("inconclusive", out.inconclusive, k_inconclusive);
  if (out.high_effect >= out.min_effect) return;
  const Node* at = section.find("high-effect") ? section.find("high-effect") : section.find("min-effect");
  if (at)
    reader.problem(*at,
                   fmt::format("'high-effect' {} is below 'min-effect' {}", print_percent(out.high_effect),
                               print_percent(out.min_effect)),
                   "a change must be worth calling a change before it is a large one");
}

void read_baseline(Reader& reader, const Node* node) {
  BaselineConfig& out = reader.loaded.config.baseline;
  Section section(reader, node, "baseline", "'baseline'", k_baseline_keys);
  section.take_choice("strategy", out.strategy, k_strategies);
  section.take(
      "branch", out.branch,
      [&](const Node& n, std::string_view key) {
        auto name = reader.text(n, key);
        if (!name || is_branch(*name)) return name;
        reader.problem(n, fmt::format("'{}' is no name for a branch", text::one_line(*name)),
                       "write it as git does: main");
        return std::optional<std::string>();
      },
      as_is);
  section.take_text("directory", out.directory);
  section.take_text("file", out.file);
  section.take_choice("match-machine", out.match_machine, k_matches);
  section.take_choice("missing", out.missing, k_missing);
  if (out.strategy == BaselineStrategy::file && !section.find("file"))
    reader.problem(*section.find("strategy"), "strategy 'file' needs 'file'", "add file: baseline.json");
}

void read_build_cache(Reader& reader, const Node* node) {
  BuildCacheConfig& out = reader.loaded.config.build_cache;
  const bool is_short = node && node->kind != Node::Kind::map;
  Section section(reader, is_short ? nullptr : node, "build-cache", "'build-cache'", k_build_cache_keys);
  const bool is_text = is_short && node->kind == Node::Kind::scalar && type_of(*node) == ScalarType::text;
  if (is_text && !is_off(*node))
    out.directory = reader.text(*node, "build-cache").value_or("");
  else if (is_short && !is_off(*node))
    reader.problem(*node, fmt::format("'build-cache' cannot be {}", describe(*node)),
                   "write a folder, off, or { directory: …, key: …, limit: … }");
  if (is_short)
    reader.record(section.path("directory"), out.directory, reader.origin(node));
  else
    section.take_text("directory", out.directory);
  section.take_text("key", out.key);
  section.take(
      "limit", out.limit_bytes,
      [&](const Node& n, std::string_view key) -> std::optional<std::uint64_t> {
        const auto limit = reader.quantity(n, key);
        constexpr double k_most = 1e15;
        if (limit && limit->base_unit == "B" && limit->value >= 1 && limit->value <= k_most)
          return static_cast<std::uint64_t>(limit->value);
        if (limit) reader.problem(n, "'limit' must be a size", "write it like 5 GiB");
        return std::nullopt;
      },
      [](std::uint64_t bytes) { return fmt::format("{} B", bytes); });
}

void read_report(Reader& reader, const Node* node) {
  ReportConfig& out = reader.loaded.config.report;
  Section section(reader, node, "report", "'report'", k_report_keys);
  section.take_text("directory", out.directory);
  section.take_text("templates", out.templates);
  section.take_choice("comment", out.comment, k_comments);
  section.take(
      "label", out.label,
      [&](const Node& n, std::string_view key) {
        if (is_off(n) || (n.kind == Node::Kind::scalar && n.quoted && n.text.empty()))
          return std::optional<std::string>("");
        return reader.text(n, key);
      },
      as_is);
  static const std::vector<std::string> names(k_report_formats.begin(), k_report_formats.end());
  section.take(
      "formats", out.formats,
      [&](const Node& n, std::string_view key) {
        auto formats = reader.strings(n, key);
        for (std::size_t i = 0; formats && i < formats->size(); ++i) {
          Node item = n.kind == Node::Kind::sequence ? n.items[i] : n;
          item.text = (*formats)[i];
          if (!reader.one_of(item, key, names)) return std::optional<std::vector<std::string>>();
        }
        return formats;
      },
      print_list);
}

void read_overrides(Reader& reader, const Node* node) {
  OverrideConfig& out = reader.loaded.config.overrides;
  Section section(reader, node, "overrides", "'overrides'", k_override_keys);
  section.take_text("label", out.label);
  section.take(
      "allow", out.allow,
      [&](const Node& n, std::string_view key) {
        auto logins = reader.strings(n, key);
        for (std::size_t i = 0; logins && i < logins->size(); ++i) {
          const std::string& login = (*logins)[i];
          if (is_login(login)) continue;
          const std::string shown = text::one_line(login);
          std::string cure = "write the name in the person's GitHub address";
          if (login.starts_with('@'))
            cure = "write the name without '@'";
          else if (login.find('/') != std::string::npos)
            cure = "teams cannot be asked for with a workflow's token: name people";
          reader.problem(n.kind == Node::Kind::sequence ? n.items[i] : n, fmt::format("'{}' is no GitHub login", shown),
                         cure);
          return std::optional<std::vector<std::string>>();
        }
        return logins;
      },
      print_list);
  section.take_boolean("require-reason", out.require_reason);
}

void read_benchmarks(Reader& reader, const Node* node) {
  Section section(reader, node, "benchmarks", "'benchmarks'", k_benchmark_keys);
  section.take_choice("vanished", reader.loaded.config.vanished, k_presence);
  section.take_choice("new", reader.loaded.config.added, k_presence);
}

void read_history(Reader& reader, const Node* node) {
  std::string& out = reader.loaded.config.history;
  if (node && is_off(*node)) {
    out.clear();
  } else if (node) {
    constexpr std::string_view k_prefix = "sqlite:";
    if (const auto value = reader.text(*node, "history")) {
      if (value->starts_with(k_prefix) && value->size() > k_prefix.size())
        out = *value;
      else
        reader.problem(*node, fmt::format("'history' cannot be {}", describe(*node)), "write sqlite:PATH or off");
    }
  }
  reader.record("history", out.empty() ? "off" : out, reader.origin(node));
}

}  // namespace perfwarden::config
