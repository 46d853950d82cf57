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
constexpr std::size_t k_rows_below = 3;  // for the bar, and some of what came before

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
  if (in_place_ && progress.measuring) return;
  const double now_s = clock_.monotonic_s();
  const bool at_end = progress.done == progress.total;
  if (!at_end && now_s - shown_at_s_ < (in_place_ ? k_redraw_s : k_line_s)) return;
  shown_at_s_ = now_s;
  if (in_place_)
    draw(progress);
  else
    console_.err(line(progress));
}

void ProgressView::draw(const Progress& progress) {
  const std::size_t columns = console_.columns();
  const std::size_t rows = console_.rows();
  // After a change of width nobody knows which rows the terminal broke lines into: what was drawn stays, and the next
  // drawing goes below it.
  if (drawn_ > 0 && columns != columns_) {
    console_.err("\n");
    drawn_ = 0;
  }
  std::vector<std::string> lines;
  if (above_ && rows > k_rows_below) lines = above_(columns, rows - k_rows_below);
  lines.push_back(bar(progress, columns));
  std::string text = to_start();
  for (std::size_t i = 0; i < lines.size(); ++i) text += (i == 0 ? "" : "\n") + lines[i] + "\x1b[K";
  // Of a taller drawing before this one.
  console_.err(text + "\x1b[J");
  drawn_ = lines.size();
  columns_ = columns;
}

std::string ProgressView::to_start() const {
  return drawn_ > 1 ? fmt::format("\r\x1b[{}A", drawn_ - 1) : "\r";
}

void ProgressView::clear() {
  if (drawn_ == 0) return;
  console_.err(to_start() + "\x1b[J");
  drawn_ = 0;
}

}  // namespace perfwarden::measure
