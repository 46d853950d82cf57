#include "report/picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <vector>

#include "base/text.hpp"
#include "model/unit.hpp"

namespace perfwarden::report {
namespace {

constexpr double k_left = 44;
constexpr double k_right = 408;
constexpr std::size_t k_most_dots = 400;

// An Axis maps values to x.
struct Axis {
  double low = 0, high = 1;
  [[nodiscard]] double x(double value) const {
    const double share = std::clamp((value - low) / (high - low), 0.0, 1.0);
    return k_left + share * (k_right - k_left);
  }
  [[nodiscard]] bool holds(double value) const { return value >= low && value <= high; }
};

// Steps of 1, 2 or 5 times a power of ten, three to six of them on the axis.
std::vector<double> ticks_of(const Axis& axis) {
  const double rough = (axis.high - axis.low) / 4;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  double step = power;
  for (const double factor : {1.0, 2.0, 5.0, 10.0}) {
    step = factor * power;
    if (step >= rough) break;
  }
  std::vector<double> ticks;
  for (double n = std::ceil(axis.low / step); n * step <= axis.high && ticks.size() < 8; ++n) ticks.push_back(n * step);
  return ticks;
}

std::string dots(const std::vector<double>& values, const Axis& axis, double y, std::string_view css) {
  std::string path;
  auto out = std::back_inserter(path);
  for (std::size_t i = 0; i < std::min(values.size(), k_most_dots); ++i) {
    if (!std::isfinite(values[i])) continue;
    // A fixed scatter keeps equal values apart; the same report gives the same picture.
    const double offset = static_cast<double>((i * 5) % 7) - 3;
    fmt::format_to(out, "M{:.1f} {:.1f}h0", axis.x(values[i]), y + offset * 1.4);
  }
  return fmt::format(R"(<path class="dots {}" d="{}"/>)", css, path);
}

std::string row(const std::vector<double>& values, const Summary& summary, const Axis& axis, double y,
                std::string_view css, const std::string& label) {
  std::string out = fmt::format(R"(<text class="label" x="0" y="{:.0f}">{}</text>)", y + 4, label);
  out += dots(values, axis, y, css);
  if (std::isfinite(summary.median))
    out += fmt::format(R"(<path class="median {}" d="M{:.1f} {:.0f}v22"/>)", css, axis.x(summary.median), y - 11);
  return out;
}

}  // namespace

std::string strip_picture(const Comparison& comparison, const PictureWords& words) {
  std::vector<double> all;
  for (const auto* values : {&comparison.base_values, &comparison.head_values})
    std::copy_if(values->begin(), values->end(), std::back_inserter(all), [](double v) { return std::isfinite(v); });
  if (all.empty()) return "";
  const auto [least, most] = std::minmax_element(all.begin(), all.end());
  const double size = std::max(std::abs(*least), std::abs(*most));
  double pad = (*most - *least) * 0.06;
  if (pad <= size * 1e-9) pad = size == 0 ? 1 : size * 0.01;  // all values are equal
  const Axis axis{*least - pad, *most + pad};
  if (!std::isfinite(axis.high - axis.low)) return "";
  std::string out = R"(<svg class="strip" viewBox="0 0 420 92" aria-hidden="true" focusable="false">)";
  for (const double tick : ticks_of(axis)) {
    // All ticks in the unit that fits the largest value.
    const std::string label = format_pair(tick, axis.high, comparison.metric.unit).first;
    out += fmt::format(R"(<path class="grid" d="M{0:.1f} 6v68"/><text class="tick" x="{0:.1f}" y="88">{1}</text>)",
                       axis.x(tick), text::escape_html(text::one_line(label)));
  }
  if (!comparison.base_values.empty())
    out += row(comparison.base_values, comparison.base, axis, 22, "base", words.base);
  if (!comparison.head_values.empty())
    out += row(comparison.head_values, comparison.head, axis, 56, "head", words.head);
  return out + "</svg>";
}

std::string zone_picture(const Comparison& comparison, std::optional<double> limit, const PictureWords& words) {
  const double estimate = comparison.worse_by();
  if (!std::isfinite(estimate)) return "";
  const Interval interval = comparison.worse_interval();
  const double sign = comparison.metric.better == Better::lower ? 1 : -1;
  const double low = std::isfinite(interval.low) ? interval.low : estimate;
  const double high = std::isfinite(interval.high) ? interval.high : estimate;
  double least = std::min({low, 0.0, estimate});
  double most = std::max({high, 0.0, estimate});
  if (limit) {
    least = std::min(least, sign * *limit);
    most = std::max(most, sign * *limit);
  }
  const double pad = std::max((most - least) * 0.15, 0.005);
  const Axis axis{least - pad, most + pad};
  std::string out = R"(<svg class="zones" viewBox="0 0 420 92" aria-hidden="true" focusable="false">)";
  if (limit) {
    const double x = axis.x(sign * *limit);
    out += fmt::format(R"(<rect class="beyond" x="{:.1f}" y="14" width="{:.1f}" height="56"/>)", x, k_right - x);
  }
  for (const double tick : ticks_of(axis))
    out += fmt::format(R"(<path class="{2}" d="M{0:.1f} 14v56"/><text class="tick" x="{0:.1f}" y="86">{1}</text>)",
                       axis.x(tick), format_change(sign * tick), std::abs(tick) < 1e-12 ? "zero" : "grid");
  if (limit) {
    const double x = axis.x(sign * *limit);
    // The label stands where there is room for it.
    const bool left = x > (k_left + k_right) / 2;
    out +=
        fmt::format(R"(<path class="limit" d="M{0:.1f} 10v60"/><text class="limit {3}" x="{1:.1f}" y="10">{2}</text>)",
                    x, left ? x - 4 : x + 4, words.limit, left ? "end" : "");
  }
  out += fmt::format(R"(<path class="interval {0}" d="M{1:.1f} 42H{2:.1f}"/>)", words.state, axis.x(low), axis.x(high));
  if (!std::isfinite(interval.high) && !std::isnan(interval.high))
    out += fmt::format(R"(<path class="open {}" d="M{:.1f} 42H{:.1f}"/>)", words.state, axis.x(high), k_right);
  if (!std::isfinite(interval.low) && !std::isnan(interval.low))
    out += fmt::format(R"(<path class="open {}" d="M{:.1f} 42H{:.1f}"/>)", words.state, k_left, axis.x(low));
  out += fmt::format(R"(<circle class="estimate {}" cx="{:.1f}" cy="42" r="5.5"/>)", words.state, axis.x(estimate));
  out +=
      fmt::format(R"(<text class="label" x="0" y="46">{}</text><text class="label end" x="420" y="30">{}</text></svg>)",
                  words.better, words.worse);
  return out;
}

}  // namespace perfwarden::report
