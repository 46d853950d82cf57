#include "config/gate_variables.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "base/text.hpp"
#include "config/overrides.hpp"

namespace perfwarden::config {
namespace {

constexpr std::array k_gate_variables{
    GateVariable{"AI_GATE_ENABLE", "`true`, `false`", "`false`: budgets are reported, none fails the run"},
    GateVariable{"AI_GATE_CPU_REG_MAX", "percent",
                 "`cpu_time` in every budget; also `wall_time` in the budgets `*` and `**` where their general limit "
                 "applies to it, unless `AI_GATE_BENCH_SLOW_MAX` is set; `profile-gates.cpu-regression.soft`"},
    GateVariable{"AI_GATE_MEM_REG_MAX", "percent",
                 "`max_rss`, `allocated_bytes` and `allocations` in every budget; "
                 "`profile-gates.allocation-regression.soft`"},
    GateVariable{"AI_GATE_BENCH_SLOW_MAX", "percent", "`wall_time` in every budget"},
    GateVariable{"AI_GATE_MIN_RATING", "0 to 10", "`analysis.min-rating.soft`: the lowest overall rating that passes"}};
constexpr double k_max_percent = 10'000;

bool is_catch_all(const Budget& budget) {
  return budget.glob == "*" || budget.glob == "**";
}

// A percentage as people write it in a variable: "5", "5%", "+5%". Returns a fraction.
std::optional<double> parse_percent(std::string_view text) {
  text = text::trim(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  if (text.ends_with('%')) text.remove_suffix(1);
  if (text.empty() || text.find_first_not_of("0123456789.") != std::string_view::npos) return std::nullopt;
  const auto value = text::to_double(text);
  if (!value || *value > k_max_percent) return std::nullopt;
  return *value / 100;
}

// GateVariables applies the AI_GATE_* variables; config/README.md says which limits each of them sets.
class GateVariables {
 public:
  GateVariables(Reader& reader, const std::vector<ValueOverride>& overrides) : reader_(reader) {
    for (const ValueOverride& one : overrides)
      if (one.key.starts_with(k_gate_prefix)) given_.push_back(&one);
  }

  void apply() {
    warn_of_unknown();
    apply_enable();
    const auto slow = percent("bench-slow-max"), cpu = percent("cpu-reg-max"), memory = percent("mem-reg-max");
    if (cpu) {
      start("cpu-reg-max", *cpu);
      limit_everywhere("cpu_time");
      if (!slow) limit_general_time();
      limit_profiles("cpu-regression", *cpu);
      finish(slow ? "cpu_time" : "cpu_time, and of wall_time where the budget of everything limits it in general,");
    }
    if (memory) {
      start("mem-reg-max", *memory);
      for (const char* metric : {"max_rss", "allocated_bytes", "allocations"}) limit_everywhere(metric);
      limit_profiles("allocation-regression", *memory);
      finish("max_rss, allocated_bytes and allocations");
    }
    if (slow) {
      start("bench-slow-max", *slow);
      limit_everywhere("wall_time");
      finish("wall_time");
    }
    apply_rating();
  }

 private:
  [[nodiscard]] const ValueOverride* find(std::string_view name) const {
    for (const ValueOverride* one : given_)
      if (one->key == std::string(k_gate_prefix) + std::string(name)) return one;
    return nullptr;
  }

  static std::string variable(std::string_view name) { return "AI_GATE_" + variable_of(name); }

  void refuse(const ValueOverride& one, std::string_view name, std::string cure) {
    reader_.problems.add(
        {0, 0, one.origin}, 1,
        fmt::format("{} cannot be '{}'", variable(name), text::truncate(text::one_line(one.value), 60)),
        std::move(cure));
  }

  void warn(std::string text) { reader_.loaded.warnings.push_back({"gate-variable", std::move(text)}); }

  void warn_of_unknown() {
    std::vector<std::string> names;
    names.reserve(k_gate_variables.size());
    for (const GateVariable& row : k_gate_variables) names.emplace_back(row.name);
    for (const ValueOverride* one : given_) {
      const std::string name = variable(one->key.substr(k_gate_prefix.size()));
      if (std::find(names.begin(), names.end(), name) != names.end()) continue;
      const auto near = text::nearest(name, names);
      warn(fmt::format("{}: not a variable of perfwarden and not used{}", text::one_line(one->origin),
                       near ? fmt::format("; did you mean {}?", *near) : ""));
    }
  }

  void apply_enable() {
    Config& config = reader_.loaded.config;
    const ValueOverride* one = find("enable");
    if (one) {
      const std::string value = text::lower(text::trim(one->value));
      if (value != "true" && value != "false") return refuse(*one, "enable", "write true or false");
      config.gates_enabled = value == "true";
      if (!config.gates_enabled) warn("AI_GATE_ENABLE is false: budgets are reported, and none of them fails the run");
    }
    reader_.record("ai-gate.enable", config.gates_enabled ? "true" : "false", one ? one->origin : "default");
  }

  void apply_rating() {
    const ValueOverride* one = find("min-rating");
    if (!one) return;
    const auto value = text::to_double(text::trim(one->value));
    if (!value || *value < 0 || *value > 10) return refuse(*one, "min-rating", "write a number from 0 to 10");
    RatingLimits& limits = reader_.loaded.config.analysis.min_rating;
    limits.soft = *value;
    if (limits.warn && *limits.warn < *value) limits.warn.reset();
    if (limits.hard && *limits.hard > *value) limits.hard = *value;
    reader_.record("analysis.min-rating.soft", fmt::format("{:.10g}", *value), one->origin);
  }

  std::optional<double> percent(std::string_view name) {
    const ValueOverride* one = find(name);
    if (!one) return std::nullopt;
    const auto value = parse_percent(one->value);
    if (!value) refuse(*one, name, "write the largest allowed regression in percent, without a minus: 5");
    return value;
  }

  void start(std::string_view name, double fraction) {
    variable_ = variable(name);
    origin_ = find(name)->origin;
    fraction_ = fraction;
    changed_.clear();
  }

  void finish(std::string_view metrics) {
    std::vector<std::string> names;
    for (const std::string& glob : changed_) names.push_back("'" + text::one_line(glob) + "'");
    if (names.size() > 5) {
      const std::size_t more = names.size() - 4;
      names.resize(4);
      names.push_back(fmt::format("{} more", more));
    }
    warn(fmt::format("{}={} sets the limit of {} {}", variable_, print_percent(fraction_), metrics,
                     names.empty() ? "nowhere: every budget is off" : "in budget " + text::join(names, ", ")));
  }

  [[nodiscard]] Change change(const std::string& metric) const {
    const auto& declared = reader_.loaded.config.metrics;
    const auto found = declared.find(metric);
    const bool larger_is_worse = found == declared.end() || found->second.better == Better::lower;
    const double signed_ = larger_is_worse ? fraction_ : -fraction_;
    return {signed_, true, "", (larger_is_worse ? "+" : "-") + print_percent(fraction_)};
  }

  [[nodiscard]] bool is_primary(const std::string& metric) const {
    const auto& declared = reader_.loaded.config.metrics;
    if (const auto found = declared.find(metric); found != declared.end()) return found->second.primary;
    const auto known = known_metric(metric);
    return known && known->primary;
  }

  // Every budget that is on; a "*" before all others when no budget catches everything.
  void limit_everywhere(const std::string& metric) {
    std::vector<Budget>& budgets = reader_.loaded.config.budgets;
    if (std::none_of(budgets.begin(), budgets.end(), is_catch_all)) {
      Budget all;
      all.glob = "*";
      budgets.insert(budgets.begin(), std::move(all));
    }
    for (Budget& budget : budgets)
      if (!budget.off) limit(budget, metric);
  }

  // For functions in profiles the number means points of the whole. The rule comes after the file's own, so that it
  // wins.
  void limit_profiles(std::string_view gate, double fraction) {
    std::vector<ProfileRule>& rules = reader_.loaded.config.profile_gates.rules;
    ProfileRule rule;
    rule.gate = gate;
    rule.soft = fraction;
    for (const ProfileRule& one : rules)
      if (one.gate == gate && one.glob == "**" && one.scope == ProfileScope::function) rule.hard = one.hard;
    if (rule.hard && *rule.hard < fraction) rule.hard = fraction;
    rules.push_back(std::move(rule));
    reader_.record(fmt::format("profile-gates.{}.soft", gate), print_percent(fraction), origin_);
  }

  void limit_general_time() {
    for (Budget& budget : reader_.loaded.config.budgets)
      if (!budget.off && is_catch_all(budget) && budget.limits.count("") != 0 && budget.limits.count("wall_time") == 0)
        limit(budget, "wall_time");
  }

  // The row's strongest failing change becomes the variable's; a weaker level stays if it is still reached first.
  void limit(Budget& budget, const std::string& metric) {
    const auto general = budget.limits.find("");
    const bool inherits = general != budget.limits.end() && budget.limits.count(metric) == 0 && is_primary(metric);
    if (inherits) budget.limits[metric] = general->second;
    Limit& row = budget.limits[metric];
    const Change allowed = change(metric);
    const auto tighter = [&](const std::optional<Change>& one) {
      return one && one->relative && std::abs(one->value) < fraction_;
    };
    const auto looser = [&](const std::optional<Change>& one) {
      return one && one->relative && std::abs(one->value) > fraction_;
    };
    if (!tighter(row.warn)) row.warn.reset();
    if (row.hard && !row.soft) {
      row.hard = allowed;
    } else {
      row.soft = allowed;
      if (row.hard && !looser(row.hard)) row.hard = allowed;
    }
    if (std::find(changed_.begin(), changed_.end(), budget.glob) == changed_.end()) changed_.push_back(budget.glob);
    record(budget, metric, row, inherits);
  }

  void record(const Budget& budget, const std::string& metric, const Limit& row, bool inherits) {
    std::vector<Origin>& origins = reader_.loaded.origins;
    const std::string prefix = "budgets." + budget.glob + "." + metric + ".";
    const std::string general = "budgets." + budget.glob + ".";
    const auto origin_of = [&](std::string_view key) {
      for (const Origin& one : origins)
        if (one.key == prefix + std::string(key) || (inherits && one.key == general + std::string(key)))
          return one.origin;
      return origin_;
    };
    std::vector<Origin> rows;
    const auto add = [&](std::string_view key, const auto& value) {
      if (!value) return;
      const bool ours = value->original == change(metric).original && key != "max" && key != "min" && key != "warn";
      rows.push_back({prefix + std::string(key), value->original, ours ? origin_ : origin_of(key)});
    };
    add("warn", row.warn);
    add("soft", row.soft);
    add("hard", row.hard);
    add("max", row.max);
    add("min", row.min);
    if (row.max || row.min) rows.push_back({prefix + "level", std::string(name_of(row.level)), origin_of("level")});
    std::erase_if(origins, [&](const Origin& one) { return one.key.starts_with(prefix); });
    // Rows of a budget stay together: after its last one, or after the last budget's.
    auto at =
        std::find_if(origins.rbegin(), origins.rend(), [&](const Origin& one) { return one.key.starts_with(general); });
    if (at == origins.rend())
      at = std::find_if(origins.rbegin(), origins.rend(),
                        [](const Origin& one) { return one.key.starts_with("budgets."); });
    origins.insert(at == origins.rend() ? origins.end() : at.base(), rows.begin(), rows.end());
  }

  Reader& reader_;
  std::vector<const ValueOverride*> given_;
  std::string variable_, origin_;
  double fraction_ = 0;
  std::vector<std::string> changed_;
};

}  // namespace

std::span<const GateVariable> gate_variables() {
  return k_gate_variables;
}

void apply_gate_variables(Reader& reader, const std::vector<ValueOverride>& overrides) {
  GateVariables(reader, overrides).apply();
}

}  // namespace perfwarden::config
