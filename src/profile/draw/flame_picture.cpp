#include "profile/draw/flame_picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "base/text.hpp"
#include "model/unit.hpp"
#include "profile/draw/palette.hpp"
#include "profile/frame_name.hpp"

namespace perfwarden::profile {
namespace {

constexpr std::size_t k_title_columns = 160, k_name_columns = 400;

// One line, without U+FFFE and U+FFFF, which XML forbids.
std::string clean_line(std::string_view text) {
  std::string line = text::one_line(text);
  line = text::replace_all(std::move(line), "\xEF\xBF\xBE", "\xEF\xBF\xBD");
  return text::replace_all(std::move(line), "\xEF\xBF\xBF", "\xEF\xBF\xBD");
}

std::string hostile_line(std::string_view text, std::size_t columns) {
  // Longer than any line that is shown, so that a huge name costs no more than its cut.
  constexpr std::size_t k_bytes_a_column = 8;
  return text::truncate(clean_line(text.substr(0, columns * k_bytes_a_column)), columns);
}

std::string print_count(double value) {
  if (std::abs(value) >= 1e15) return fmt::format("{:.3g}", value);
  std::string digits = fmt::format("{}", std::llround(std::abs(value)));
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, 1, ',');
  const double rest = std::abs(value) - std::floor(std::abs(value));
  if (rest > 0 && std::abs(value) < 1000) digits = fmt::format("{:.4g}", std::abs(value));
  return (value < 0 ? "−" : "") + digits;
}

std::string print_share(double share) {
  const double percent = share * 100;
  if (percent != 0 && std::abs(percent) < 0.095) return fmt::format("{:.2g} %", percent);
  return fmt::format("{:.1f} %", percent);
}

std::string print_points(double share) {
  const double points = share * 100;
  const double size = std::abs(points);
  const std::string text = size != 0 && size < 0.095 ? fmt::format("{:.2g}", size) : fmt::format("{:.1f}", size);
  return (points < 0 ? "−" : "+") + text;
}

std::string print_p(double p) {
  return p > 0 && p < 1e-15 ? "p < 1e-15" : fmt::format("p = {:.2g}", p);
}

std::string_view word_of(FrameChange change) {
  switch (change) {
    case FrameChange::regression:
      return "surely more";
    case FrameChange::improvement:
      return "surely less";
    case FrameChange::added:
      return "NEW in head";
    case FrameChange::removed:
      return "REMOVED in head";
    case FrameChange::moved:
      return "moved, not slower";
    case FrameChange::inconclusive:
      return "not sure";
    case FrameChange::unchanged:
      break;
  }
  return "";
}

std::string count_of(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", print_count(static_cast<double>(count)), noun, count == 1 ? "" : "s");
}

void tell_left_out(FlamePicture& picture) {
  if (picture.choice.left_out == 0) return;
  picture.notes.push_back(fmt::format("{} narrower than {} {} summed up as “… more” or omitted.",
                                      count_of(picture.choice.left_out, "frame"), print_share(picture.choice.min_share),
                                      picture.choice.left_out == 1 ? "is" : "are"));
}

// Costs that may be drawn: none below 0. `negative` counts the others.
std::vector<double> drawable(std::span<const double> self, std::size_t& negative) {
  std::vector<double> out(self.begin(), self.end());
  for (double& cost : out) {
    if (cost >= 0) continue;
    cost = 0;
    ++negative;
  }
  return out;
}

// What the boxes of a sum hold is their parent's cost without what its other boxes and itself have.
void fill_side(FlameSide& side, const FlameChoice& choice, std::span<const double> total, std::span<const double> self,
               std::span<const double> width, double whole) {
  side.all = total.empty() ? 0 : total[k_root];
  for (std::size_t i = 0; i < choice.boxes.size(); ++i) {
    const FlameBox& box = choice.boxes[i];
    side.cost.push_back(box.summed > 0 ? width[i] * whole : total[box.node]);
    side.self.push_back(box.summed > 0 ? k_nan : self[box.node]);
  }
}

std::string tell_plain(const FlamePicture& picture, std::size_t box) {
  const FlameSide& side = picture.sides[0];
  std::string out = fmt::format("{} — {} ({})", picture.name(box), print_share(side.cost[box] * picture.scale[0]),
                                print_cost(side.cost[box], picture.unit));
  if (side.self[box] > 0) out += fmt::format(", self {}", print_share(side.self[box] * picture.scale[0]));
  return out;
}

std::string tell_change(const FlamePicture& picture, std::size_t box) {
  const Share& share = picture.share[box];
  std::string out = fmt::format(", {} pp", print_points(share.delta()));
  constexpr double k_telling = 10;  // a larger factor says only that there was next to nothing
  if (share.base > 0 && share.head > 0 && share.head < k_telling * share.base)
    out += fmt::format(" ({})", format_change(share.delta() / share.base));
  if (!std::isnan(share.interval.low) && !std::isnan(share.interval.high)) {
    out += std::isnan(share.interval.confidence) ? ", interval"
                                                 : fmt::format(", {:.4g} % interval", share.interval.confidence * 100);
    out += fmt::format(" {} to {} pp", print_points(share.interval.low), print_points(share.interval.high));
  }
  if (!std::isnan(share.p)) out += ", " + print_p(share.p);
  const double self = picture.sides[1].self[box] * picture.scale[1] - picture.sides[0].self[box] * picture.scale[0];
  if (self != 0 && !std::isnan(self)) out += fmt::format(", self {} pp", print_points(self));
  if (const std::string_view word = word_of(picture.change[box]); !word.empty()) out += fmt::format("; {}", word);
  return out;
}

std::string tell_diff(const FlamePicture& picture, std::size_t box) {
  const auto side = [&](std::size_t which) {
    const double cost = picture.sides[which].cost[box];
    return fmt::format("{} ({})", print_share(cost * picture.scale[which]),
                       picture.unit.base.empty() ? print_count(cost) : print_cost(cost, picture.unit));
  };
  return fmt::format("{} — base {} → head {}", picture.name(box), side(0), side(1)) + tell_change(picture, box);
}

std::string type_name(const SampleType& type) {
  return type.name.empty() ? "cost" : hostile_line(type.name, 40);
}

std::string normalization_words(Normalization normalization) {
  switch (normalization) {
    case Normalization::share:
      return "each side by its own total";
    case Normalization::absolute:
      return "as recorded, percentages of base’s total";
    case Normalization::per_op:
      return "per operation, percentages of base’s total";
    case Normalization::interval:
      return "per time recorded, percentages of base’s total";
  }
  return "";
}

// Widths of |head − base|: of what ends in each node, summed up from below, so that opposite changes do not cancel out.
View delta_view(const DiffTree& tree, const std::array<std::vector<double>, 2>& self) {
  View changed(tree.tree.size());
  for (std::size_t i = 0; i < changed.size(); ++i)
    changed[i] = std::abs(self[1][i] * tree.scale[1] - self[0][i] * tree.scale[0]);
  return totals_of(tree.tree, changed);
}

View scaled_view(View view, double scale) {
  for (double& value : view) value *= scale;
  return view;
}

void colour_diff(FlamePicture& picture, const DiffTree& tree) {
  for (std::size_t i = 0; i < picture.choice.boxes.size(); ++i) {
    const FlameBox& box = picture.choice.boxes[i];
    Share share;
    FrameChange change = FrameChange::unchanged;
    if (box.summed == 0 && box.node < tree.share.size()) {
      share = tree.share[box.node];
      change = tree.change[box.node];
    } else {
      share.base = picture.sides[0].cost[i] * picture.scale[0];
      share.head = picture.sides[1].cost[i] * picture.scale[1];
    }
    const double relative = share.base > 0 ? share.delta() / share.base : share.head > 0 ? HUGE_VAL : 0;
    picture.shade.push_back(static_cast<std::uint8_t>(diff_shade(change, relative)));
    picture.change.push_back(change);
    picture.share.push_back(share);
  }
}

// The costliest packages choose their hue first.
void colour_packages(FlamePicture& picture) {
  const CallTree& tree = *picture.tree;
  std::map<FrameId, std::string> package;
  std::map<std::string, double> self;
  for (std::size_t i = 0; i < picture.choice.boxes.size(); ++i) {
    const FlameBox& box = picture.choice.boxes[i];
    if (box.summed > 0 || box.node == k_root) continue;
    const FrameId frame = tree.node(box.node).frame;
    const auto [at, added] = package.try_emplace(frame);
    if (added) at->second = package_of(tree.frames.name(frame), tree.frames.module(frame));
    self[at->second] -= picture.sides[0].self[i];
  }
  std::vector<std::pair<double, std::string>> costliest;
  costliest.reserve(self.size());
  for (const auto& [name, cost] : self) costliest.emplace_back(cost, name);
  std::sort(costliest.begin(), costliest.end());
  PackageHues hues;
  for (const auto& [cost, name] : costliest) (void)hues.hue(name);
  for (const FlameBox& box : picture.choice.boxes)
    picture.shade.push_back(static_cast<std::uint8_t>(
        box.summed > 0 || box.node == k_root ? k_unknown_hue : hues.hue(package.at(tree.node(box.node).frame))));
}

}  // namespace

CostUnit cost_unit(const SampleType& type) {
  const std::string noun = type.name.empty() ? "" : hostile_line(type.name, 40);
  const std::string unit = text::lower(type.unit);
  if (unit == "nanoseconds" || unit == "ns") return {"s", 1e-9, ""};
  if (unit == "microseconds" || unit == "us" || unit == "µs") return {"s", 1e-6, ""};
  if (unit == "milliseconds" || unit == "ms") return {"s", 1e-3, ""};
  if (unit == "seconds" || unit == "s") return {"s", 1, ""};
  if (unit == "bytes" || unit == "b" || unit == "byte") return {"B", 1, ""};
  return {"", 1, noun};
}

std::string print_cost(double cost, const CostUnit& unit) {
  if (!unit.base.empty()) return format_value(cost * unit.factor, unit.base);
  if (unit.noun.empty()) return print_count(cost);
  const bool one = cost == 1 && unit.noun.size() > 1 && unit.noun.ends_with('s');
  return fmt::format("{} {}", print_count(cost),
                     std::string_view(unit.noun).substr(0, unit.noun.size() - (one ? 1 : 0)));
}

std::string escape_markup(std::string_view hostile) {
  return text::escape_html(clean_line(hostile));
}

std::string FlamePicture::name(std::size_t box) const {
  const FlameBox& one = choice.boxes[box];
  if (one.summed > 0) return fmt::format("{} more", print_count(one.summed));
  return one.node == k_root ? "all" : hostile_line(tree->name(one.node), k_name_columns);
}

std::string FlamePicture::tell(std::size_t box) const {
  return differential ? tell_diff(*this, box) : tell_plain(*this, box);
}

FlamePicture picture_of(const Profile& profile, const PictureOptions& options, const FlameBudget& budget) {
  const std::size_t type = std::min(options.type.value_or(profile.default_type), profile.types.size() - 1);
  FlamePicture picture;
  picture.title = options.title.empty() ? "Flame graph" : hostile_line(options.title, k_title_columns);
  picture.tree = &profile.tree;
  picture.unit = cost_unit(profile.types[type]);
  std::size_t negative = 0;
  const std::vector<double> self = drawable(profile.self[type], negative);
  const std::vector<View> views{totals_of(profile.tree, self)};
  const double whole = views[0][k_root];
  picture.scale = {whole > 0 ? 1 / whole : 0, 0};
  picture.choice = choose_boxes(profile.tree, views, std::span(&whole, 1), budget);
  fill_side(picture.sides.emplace_back(), picture.choice, views[0], self, picture.choice.width[0], whole);
  colour_packages(picture);
  picture.facts.push_back(
      whole > 0 ? fmt::format("{}: {} in all", type_name(profile.types[type]), print_cost(whole, picture.unit))
                : "The profile holds no stacks.");
  tell_left_out(picture);
  if (negative > 0)
    picture.notes.push_back(
        fmt::format("{} of negative cost {} not drawn.", count_of(negative, "stack"), negative == 1 ? "is" : "are"));
  return picture;
}

FlamePicture picture_of(const DiffTree& tree, const ProfileDiff& evidence, const PictureOptions& options,
                        const FlameBudget& budget) {
  FlamePicture picture;
  picture.differential = true;
  picture.title = options.title.empty() ? "Differential flame graph" : hostile_line(options.title, k_title_columns);
  picture.tree = &tree.tree;
  picture.unit = cost_unit(evidence.type);
  picture.scale = tree.scale;
  std::size_t negative = 0;
  const std::array<std::vector<double>, 2> self{drawable(tree.self[0], negative), drawable(tree.self[1], negative)};
  const std::array<View, 2> total{totals_of(tree.tree, self[0]), totals_of(tree.tree, self[1])};
  const std::vector<View> views{scaled_view(total[1], tree.scale[1]), scaled_view(total[0], tree.scale[0]),
                                delta_view(tree, self)};
  // Head and base are drawn to one scale, so that twice the work is twice as wide where shares are not of the own
  // total.
  const double both = std::max(views[k_view_head][k_root], views[k_view_base][k_root]);
  const std::array<double, 3> whole{both, both, views[k_view_delta][k_root]};
  picture.choice = choose_boxes(tree.tree, views, whole, budget);
  const std::array<const ProfileSide*, 2> told{&evidence.base, &evidence.head};
  for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
    const std::size_t view = side == 0 ? k_view_base : k_view_head;
    const double unscaled = tree.scale[side] > 0 ? both / tree.scale[side] : 0;
    FlameSide& out = picture.sides.emplace_back();
    out.label = hostile_line(told[side]->label, 80);
    fill_side(out, picture.choice, total[side], self[side], picture.choice.width[view], unscaled);
  }
  colour_diff(picture, tree);
  const auto labelled = [&](std::size_t side) {
    const FlameSide& one = picture.sides[side];
    return fmt::format("{}{}{}, {}", side == 0 ? "base" : "head", one.label.empty() ? "" : " ", one.label,
                       print_cost(one.all, picture.unit));
  };
  picture.facts.push_back(fmt::format("{} → {}", labelled(0), labelled(1)));
  picture.facts.push_back(fmt::format("{}, {}", type_name(evidence.type), normalization_words(evidence.normalization)));
  if (evidence.underpowered) picture.notes.emplace_back("Too few samples to see every change that matters.");
  tell_left_out(picture);
  if (negative > 0)
    picture.notes.push_back(
        fmt::format("{} of negative cost {} not drawn.", count_of(negative, "stack"), negative == 1 ? "is" : "are"));
  return picture;
}

}  // namespace perfwarden::profile
