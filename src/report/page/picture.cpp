#include "report/page/picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <vector>

#include "base/text.hpp"
#include "model/unit.hpp"

namespace perfwarden::report {
namespace {

constexpr double k_left = 44;  // of the strip: room for the sides' names
constexpr double k_margin = 6;
constexpr double k_right = 412;
constexpr std::size_t k_most_dots = 400;

// An Axis maps values to x.
struct Axis {
  double low = 0, high = 1;
  double left = k_left;
  [[nodiscard]] double x(double value) const {
    const double share = std::clamp((value - low) / (high - low), 0.0, 1.0);
    return left + share * (k_right - left);
  }
};

// Steps of 1, 2 or 5 times a power of ten of `unit`, three to six of them on the axis.
std::vector<double> ticks_of(const Axis& axis, double unit) {
  const double rough = (axis.high - axis.low) / 5 / unit;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  double step = power;
  for (const double factor : {1.0, 2.0, 5.0, 10.0}) {
    step = factor * power;
    if (step >= rough) break;
  }
  step *= unit;
  std::vector<double> ticks;
  for (double n = std::ceil(axis.low / step); n * step <= axis.high && ticks.size() < 8; ++n) ticks.push_back(n * step);
  return ticks;
}

// Bytes are read in powers of 1024.
double tick_unit(const Axis& axis, std::string_view unit) {
  if (unit != "B" && unit != "B/s") return 1;
  double factor = 1;
  while (factor * 1024 <= axis.high && factor < 1e15) factor *= 1024;
  return factor;
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
  for (const double tick : ticks_of(axis, tick_unit(axis, comparison.metric.unit))) {
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

std::string course_picture(const std::vector<double>& earlier, double now, const std::string& unit) {
  constexpr double k_top = 12;
  constexpr double k_bottom = 62;
  constexpr double k_first = 70;  // room for the labels
  if (earlier.size() < 2 || !std::isfinite(now)) return "";
  double low = now;
  double high = now;
  for (const double value : earlier) {
    if (!std::isfinite(value)) continue;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  const auto y = [&](double value) {
    return high > low ? k_bottom - (value - low) / (high - low) * (k_bottom - k_top) : (k_top + k_bottom) / 2;
  };
  const double step = (k_right - k_first) / static_cast<double>(earlier.size());
  std::string line;
  std::string points;
  for (std::size_t i = 0; i < earlier.size(); ++i) {
    if (!std::isfinite(earlier[i])) continue;
    const double x = k_first + step * static_cast<double>(i);
    line += fmt::format("{}{:.1f} {:.1f}", line.empty() ? "M" : "L", x, y(earlier[i]));
    points += fmt::format("M{:.1f} {:.1f}v0", x, y(earlier[i]));
  }
  std::string out = R"(<svg class="course" viewBox="0 0 420 74" aria-hidden="true" focusable="false">)";
  const auto label = [&](double value, double at) {
    return fmt::format(R"(<text class="tick end" x="{:.0f}" y="{:.1f}">{}</text>)", k_first - 10, at + 4,
                       text::escape_html(text::one_line(format_value(value, unit))));
  };
  out += label(high, y(high));
  if (high > low) out += label(low, y(low));
  out += fmt::format(R"(<path class="line base" d="{}"/><path class="dots base" d="{}"/>)", line, points);
  return out + fmt::format(R"(<circle class="estimate" cx="{:.1f}" cy="{:.1f}" r="5"/></svg>)", k_right, y(now));
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
  const Axis axis{least - pad, most + pad, k_margin};
  std::string out = R"(<svg class="zones" viewBox="0 0 420 106" aria-hidden="true" focusable="false">)";
  if (limit) {
    const double x = axis.x(sign * *limit);
    out += fmt::format(R"(<rect class="beyond" x="{:.1f}" y="14" width="{:.1f}" height="56"/>)", x, k_right - x);
  }
  for (const double tick : ticks_of(axis, 1))
    out += fmt::format(R"(<path class="{2}" d="M{0:.1f} 14v56"/><text class="tick" x="{0:.1f}" y="86">{1}</text>)",
                       axis.x(tick), text::replace_all(format_change(sign * tick), ".0 %", " %"),
                       std::abs(tick) < 1e-12 ? "zero" : "grid");
  if (limit) {
    const double x = axis.x(sign * *limit);
    // The label goes where there is room for it.
    const bool left = x > (k_margin + k_right) / 2;
    out +=
        fmt::format(R"(<path class="limit" d="M{0:.1f} 10v60"/><text class="limit {3}" x="{1:.1f}" y="10">{2}</text>)",
                    x, left ? x - 4 : x + 4, words.limit, left ? "end" : "");
  }
  out += fmt::format(R"(<path class="interval {0}" d="M{1:.1f} 42H{2:.1f}"/>)", words.state, axis.x(low), axis.x(high));
  if (!std::isfinite(interval.high) && !std::isnan(interval.high))
    out += fmt::format(R"(<path class="open {}" d="M{:.1f} 42H{:.1f}"/>)", words.state, axis.x(high), k_right);
  if (!std::isfinite(interval.low) && !std::isnan(interval.low))
    out += fmt::format(R"(<path class="open {}" d="M{:.1f} 42H{:.1f}"/>)", words.state, k_margin, axis.x(low));
  out += fmt::format(R"(<circle class="estimate {}" cx="{:.1f}" cy="42" r="5.5"/>)", words.state, axis.x(estimate));
  out += fmt::format(
      R"(<text class="way" x="{}" y="102">← {}</text><text class="way end" x="{}" y="102">{} →</text></svg>)", k_margin,
      words.better, k_right, words.worse);
  return out;
}

double forest_scale(const std::vector<Comparison>& comparisons) {
  constexpr double k_narrowest = 0.02;
  constexpr double k_widest = 0.5;
  std::vector<double> reach;
  for (const Comparison& comparison : comparisons) {
    const Interval interval = comparison.worse_interval();
    double furthest = std::abs(comparison.worse_by());
    for (const double end : {interval.low, interval.high})
      if (std::isfinite(end)) furthest = std::fmax(furthest, std::abs(end));
    if (std::isfinite(furthest)) reach.push_back(furthest);
  }
  if (reach.empty()) return k_narrowest;
  // Nine in ten fit; a single huge change must not flatten all the others.
  const auto at = reach.begin() + static_cast<std::ptrdiff_t>(reach.size() * 9 / 10);
  std::nth_element(reach.begin(), at, reach.end());
  return std::clamp(*at * 1.05, k_narrowest, k_widest);
}

std::string forest_picture(const Comparison& comparison, std::optional<double> limit, double scale,
                           const std::string& state) {
  const double estimate = comparison.worse_by();
  if (!std::isfinite(estimate)) return "";
  const auto x = [&](double worse) { return 66 + std::clamp(worse / scale, -1.0, 1.0) * 62; };
  const Interval interval = comparison.worse_interval();
  const double sign = comparison.metric.better == Better::lower ? 1 : -1;
  std::string out =
      R"(<svg class="forest" viewBox="0 0 132 20" aria-hidden="true" focusable="false"><path class="zero" d="M66 1v18"/>)";
  if (limit && std::abs(*limit) <= scale)
    out += fmt::format(R"(<path class="limit" d="M{:.1f} 1v18"/>)", x(sign * *limit));
  if (!std::isnan(interval.low) && !std::isnan(interval.high))
    out +=
        fmt::format(R"(<path class="interval {}" d="M{:.1f} 10H{:.1f}"/>)", state, x(interval.low), x(interval.high));
  if (std::abs(estimate) <= scale)
    return out + fmt::format(R"(<circle class="estimate {}" cx="{:.1f}" cy="10" r="3.6"/></svg>)", state, x(estimate));
  // Off the scale: an arrow head at the edge.
  return out + fmt::format(R"(<path class="estimate {}" d="M{} 5l{} 5l{} 5z"/></svg>)", state, estimate > 0 ? 124 : 8,
                           estimate > 0 ? 7 : -7, estimate > 0 ? -7 : 7);
}

}  // namespace perfwarden::report
