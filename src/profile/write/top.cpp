#include "profile/write/top.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <numeric>
#include <unordered_map>

#include "base/text.hpp"
#include "json/write.hpp"
#include "profile/write/pprof_units.hpp"

namespace perfwarden::profile {
namespace {

constexpr double k_edge_fraction = 0.001;  // pprof's default
constexpr std::uint32_t k_nobody = 0xFFFFFFFF;

// pprof counts in whole numbers. What is recorded in seconds must not be cut to zero for that.
double fraction_of(double total, double fraction) {
  const double part = std::abs(total * fraction);
  return total == std::trunc(total) ? std::trunc(part) : part;
}

// Frames by function: inlined and called ones of a name are one.
struct Functions {
  std::vector<std::uint32_t> of_frame;
  std::vector<bool> inlined;  // by frame
  std::vector<std::string_view> names;
  bool any_inlined = false;

  explicit Functions(const FrameTable& frames) {
    std::unordered_map<std::string_view, std::uint32_t> known;
    for (FrameId id = 0; id < frames.size(); ++id) {
      std::string_view name = frames.name(id);
      inlined.push_back(name.size() > k_inlined.size() && name.ends_with(k_inlined));
      if (inlined.back()) name.remove_suffix(k_inlined.size());
      any_inlined = any_inlined || inlined.back();
      const auto [at, added] = known.emplace(name, static_cast<std::uint32_t>(names.size()));
      if (added) names.push_back(name);
      of_frame.push_back(at->second);
    }
  }
};

struct Sums {
  std::vector<double> self, total;  // by function
};

// A call of one function by another, or by what called that when it is not kept. Its weight counts a stack once.
struct Edge {
  double weight = 0;
  bool inlined = true;  // in every place
  std::uint32_t on_path = 0;
};

// A Walk goes through a call tree and knows at each node what it has passed.
class Walk {
 public:
  Walk(const Profile& profile, std::size_t type, const Functions& functions)
      : tree_(profile.tree),
        functions_(functions),
        self_(profile.self[type]),
        totals_(totals_of(tree_, self_)),
        children_(children_of(tree_)) {
    std::vector<double> sizes(self_);
    for (double& size : sizes) size = std::abs(size);
    sizes_ = totals_of(tree_, sizes);
  }

  [[nodiscard]] double size() const { return sizes_[k_root]; }

  Sums sums() {
    Sums sums{std::vector<double>(functions_.names.size()), std::vector<double>(functions_.names.size())};
    each([&](NodeId node, std::uint32_t function, std::uint32_t, bool first) {
      sums.self[function] += self_[node];
      if (first) sums.total[function] += totals_[node];
    });
    return sums;
  }

  std::unordered_map<std::uint64_t, Edge> edges(const std::vector<bool>& kept) {
    kept_ = &kept;
    std::unordered_map<std::uint64_t, Edge> edges;
    each(
        [&](NodeId node, std::uint32_t function, std::uint32_t caller, bool) {
          if (caller == k_nobody || caller == function) return;
          Edge& edge = edges[key(caller, function)];
          if (edge.on_path++ != 0) return;
          edge.weight += totals_[node];
          edge.inlined = edge.inlined && functions_.inlined[tree_.node(node).frame];
        },
        [&](std::uint32_t function, std::uint32_t caller) {
          if (caller != k_nobody && caller != function) --edges[key(caller, function)].on_path;
        });
    return edges;
  }

 private:
  struct Step {
    NodeId node;
    std::uint32_t caller;  // the function above that is kept
    std::size_t next;      // child to go to
  };

  static std::uint64_t key(std::uint32_t caller, std::uint32_t function) {
    return std::uint64_t{caller} << 32U | function;
  }

  template <class Enter>
  void each(Enter enter) {
    each(enter, [](std::uint32_t, std::uint32_t) {});
  }

  template <class Enter, class Leave>
  void each(Enter enter, Leave leave) {
    std::vector<std::uint32_t> on_path(functions_.names.size());
    std::vector<Step> path{{k_root, k_nobody, 0}};
    while (!path.empty()) {
      Step& step = path.back();
      const std::span<const NodeId> below = children_.of(step.node);
      if (step.next < below.size()) {
        const NodeId node = below[step.next++];
        if (sizes_[node] == 0) continue;
        const std::uint32_t function = functions_.of_frame[tree_.node(node).frame];
        if (is_kept(function)) enter(node, function, caller_at(step), on_path[function]++ == 0);
        path.push_back({node, caller_at(path.back()), 0});
        continue;
      }
      if (step.node != k_root) {
        const std::uint32_t function = functions_.of_frame[tree_.node(step.node).frame];
        if (is_kept(function)) {
          --on_path[function];
          leave(function, step.caller);
        }
      }
      path.pop_back();
    }
  }

  [[nodiscard]] bool is_kept(std::uint32_t function) const { return kept_ == nullptr || (*kept_)[function]; }
  // Who calls what is below this step.
  [[nodiscard]] std::uint32_t caller_at(const Step& step) const {
    if (step.node == k_root) return k_nobody;
    const std::uint32_t function = functions_.of_frame[tree_.node(step.node).frame];
    return is_kept(function) ? function : step.caller;
  }

  const CallTree& tree_;
  const Functions& functions_;
  const std::vector<double>& self_;
  std::vector<double> totals_, sizes_;  // with all below; of absolute costs
  ChildLists children_;
  const std::vector<bool>* kept_ = nullptr;  // none: all
};

Sums sums_of_costs(const Profile& profile, std::size_t type, const Functions& functions, double& total) {
  Sums sums{std::vector<double>(functions.names.size()), std::vector<double>(functions.names.size())};
  for (const FunctionCost& cost : profile.functions) {
    sums.self[functions.of_frame[cost.frame]] += cost.self[type];
    sums.total[functions.of_frame[cost.frame]] += cost.total[type];
    total += std::abs(cost.self[type]);
  }
  if (!profile.unlisted.empty()) total += profile.unlisted[type];
  return sums;
}

// Functions in reading order, without those below the cutoff.
std::vector<std::uint32_t> chosen(const Functions& functions, const Sums& sums, double cutoff, Top& top) {
  std::vector<std::uint32_t> out;
  for (std::uint32_t i = 0; i < sums.self.size(); ++i) {
    if (sums.self[i] == 0 && sums.total[i] == 0) continue;
    if (std::abs(sums.total[i]) < cutoff)
      ++top.dropped;
    else
      out.push_back(i);
  }
  std::sort(out.begin(), out.end(), [&](std::uint32_t a, std::uint32_t b) {
    if (std::abs(sums.self[a]) != std::abs(sums.self[b])) return std::abs(sums.self[a]) > std::abs(sums.self[b]);
    return functions.names[a] < functions.names[b];
  });
  return out;
}

struct InlineUse {
  bool inlined = false, called = false;
  [[nodiscard]] std::string_view label() const { return !inlined ? "" : called ? "(partial-inline)" : "(inline)"; }
};

// How each function was called from those kept, rare calls left aside.
std::vector<InlineUse> inline_uses(Walk& walk, const Functions& functions, const std::vector<std::uint32_t>& rows,
                                   double all_self) {
  std::vector<bool> kept(functions.names.size());
  for (const std::uint32_t function : rows) kept[function] = true;
  const double cutoff = fraction_of(all_self, k_edge_fraction);
  std::vector<InlineUse> uses(functions.names.size());
  for (const auto& [key, edge] : walk.edges(kept)) {
    if (std::abs(edge.weight) < cutoff) continue;
    InlineUse& use = uses[key & 0xFFFFFFFF];
    (edge.inlined ? use.inlined : use.called) = true;
  }
  return uses;
}

// The unit in which the least number of the rows can still be read.
std::string output_unit(const std::string& unit, const Top& top) {
  double least = 0;
  for (const TopRow& row : top.rows) {
    const double size = row.self != 0 ? std::abs(row.self) : std::abs(row.total);
    if (size > 0 && (least == 0 || size < least)) least = size;
  }
  if (least == 0) least = top.total;
  std::string chosen = scaled(least, unit, "auto").unit;
  if (chosen != scaled(top.total, unit, "auto").unit && least * 100 < top.total)
    chosen = scaled(100 * least, unit, "auto").unit;
  return chosen.empty() ? unit : chosen;
}

std::string heading(const Profile& profile, const Top& top, const std::string& unit, const std::string& out_unit) {
  const SampleType& type = profile.types[top.type];
  std::string out;
  if (!profile.program.empty()) out += fmt::format("File: {}\n", text::one_line(profile.program));
  if (!type.name.empty()) out += fmt::format("Type: {}\n", text::one_line(type.name));
  const std::string total = scaled_label(top.total, unit, out_unit);
  if (profile.seconds > 0) {
    const Scaled ns = scaled(top.total, unit, "nanoseconds");
    const bool of_time = ns.unit == "ns" && ns.value != 0;
    out +=
        fmt::format("Duration: {}, Total samples = {} {}\n", scaled_label(profile.seconds * 1e9, "nanoseconds", "auto"),
                    total, of_time ? fmt::format("({})", percentage(ns.value, profile.seconds * 1e9)) : "");
  }
  out += fmt::format("Showing nodes accounting for {}, {} of {} total\n", scaled_label(top.shown, unit, out_unit),
                     text::trim(percentage(top.shown, top.total)), total);
  if (top.dropped > 0)
    out += fmt::format("Dropped {} node{} (cum <= {})\n", top.dropped, top.dropped == 1 ? "" : "s",
                       scaled_label(top.cutoff, unit, out_unit));
  if (top.rows.size() < top.functions)
    out += fmt::format("Showing top {} nodes out of {}\n", top.rows.size(), top.functions);
  return out;
}

std::string unit_of(const Profile& profile, const Top& top) {
  return text::one_line(text::lower(profile.types[top.type].unit));
}

}  // namespace

Result<std::size_t> find_type(const Profile& profile, std::string_view name) {
  if (name.empty()) return profile.default_type;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < profile.types.size(); ++i) {
    if (profile.types[i].name == name) return i;
    names.push_back(text::one_line(profile.types[i].name));
  }
  return Error{.kind = ErrorKind::usage,
               .what = fmt::format("the profile has no sample type '{}'", text::one_line(name)),
               .hint = "it has " + text::join(names, ", ")};
}

Top make_top(const Profile& profile, const TopOptions& options) {
  Top top;
  const std::size_t type = top.type = options.type;
  const Functions functions(profile.tree.frames);
  Walk walk(profile, type, functions);
  const bool costs = !profile.functions.empty();
  if (!costs) top.total = walk.size();
  const Sums sums = costs ? sums_of_costs(profile, type, functions, top.total) : walk.sums();
  double all_self = std::accumulate(sums.self.begin(), sums.self.end(), 0.0);  // without stacks of no function
  if (!profile.unlisted.empty()) all_self += profile.unlisted[type];
  std::vector<std::uint32_t> rows = chosen(functions, sums, fraction_of(all_self, options.fraction), top);
  top.cutoff = fraction_of(top.total, options.fraction);
  top.functions = rows.size();
  if (options.count > 0 && options.count < rows.size()) rows.resize(options.count);
  for (const std::uint32_t function : rows) top.shown += sums.self[function];
  std::vector<InlineUse> uses(functions.names.size());
  if (functions.any_inlined && !costs) uses = inline_uses(walk, functions, rows, all_self);
  for (const std::uint32_t function : rows)
    top.rows.push_back(
        {std::string(functions.names[function]), sums.self[function], sums.total[function], uses[function].label()});
  return top;
}

std::string write_top_text(const Profile& profile, const Top& top) {
  const std::string unit = unit_of(profile, top);
  const std::string out_unit = output_unit(unit, top);
  std::string out = heading(profile, top, unit, out_unit);
  out += "      flat  flat%   sum%        cum   cum%\n";
  double sum = 0;
  for (const TopRow& row : top.rows) {
    sum += row.self;
    out += fmt::format("{:>10} {} {} {:>10} {}  {}{}{}\n", scaled_label(row.self, unit, out_unit),
                       percentage(row.self, top.total), percentage(sum, top.total),
                       scaled_label(row.total, unit, out_unit), percentage(row.total, top.total),
                       text::one_line(row.name), row.inline_label.empty() ? "" : " ", row.inline_label);
  }
  return out;
}

std::string write_top_json(const Profile& profile, const Top& top) {
  const SampleType& type = profile.types[top.type];
  nlohmann::ordered_json out{{"schema", "perfwarden.top/1"},
                             {"format", profile.format},
                             {"type", type.name},
                             {"unit", type.unit},
                             {"total", top.total},
                             {"dropped", top.dropped},
                             {"functions", nlohmann::ordered_json::array()}};
  for (const TopRow& row : top.rows)
    out["functions"].push_back({{"name", row.name},
                                {"self", row.self},
                                {"total", row.total},
                                {"inline", row.inline_label.empty()         ? "no"
                                           : row.inline_label == "(inline)" ? "everywhere"
                                                                            : "in places"}});
  return json::pretty(out);
}

}  // namespace perfwarden::profile
