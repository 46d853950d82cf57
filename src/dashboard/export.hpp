#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "base/result.hpp"
#include "dashboard/desk.hpp"

namespace perfwarden::dashboard {

struct ExportOptions {
  std::size_t most_series = 500;  // that have a page; those of alerts first
  std::size_t points = 60;        // of a chart, at most about
};
struct Exported {
  std::size_t series = 0, all_series = 0, pages = 0;
};

// Writes the pages, with all that they show inside of them, by `write` (name, text): index.html, alert-7.html,
// assets/… Numbers have six digits. They lead to each other by relative links only and ask nobody for anything.
[[nodiscard]] Result<Exported> export_pages(
    const Desk& desk, const ExportOptions& options,
    const std::function<Status(const std::string& name, const std::string& text)>& write);

}  // namespace perfwarden::dashboard
