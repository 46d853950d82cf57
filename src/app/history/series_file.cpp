#include "app/history/series_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <vector>

#include "base/text.hpp"

namespace perfwarden::app {
namespace {

constexpr std::size_t k_most_points = 1'000'000;

// Where the columns are; a name that no column has is none.
struct Columns {
  std::size_t count = 0, value = 0;
  std::optional<std::size_t> commit, time, index;
};

std::string cell(std::string_view text) {
  text = text::trim(text);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  return std::string(text);
}

Columns columns_of(const std::vector<std::string_view>& names, bool named) {
  Columns out;
  out.count = names.size();
  out.value = names.size() - 1;
  for (std::size_t i = 0; named && i < names.size(); ++i) {
    const std::string name = text::lower(cell(names[i]));
    if (name == "value") out.value = i;
    if (name == "commit") out.commit = i;
    if (name == "time") out.time = i;
    if (name == "index") out.index = i;
  }
  // Without names, the column before the value names the point.
  if (!named && names.size() > 1) out.index = 0;
  return out;
}

}  // namespace

Result<SeriesHistory> read_series(std::string_view text, const std::string& file) {
  SeriesHistory out;
  out.id = {"", std::filesystem::path(file).stem().string(), "value"};
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  std::optional<Columns> columns;
  std::size_t number = 0;
  for (const std::string_view line : text::lines(text)) {
    ++number;
    if (text::trim(line).empty() || line.starts_with('#')) continue;
    const std::vector<std::string_view> cells = text::split(line, ',');
    const auto place = [&](std::size_t column) { return fmt::format("{}:{}:{}", file, number, column + 1); };
    if (!columns) {
      const bool named = std::none_of(cells.begin(), cells.end(),
                                      [](std::string_view name) { return text::to_double(cell(name)).has_value(); });
      columns = columns_of(cells, named);
      if (named) continue;
    }
    if (cells.size() != columns->count)
      return Error{.kind = ErrorKind::parse,
                   .what = fmt::format("this line has {} columns, the first one has {}", cells.size(), columns->count),
                   .where = place(0),
                   .hint = "give one line a point: index, time or commit, then the value"};
    const std::optional<double> value = text::to_double(cell(cells[columns->value]));
    if (!value)
      return Error{.kind = ErrorKind::parse,
                   .what = "'" + text::one_line(cells[columns->value]) + "' is not a number",
                   .where = place(columns->value),
                   .hint = "the column `value`, or the last one, holds the numbers"};
    if (out.points.size() == k_most_points)
      return Error{.kind = ErrorKind::parse,
                   .what = fmt::format("there are more than {} points", k_most_points),
                   .where = place(0),
                   .hint = "give the newest ones"};
    HistoryPoint point;
    point.median = point.low = point.high = *value;
    point.n = 1;
    point.unit = "1";
    if (columns->time) point.time = cell(cells[*columns->time]);
    const std::optional<std::size_t> label = columns->commit ? columns->commit
                                             : columns->time ? columns->time
                                                             : columns->index;
    point.commit = label ? cell(cells[*label]) : std::to_string(out.points.size());
    out.points.push_back(std::move(point));
  }
  if (out.points.empty())
    return Error{.kind = ErrorKind::parse,
                 .what = "there are no points",
                 .where = file,
                 .hint = "give one line a point: index, time or commit, then the value"};
  return out;
}

}  // namespace perfwarden::app
