#pragma once

#include <string>
#include <string_view>

namespace perfwarden::report {

// A Medium is a kind of text that people or programs read. Everything that a pull request can write is neutralised for
// its medium on the way into the view, so that no template, not even a user's, can output it raw.
enum class Medium { plain, markdown, html };

// A name (benchmark, branch, commit): in Markdown a code span whose fence is longer than any run of backticks inside,
// or, if it holds a '|', <code> with every mark as a character reference, so that it also works in table cells. At
// most 160 columns.
[[nodiscard]] std::string name_in(Medium medium, std::string_view hostile);
// Words that may hold hostile parts, as running text on one line: no Markdown structure, no mention (@x), reference
// (#1, GH-1), bare link, emoji code or HTML survives. Also safe inside an HTML block of Markdown. At most 600 columns.
[[nodiscard]] std::string prose_in(Medium medium, std::string_view hostile);
// A command to copy, on one line, whole: fenced as a code block's line in Markdown (nothing else is needed there),
// escaped in HTML. At most 2 000 columns.
[[nodiscard]] std::string command_in(Medium medium, std::string_view hostile);

// Enough backticks to fence a Markdown code block that holds `text`; at least three.
[[nodiscard]] std::string fence_for(std::string_view text);

// XML 1.0 character data or attribute value: escaped, on one line, without the characters XML 1.0 forbids
// (section 2.2).
[[nodiscard]] std::string escape_xml(std::string_view hostile);

}  // namespace perfwarden::report
