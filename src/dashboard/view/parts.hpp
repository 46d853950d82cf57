#pragma once

#include <string>
#include <string_view>

#include "dashboard/page/links.hpp"
#include "dashboard/view/view.hpp"

// What views of several pages share: numbers as people read them, and the keys that every series, run or alert gets.
namespace perfwarden::dashboard {

[[nodiscard]] double number_in(const View& json, std::string_view key);     // NaN when it is not a number
[[nodiscard]] std::string text_in(const View& json, std::string_view key);  // "" when it is not a text

[[nodiscard]] std::string change_text(double fraction);  // "+7.0 %"; "–" when it is not known
[[nodiscard]] std::string share_text(double fraction);   // "7.2 %", without a sign
[[nodiscard]] std::string value_text(const View& json, std::string_view key, const std::string& unit);
[[nodiscard]] std::string time_text(const std::string& time);  // "2026-11-29 14:30" of an RFC 3339 time in UTC
[[nodiscard]] std::string seconds_text(const View& json, std::string_view key);  // the same of unix seconds
[[nodiscard]] std::string spark_text(const View& numbers);  // a sparkline of signs, which scripts replace by a picture

// A state in words and as a sign, `words` and `icon`, so that colour is never all there is.
[[nodiscard]] std::string words_of_state(const std::string& state);
void add_mark(View& json, const std::string& state);

void add_series(View& series, const Links& links);
void add_run(View& run, const Links& links);  // null stays null
void add_alert(View& alert, const Links& links);
// "−1.0 % … +2.0 %" of the keys low and high.
[[nodiscard]] std::string interval_text(const View& json);

// Texts of a list as objects with the key `text`, as templates need them.
void wrap_texts(View& list);
// Links to the parts before and after this one, of answers that have offset, limit and total.
void add_parts(View& view, const Links& links, std::string_view page, const std::string& more = "");

}  // namespace perfwarden::dashboard
