#include "report/page/terminal.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/table.hpp"
#include "base/text.hpp"

namespace perfwarden::report {
namespace {

struct Style {
  const char* name;
  char mark;
  const char* escape;
};
constexpr std::array k_styles{Style{"bold", '\x01', "\x1b[1m"},    Style{"red", '\x02', "\x1b[31m"},
                              Style{"yellow", '\x03', "\x1b[33m"}, Style{"cyan", '\x04', "\x1b[36m"},
                              Style{"green", '\x05', "\x1b[32m"},  Style{"dim", '\x06', "\x1b[2m"},
                              Style{"off", '\x07', "\x1b[0m"}};

}  // namespace

std::string mark(std::string_view name) {
  for (const Style& style : k_styles)
    if (name == style.name) return std::string(1, style.mark);
  return "";
}

std::string style_of(std::string_view state) {
  if (state == "broken" || state == "failed" || state == "fail") return "red";
  if (state == "warned" || state == "observed" || state == "worse" || state == "undecided") return "yellow";
  if (state == "better") return "cyan";
  if (state == "pass" || state == "accepted") return "green";
  return "";
}

std::string painted(const std::string& words, const std::string& style) {
  return style.empty() ? words : mark(style) + words + mark("off");
}

void put_marks(Data& data) {
  for (const Style& style : k_styles) put(data, style.name, std::string(1, style.mark));
}

std::string print_page(const std::string& page, std::size_t columns, bool color) {
  std::string out;
  bool blank = true;  // sections that say nothing leave blank lines: never two, and none in front
  for (const std::string_view line : text::lines(page)) {
    const bool was_blank = std::exchange(blank, text::trim(line).empty());
    if (blank && was_blank) continue;
    std::vector<std::string> parts{std::string(line)};
    if (text::display_width(line) > columns) {
      const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
      parts = text::wrap(line, columns, indent + 2);
    }
    for (const std::string& part : parts) out += part + "\n";
  }
  for (const Style& style : k_styles)
    out = text::replace_all(std::move(out), std::string_view(&style.mark, 1), color ? style.escape : "");
  return out;
}

}  // namespace perfwarden::report
