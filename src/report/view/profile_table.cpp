#include "report/view/profile_table.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "base/table.hpp"
#include "base/text.hpp"
#include "model/unit.hpp"
#include "report/page/medium.hpp"
#include "report/view/sentences.hpp"

namespace perfwarden::report {
namespace {

bool is_counted(const std::array<double, 2>& samples) {
  return !std::isnan(samples[0]) && !std::isnan(samples[1]);
}

std::string name_in_table(const FrameDelta& frame) {
  std::string name = name_in(Medium::plain, frame.name);
  if (frame.chain.empty()) return name;
  return name_in(Medium::plain, frame.chain.front()) + (frame.chain.size() > 1 ? " › … › " : " › ") + name;
}

// "57.7 % → 60.1 %": of its own side each.
std::string both_shares(const ProfileDiff& evidence, const FrameDelta& frame) {
  const auto& cost = frame.by_total ? frame.total_cost : frame.self_cost;
  return percent(cost[0] / evidence.base.cost) + "→" + percent(cost[1] / evidence.head.cost);
}

}  // namespace

std::string percent(double share) {
  const double value = share * 100;
  return fmt::format("{:.{}f} %", value, std::abs(value) < 1 && value != 0 ? 2 : 1);
}

std::string points(double delta) {
  std::string digits = fmt::format("{:.1f}", std::abs(delta) * 100);
  if (digits == "0.0") return digits;
  return (delta < 0 ? "−" : "+") + digits;
}

std::string interval_points(const Interval& interval) {
  if (std::isnan(interval.low) || std::isnan(interval.high)) return "";
  return points(interval.low) + " … " + points(interval.high);
}

std::string grouped(double count) {
  std::string digits = fmt::format("{:.0f}", count);
  for (std::size_t i = digits.size(); i > 3 && digits[i - 4] != '-'; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

std::string_view change_word(FrameChange change) {
  static constexpr std::array<std::string_view, 7> k_states{"worse", "better", "new",      "gone",
                                                            "moved", "ok",     "undecided"};
  return k_states[static_cast<std::size_t>(change)];
}

double cost_of_one_run(const ProfileSide& side) {
  return side.cost / static_cast<double>(side.runs);
}

bool is_by_recorded_samples(const ProfileDiff& evidence) {
  return evidence.normalization == Normalization::absolute && !evidence.exact && !counts_memory(evidence.type) &&
         is_counted({evidence.base.samples, evidence.head.samples}) && evidence.base.runs == evidence.head.runs;
}

const Share& telling_share(const FrameDelta& frame) {
  return frame.by_total ? frame.total : frame.self;
}

std::vector<std::string> profile_table(const ProfileDiff& evidence, const Phrases& phrases, std::size_t rows,
                                       std::size_t columns) {
  using text::Align;
  const bool recorded = is_by_recorded_samples(evidence);
  text::Table table({{phrases.say("column_verdict"), Align::left, 0, 8},
                     {phrases.say("column_function"), Align::left, 28, 9},
                     {phrases.say("column_base"), Align::right, 0, 6},
                     {phrases.say("column_head"), Align::right, 0, 7},
                     {phrases.say(recorded ? "column_change" : "column_points"), Align::right, 0, 9},
                     {phrases.say("column_interval_points"), Align::right, 0, recorded ? 3 : 4},
                     {phrases.say(recorded ? "column_shares" : "column_samples"), Align::right, 0, recorded ? 5 : 3}});
  std::size_t shown = 0;
  for (const FrameDelta& frame : evidence.frames) {
    if (shown++ >= rows) break;
    const Share& share = telling_share(frame);
    const auto& samples = frame.by_total ? frame.total_samples : frame.self_samples;
    const std::string state(change_word(frame.change));
    const std::string verdict =
        phrases.say("sign_" + state) + " " + phrases.say("frame_" + std::string(name_of(frame.change)));
    const std::string interval = text::replace_all(interval_points(share.interval), " … ", "…");
    if (recorded)
      table.add({verdict, name_in_table(frame), grouped(samples[0]), grouped(samples[1]),
                 samples[0] > 0 ? format_change(samples[1] / samples[0] - 1) : "", interval,
                 both_shares(evidence, frame)});
    else
      table.add({verdict, name_in_table(frame), percent(share.base), percent(share.head), points(share.delta()),
                 interval, is_counted(samples) ? grouped(samples[0]) + "→" + grouped(samples[1]) : ""});
  }
  return shown == 0 ? std::vector<std::string>() : table.lines(columns - 2);
}

}  // namespace perfwarden::report
