#include <fmt/format.h>

#include <cmath>

#include "base/text.hpp"
#include "config/parts.hpp"

namespace perfwarden::config {
namespace {

constexpr std::array<std::string_view, 16> k_known_metrics{
    "wall_time",    "cpu_time",        "user_time",    "system_time",     "max_rss",    "page_faults",
    "instructions", "cycles",          "cache_misses", "branch_misses",   "throughput", "byte_throughput",
    "allocations",  "allocated_bytes", "binary_size",  "context_switches"};
constexpr std::size_t k_max_glob = 512;

Type<std::string> unit_type() {
  Type<std::string> type = text_type();
  type.value = "unit";
  return type;
}

// What is wrong with a glob, and the cure; empty when nothing is.
std::pair<std::string, std::string> glob_fault(std::string_view glob) {
  if (glob.empty()) return {"an empty glob matches nothing", "write \"*\" for everything"};
  if (glob.size() > k_max_glob)
    return {fmt::format("a glob of more than {} characters", k_max_glob), "shorten it with '*'"};
  if (glob.front() == '!') return {"globs have no negation", "write the glob without '!' and set it to off"};
  if (glob.front() == '/' || glob.back() == '/')
    return {"a glob cannot begin or end with '/'", "write suite/benchmark, like core/parse/*"};
  if (glob.find("//") != std::string_view::npos) return {"'//' in a glob matches nothing", "write one '/'"};
  if (glob.find("***") != std::string_view::npos)
    return {"'***' in a glob", "write '*' within a segment, '**' across segments"};
  if (glob.find_first_of("\n\t") != std::string_view::npos) return {"a line break or tab in a glob", "take it out"};
  return {};
}

// BudgetReader reads one key of `budgets`.
class BudgetReader {
 public:
  BudgetReader(Reader& reader, const Node& key, const Node& node)
      : reader_(reader), levels_(names_of(limit_fields())), key_(key), node_(node) {}

  std::optional<Budget> read() {
    budget_.glob = key_.text;
    budget_.where = reader_.source.position(key_.place);
    if (const auto [what, cure] = glob_fault(key_.text); !what.empty()) {
      reader_.problem(key_, what, cure);
      return std::nullopt;
    }
    if (!has_threshold()) warn_of_unknown_suite();
    if (is_off(node_)) {
      budget_.off = true;
      record("", "off", &node_);
    } else if (node_.kind == Node::Kind::scalar) {
      read_short("", node_);
    } else if (node_.kind == Node::Kind::map) {
      read_map();
    } else {
      reader_.problem(node_.kind == Node::Kind::null ? key_ : node_,
                      fmt::format("budget '{}' is {}", name(), describe(node_)),
                      "write a change like +5%, levels like { soft: +5% }, metrics, or off");
    }
    return std::move(budget_);
  }

 private:
  [[nodiscard]] std::string name() const { return text::one_line(key_.text); }

  void record(const std::string& rest, std::string value, const Node* node) {
    reader_.record("budgets." + key_.text + rest, std::move(value), reader_.origin(node));
  }

  [[nodiscard]] bool has_threshold() const {
    return std::any_of(node_.keys.begin(), node_.keys.end(), [](const Node& key) { return key.text == "threshold"; });
  }

  void warn_of_unknown_suite() {
    const std::string_view first = std::string_view(key_.text).substr(0, key_.text.find('/'));
    if (first.find_first_of("*?") != std::string_view::npos) return;
    std::vector<std::string> suites;
    for (const Suite& suite : reader_.loaded.config.suites) suites.push_back(suite.name);
    if (std::find(suites.begin(), suites.end(), first) != suites.end()) return;
    const auto near = text::nearest(first, suites);
    reader_.warn("unmatched-budget", key_,
                 fmt::format("budget '{}' matches nothing: there is no suite '{}'; {}", name(), text::one_line(first),
                             near ? fmt::format("did you mean '{}'?", *near) : "suites: " + quote_list(suites)));
  }

  void read_short(const std::string& metric, const Node& node) {
    const auto change = reader_.change(node, metric.empty() ? key_.text : metric);
    if (!change || !check(metric, *change, node)) return;
    budget_.limits[metric].soft = *change;
    record((metric.empty() ? "" : "." + metric) + ".soft", change->original, &node);
  }

  void read_map() {
    const auto is_level = [&](const Node& key) {
      return std::find(levels_.begin(), levels_.end(), key.text) != levels_.end();
    };
    const auto levels = std::count_if(node_.keys.begin(), node_.keys.end(), is_level);
    if (node_.keys.empty())
      return reader_.problem(node_, fmt::format("budget '{}' is empty", name()), "write a change like +5%, or off");
    const bool all_scalar = std::none_of(node_.items.begin(), node_.items.end(),
                                         [](const Node& item) { return item.kind == Node::Kind::map; });
    for (std::size_t i = 0; i < node_.keys.size(); ++i) {
      if (is_level(node_.keys[i]) || !misspelt_level(node_.keys[i], all_scalar)) continue;
      return;  // told of, and the rest cannot be read either way
    }
    if (levels != 0 && levels != static_cast<std::ptrdiff_t>(node_.keys.size())) {
      const auto metric = std::find_if_not(node_.keys.begin(), node_.keys.end(), is_level);
      const auto level = std::find_if(node_.keys.begin(), node_.keys.end(), is_level);
      return reader_.problem(
          *metric,
          fmt::format("budget '{}' mixes levels ('{}') with '{}'", name(), level->text, text::one_line(metric->text)),
          fmt::format("use either levels ({}) or metrics, each with its own levels", quote_list(levels_)));
    }
    if (levels != 0) return read_limit("", node_);
    for (std::size_t i = 0; i < node_.keys.size(); ++i) read_metric(node_.keys[i], node_.items[i]);
  }

  // True, with a problem added, when a key is no known metric and nearly a level.
  bool misspelt_level(const Node& key, bool all_scalar) {
    if (!all_scalar || is_known_metric(key.text)) return false;
    const auto near = text::nearest(key.text, levels_);
    const bool one_edit = near && text::edit_distance(key.text, *near) == 1;
    if (!near || (!one_edit && key.text.size() < 4)) return false;
    reader_.problem(key, fmt::format("unknown level '{}' in budget '{}'", text::one_line(key.text), name()),
                    fmt::format("did you mean '{}'?", *near));
    return true;
  }

  bool is_known_metric(const std::string& metric) {
    if (known_metric(metric) || reader_.loaded.config.metrics.count(metric) != 0) return true;
    return std::any_of(reader_.loaded.config.suites.begin(), reader_.loaded.config.suites.end(), [&](const Suite& s) {
      return s.parser.metric == metric || std::find(s.metrics.begin(), s.metrics.end(), metric) != s.metrics.end();
    });
  }

  void read_metric(const Node& key, const Node& node) {
    const std::string& metric = key.text;
    if (metric.empty()) return reader_.problem(key, "a metric without a name", "name it or take it out");
    if (!is_known_metric(metric)) {
      static const std::vector<std::string> words(k_known_metrics.begin(), k_known_metrics.end());
      if (const auto near = text::nearest(metric, words))
        reader_.warn("unknown-metric", key,
                     fmt::format("budget '{}' is for metric '{}', which is not known here; did you mean '{}'?", name(),
                                 text::one_line(metric), *near));
    }
    if (node.kind == Node::Kind::map) return read_limit(metric, node);
    if (node.kind == Node::Kind::scalar) return read_short(metric, node);
    reader_.problem(node.kind == Node::Kind::null ? key : node,
                    fmt::format("the limit of '{}' is {}", text::one_line(metric), describe(node)),
                    "write a change like +5%, or levels like { soft: +5%, max: 12 ms }");
  }

  void read_limit(const std::string& metric, const Node& node) {
    const std::string title =
        metric.empty() ? fmt::format("budget '{}'", name()) : fmt::format("the limit of '{}'", text::one_line(metric));
    const std::string path = "budgets." + key_.text + (metric.empty() ? "" : "." + metric);
    const Section section(reader_, &node, path, title, levels_, {.only_given = true});
    Limit limit;
    config::read(section, limit_fields(), limit);
    check_changes(metric, limit, section);
    if (node.keys.empty()) reader_.problem(node, title + " is empty", "write a change like soft: +5%");
    if (const Node* optional = section.find("optional"); optional && node.keys.size() == 1)
      reader_.problem(*optional, title + " has no limit", "write a change beside 'optional', like soft: +5%");
    check_aliases(section);
    if (const Node* level = section.find("level"); level && !section.find("max") && !section.find("min"))
      reader_.problem(*level, "'level' belongs to 'max' and 'min', and neither is given",
                      "warn, soft and hard changes carry their level in their key");
    check_order(limit, section, title);
    budget_.limits[metric] = std::move(limit);
  }

  void check_aliases(const Section& section) {
    for (const auto& [alias, name] : {std::pair{"threshold", "max"}, {"action", "level"}})
      if (const Node* given = section.find(alias); given && section.find(name))
        reader_.problem(*given, fmt::format("'{}' and '{}' are the same", alias, name), "write one of them");
    if (const Node* action = section.find("action"); action && !section.find("threshold"))
      reader_.problem(*action, "'action' belongs to 'threshold', which is not given",
                      "write threshold: 100ms beside it");
    const bool bare = key_.text.find_first_of("/*?") == std::string::npos;
    if (section.find("threshold") && bare && !names_suite()) budget_.glob = "**/" + key_.text;
  }

  [[nodiscard]] bool names_suite() const {
    const auto& suites = reader_.loaded.config.suites;
    return std::any_of(suites.begin(), suites.end(), [&](const Suite& suite) { return suite.name == key_.text; });
  }

  void check_changes(const std::string& metric, const Limit& limit, const Section& section) {
    const auto change = [&](std::string_view key, const std::optional<Change>& given) {
      if (given) (void)check(metric, *given, *section.find(key));
    };
    change("warn", limit.warn);
    change("soft", limit.soft);
    change("hard", limit.hard);
    if (limit.max)
      (void)check_unit(metric, limit.max->base_unit,
                       *(section.find("max") ? section.find("max") : section.find("threshold")));
    if (limit.min) (void)check_unit(metric, limit.min->base_unit, *section.find("min"));
  }

  [[nodiscard]] std::optional<Metric> metric_of(const std::string& metric) const {
    const auto& declared = reader_.loaded.config.metrics;
    if (const auto found = declared.find(metric); found != declared.end()) return found->second;
    return known_metric(metric);
  }

  bool check(const std::string& name, const Change& change, const Node& node) {
    const auto metric = metric_of(name);
    if (metric && change.value != 0 && (change.value > 0) != (metric->better == Better::lower)) {
      const bool larger = metric->better == Better::lower;
      reader_.problem(
          node, fmt::format("'{}' is worse when it is {}", text::one_line(name), larger ? "larger" : "smaller"),
          fmt::format("write {}{}: the sign is the bad direction", larger ? '+' : '-', change.original.substr(1)));
      return false;
    }
    return change.relative || check_unit(name, change.base_unit, node);
  }

  bool check_unit(const std::string& name, const std::string& unit, const Node& node) {
    const auto metric = metric_of(name);
    if (!metric || metric->unit.empty()) return true;
    const Unit own = unit_of(metric->unit);
    if (own.dimension == Dimension::other || own.base == unit) return true;
    reader_.problem(node, fmt::format("'{}' is measured in {}, not in {}", text::one_line(name), own.base, unit),
                    fmt::format("write the value with {}", own.base == "1" ? "no unit" : "a unit of " + own.base));
    return false;
  }

  void check_order(const Limit& limit, const Section& section, const std::string& title) {
    if (limit.max && limit.min && limit.max->base_unit == limit.min->base_unit && limit.max->value < limit.min->value)
      reader_.problem(*(section.find("max") ? section.find("max") : section.find("threshold")),
                      fmt::format("'max' {} is below 'min' {}", limit.max->original, limit.min->original), "swap them");
    const auto hidden = [&](const std::optional<Change>& weak, const std::optional<Change>& strong,
                            std::string_view weak_name, std::string_view strong_name) {
      if (!weak || !strong || weak->relative != strong->relative) return;
      if (std::abs(strong->value) >= std::abs(weak->value)) return;
      reader_.warn("hidden-level", *section.find(weak_name),
                   fmt::format("{}: {} {} is never reached, since {} {} comes first", title, weak_name, weak->original,
                               strong_name, strong->original));
    };
    hidden(limit.warn, limit.soft, "warn", "soft");
    hidden(limit.warn, limit.hard, "warn", "hard");
    hidden(limit.soft, limit.hard, "soft", "hard");
  }

  Reader& reader_;
  const std::vector<std::string> levels_;  // names of the keys of a limit
  const Node& key_;
  const Node& node_;
  Budget budget_;
};

// JSON of one budget and of the limits in it. Its two mappings, by level and by metric, are told apart by their keys.
constexpr std::string_view k_budget_schema = R"({"anyOf": [
  {"description": "Shown, never judged.", "enum": ["off", false]},
  {"description": "Short for soft.", "allOf": [{"$ref": "#/definitions/change"}]},
  {"$ref": "#/definitions/limit"},
  {"description": "Limits by metric.", "type": "object", "minProperties": 1,
   "propertyNames": {"minLength": 1, "not": {"enum": @levels@}},
   "additionalProperties": {"anyOf": [{"$ref": "#/definitions/change"}, {"$ref": "#/definitions/limit"}]}}]})";

Field<Metric> unit_field() {
  // Left out, the unit's direction is that of the metric: of a rate, more is better.
  Field<Metric> unit = row("unit", &Metric::unit, unit_type(), "unit of bare numbers, like ms, MiB or op/s");
  unit.take = [](const Section& section, Metric& metric) {
    section.take("unit", metric.unit, unit_type());
    if (section.find("unit") && !known_metric(metric.name)) metric.better = better_of_unit(unit_of(metric.unit).base);
  };
  return std::move(unit).preset("as reported");
}

const Fields<Metric>& metric_fields() {
  static const Fields<Metric> k_fields{
      unit_field(),
      row("better", &Metric::better, choice_type<Better>({{"lower", Better::lower}, {"higher", Better::higher}}),
          "which direction is good")
          .preset("`higher` for rates, `lower` for times and sizes"),
      row("deterministic", &Metric::deterministic, boolean_type(),
          "equal code always gives equal numbers: compared exactly, without statistics"),
      row("primary", &Metric::primary, boolean_type(), "budgets that name no metric apply to it")};
  return k_fields;
}

}  // namespace

namespace {

// Another name of a member, which changes it only where it is given.
template <class M, class V>
Field<Limit> alias(std::string name, M Limit::*member, const Type<V>& type, const std::string& sentence) {
  Field<Limit> field = row(name, member, type, sentence);
  field.key.preset = "";
  field.take = [name, member, type](const Section& section, Limit& into) {
    if (section.find(name) != nullptr) section.take(name, into.*member, type);
  };
  return field;
}

}  // namespace

const Fields<Limit>& limit_fields() {
  const auto levels = choice_type<Level>({{"warn", Level::warn}, {"soft", Level::soft}, {"hard", Level::hard}});
  static const Type<Level> k_actions = choice_type<Level>(
      {{"warn", Level::warn}, {"fail", Level::soft}, {"block", Level::hard}, {"block_deploy", Level::hard}});
  static const Fields<Limit> k_fields{
      row("warn", &Limit::warn, change_type(), "beyond it: a warning"),
      row("soft", &Limit::soft, change_type(),
          "beyond it the run fails, unless a person accepts it with the override label"),
      row("hard", &Limit::hard, change_type(), "beyond it the run fails, and no label helps"),
      row("max", &Limit::max, quantity_type(), "largest value of the head itself; needs no baseline"),
      row("min", &Limit::min, quantity_type(), "smallest value of the head itself; needs no baseline"),
      row("level", &Limit::level, levels, "level of `max` and `min`"),
      alias("threshold", &Limit::max, quantity_type(),
            "the same as `max`; a budget with it needs no path: `api_latency_p99` is that benchmark or metric of any "
            "suite"),
      alias("action", &Limit::level, k_actions, "the same as `level`, in words of deployments"),
      row("optional", &Limit::optional, boolean_type(),
          "true: it may match no benchmark; else a budget that matches none makes the run exit 2")};
  return k_fields;
}

namespace {

// Whether its values vary from run to run: not what is counted, or known to be exact.
bool varies(const std::string& metric, const Config& config) {
  if (metric.empty()) return true;
  const auto declared = config.metrics.find(metric);
  const std::optional<Metric> known = declared != config.metrics.end() ? declared->second : known_metric(metric);
  return known && !known->deterministic && known->unit != "1" && known->unit != "B";
}

}  // namespace

void warn_of_small_budgets(Reader& reader, const Node& root) {
  const double least = reader.loaded.config.statistics.min_effect;
  const auto section =
      std::find_if(root.keys.begin(), root.keys.end(), [](const Node& key) { return key.text == "budgets"; });
  if (section == root.keys.end()) return;
  const Node& globs = root.items[static_cast<std::size_t>(section - root.keys.begin())];
  for (const Budget& budget : reader.loaded.config.budgets) {
    const auto key = std::find_if(globs.keys.begin(), globs.keys.end(),
                                  [&budget](const Node& one) { return one.text == budget.glob; });
    for (const auto& [metric, limit] : budget.limits) {
      if (!varies(metric, reader.loaded.config)) continue;
      for (const auto* change : {&limit.warn, &limit.soft, &limit.hard}) {
        if (!*change || !(*change)->relative || std::abs((*change)->value) >= least || key == globs.keys.end())
          continue;
        reader.warn(
            "small-budget", *key,
            fmt::format("budget '{}' limits {} below statistics.min-effect {}: a change between the two is never "
                        "confirmed, so it never fails; lower min-effect, or raise the limit",
                        text::one_line(budget.glob), (*change)->original, print_percent(least)));
      }
    }
  }
}

Field<Config> budgets_field() {
  const Key metric{.name = "<metric>",
                   .value = "change, or the same keys",
                   .sentence = "the same limits for one metric, and none for the others"};
  Key glob{.name = "<glob>",
           .value = "change, mapping or `off`",
           .sentence = "limits of the benchmarks that it matches; a change alone is short for `soft`",
           .more = "see [Budgets](#budgets)",
           .schema = text::replace_all(std::string(k_budget_schema), "@levels@", json_list(names_of(limit_fields()))),
           .names = R"({"minLength": 1, "maxLength": 512, "pattern": "^(?![!/])(?!.*(//|\\*\\*\\*|/$)).+$"})",
           .keys = keys_of(limit_fields())};
  glob.keys.push_back(metric);
  glob.whole = true;
  return special<Config>({.name = "budgets",
                          .value = "mapping",
                          .sentence = "how much worse a benchmark may get: glob over suite/benchmark/metric → limit; "
                                      "the last key that matches wins",
                          .keys = {glob}},
                         [](const Section& root, Config& config) {
                           Reader& reader = root.reader();
                           const Node* node = root.find("budgets");
                           if (!node || !reader.is_map(*node, "'budgets'")) return;
                           for (std::size_t i = 0; i < node->keys.size(); ++i) {
                             if (node->keys[i].kind != Node::Kind::scalar) continue;
                             if (auto budget = BudgetReader(reader, node->keys[i], node->items[i]).read())
                               config.budgets.push_back(std::move(*budget));
                           }
                         });
}

Field<Config> metrics_field() {
  const Key each{.name = "<metric>",
                 .value = "mapping",
                 .sentence = "one metric; one that perfwarden does not know needs `unit` or `better`",
                 .names = R"({"minLength": 1, "pattern": "^[^/]+$"})",
                 .keys = keys_of(metric_fields())};
  return special<Config>(
      {.name = "metrics",
       .value = "mapping",
       .sentence = "what is known of metrics beyond what a format says, by name",
       .keys = {each}},
      [](const Section& root, Config& config) {
        Reader& reader = root.reader();
        const Node* node = root.find("metrics");
        if (!node || !reader.is_map(*node, "'metrics'")) return;
        for (std::size_t i = 0; i < node->keys.size(); ++i) {
          const Node& key = node->keys[i];
          const std::string& name = key.text;
          if (key.kind != Node::Kind::scalar) continue;
          const std::string title = fmt::format("metric '{}'", text::one_line(name));
          if (name.empty() || name.find('/') != std::string::npos) {
            reader.problem(key, fmt::format("'{}' is not a valid metric name", text::one_line(name)),
                           "write a name without '/'");
            continue;
          }
          const std::optional<Metric> known = known_metric(name);
          Metric metric = known.value_or(Metric{name, "", Better::unknown, false, true});
          const Section section(reader, &node->items[i], "metrics." + name, title, names_of(metric_fields()));
          if (!known && section.node() && !section.find("unit") && !section.find("better"))
            reader.problem(key, fmt::format("{} has neither 'better' nor 'unit'", title),
                           "say which direction is good: better: lower, or better: higher");
          read(section, metric_fields(), metric);
          if (metric.better == Better::unknown && section.find("unit") && !section.find("better"))
            reader.problem(key, fmt::format("the unit of {} does not say which direction is good", title),
                           "say it: better: lower, or better: higher");
          config.metrics[name] = std::move(metric);
        }
      });
}

}  // namespace perfwarden::config
