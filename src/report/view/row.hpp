#pragma once

#include <map>
#include <vector>

#include "report/view/sentences.hpp"
#include "report/view/view.hpp"

namespace perfwarden::report {

// What every part of the view needs.
struct ViewContext {
  const Report& report;
  const Facts& facts;
  const Phrases& phrases;
  const Speaker& speaker;
  const ViewOptions& options;
  std::map<SeriesId, std::vector<std::size_t>> findings_by_series;
  double scale = 0.1;  // of the forest plot

  [[nodiscard]] std::string name(std::string_view hostile) const { return name_in(options.medium, hostile); }
  [[nodiscard]] std::string prose(std::string_view hostile) const { return prose_in(options.medium, hostile); }
};

// "+6.1 … +7.9": the change's interval in percent; empty when there is none.
[[nodiscard]] std::string interval_text(const Interval& ratio);
// The short form of a series: one row of a table.
[[nodiscard]] Data row_of(const ViewContext& context, std::size_t i);
// Everything about a series: the row, the criteria, findings, numbers and pictures.
[[nodiscard]] Data detail_of(const ViewContext& context, std::size_t i);
// Warnings as {code, text}, at most 20 of them; `more` says how many are not shown.
[[nodiscard]] List warnings_of(const ViewContext& context, const std::vector<Warning>& warnings);

}  // namespace perfwarden::report
