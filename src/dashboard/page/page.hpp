#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "dashboard/api/question.hpp"
#include "dashboard/page/links.hpp"

namespace perfwarden::dashboard {

// What the shell of every page says of where it is and for whom.
struct Shell {
  Links links;
  std::string api;   // address of the answer below the root: "api/v1/alerts/7?…"; empty in files
  std::string csrf;  // empty: nothing can be changed from this page
  std::string who;
  std::string version;
  bool read_only = true;
  std::size_t most_rows = 2000;  // of the table of points
};

// The HTML of a page (a name that a Route gives) that shows an answer. All values are escaped.
[[nodiscard]] std::string page_of(std::string_view name, const Json& answer, const Shell& shell);
[[nodiscard]] std::string error_page(int status, const Error& error, const Shell& shell);
[[nodiscard]] std::string login_page();

// JSON that may stand in a script element.
[[nodiscard]] std::string inline_json(const Json& json);

// A file that pages refer to: "dashboard.js", "dashboard.css", "uplot.js". Empty view: there is none.
struct Asset {
  std::string_view text, type;
};
[[nodiscard]] Asset asset(std::string_view name);

}  // namespace perfwarden::dashboard
