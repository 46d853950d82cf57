#pragma once

#include <span>
#include <string>
#include <string_view>

#include "dashboard/api/question.hpp"
#include "dashboard/desk.hpp"

// The pieces of which all answers are made. docs/dashboard.md#api describes them.
namespace perfwarden::dashboard {

[[nodiscard]] Json json_of(const store::NumberedSeries& series);
[[nodiscard]] Json json_of(const store::RunSummary& run, Repository& repository);

// Numbers of series by their names, for what knows only names. Made once for an answer.
class Numbers {
 public:
  explicit Numbers(const Overview& overview);
  [[nodiscard]] Json ref(const SeriesId& id) const;  // its id is 0 when the history does not have the series

 private:
  const Overview* overview_;
};

// A brief alert; `owners` are asked for.
[[nodiscard]] Json json_of(const Alert& alert, const Numbers& numbers, const Desk& desk);
[[nodiscard]] Json events_of(const Alert& alert);

[[nodiscard]] Json numbers_json(std::span<const double> numbers);  // null where it is not finite
[[nodiscard]] std::string label_of(const Machine& machine);        // its CPU; else its fingerprint

// The line that searches for the commit of an alert.
[[nodiscard]] std::string bisect_line(const Alert& alert);
// Also what a file that was imported calls a commit gets here, and must not become an option of git.
[[nodiscard]] bool is_sha(std::string_view commit);
[[nodiscard]] std::string short_sha(const std::string& commit);

// What is worse is above 0: the change of a value with that direction, as a fraction. NaN without a direction.
[[nodiscard]] double worse_by(double base, double head, Better better);

}  // namespace perfwarden::dashboard
