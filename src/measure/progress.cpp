#include "measure/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.hpp"

namespace perfwarden::measure {
namespace {

constexpr double k_redraw_s = 0.1;
constexpr double k_line_s = 30;
constexpr std::size_t k_bar_cells = 24;

std::string duration(double seconds) {
  const long long all = std::max(0LL, std::llround(seconds));
  if (all < 60) return fmt::format("{} s", all);
  if (all < 3600) return fmt::format("{} min {:02} s", all / 60, all % 60);
  return fmt::format("{} h {:02} min", all / 3600, all % 3600 / 60);
}

double share_of(const Progress& progress) {
  if (progress.total == 0) return 1;
  return std::clamp(static_cast<double>(progress.done) / static_cast<double>(progress.total), 0.0, 1.0);
}

// Never 100 % before the end.
int percent_of(const Progress& progress) {
  return static_cast<int>(std::floor(share_of(progress) * 100));
}

std::string left_of(const Progress& progress) {
  return progress.left_s ? duration(*progress.left_s) + " left" : duration(progress.elapsed_s) + " so far";
}

std::string bar(const Progress& progress, std::size_t columns) {
  const std::string numbers = fmt::format("{:3} %  {}", percent_of(progress), left_of(progress));
  const std::string words = progress.what.empty() ? numbers : numbers + "  " + text::one_line(progress.what);
  // The last column stays free: some terminals wrap as soon as it is written.
  const std::size_t room = columns > 1 ? columns - 1 : 1;
  if (room < k_bar_cells + 20) return text::truncate(words, room);
  const auto full = static_cast<std::size_t>(std::floor(share_of(progress) * static_cast<double>(k_bar_cells)));
  std::string cells;
  for (std::size_t i = 0; i < k_bar_cells; ++i) cells += i < full ? "█" : "░";
  return text::truncate(cells + " " + words, room);
}

std::string line(const Progress& progress) {
  if (progress.done == progress.total && progress.total > 0)
    return fmt::format("perfwarden: {} steps done in {}\n", progress.done, duration(progress.elapsed_s));
  return fmt::format("perfwarden: {} of {} steps, {}{}\n", progress.done, progress.total, left_of(progress),
                     progress.what.empty() ? "" : "; " + text::one_line(progress.what));
}

}  // namespace

void ProgressView::show(const Progress& progress) {
  const double now_s = clock_.monotonic_s();
  const bool at_end = progress.done == progress.total;
  const bool on_terminal = console_.err_is_terminal();
  if (!at_end && now_s - shown_at_s_ < (on_terminal ? k_redraw_s : k_line_s)) return;
  shown_at_s_ = now_s;
  if (!on_terminal) {
    console_.err(line(progress));
    return;
  }
  console_.err("\r" + bar(progress, console_.columns()) + "\x1b[K");
  drawn_ = true;
}

void ProgressView::clear() {
  if (!drawn_) return;
  console_.err("\r\x1b[K");
  drawn_ = false;
}

}  // namespace perfwarden::measure
