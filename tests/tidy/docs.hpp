#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli/command.hpp"
#include "support/fakes.hpp"

// What the tests of documents share: which documents there are, and Markdown as far as ours uses it.
namespace perfwarden::docs {

// README.md, docs/*.md and the documents of other folders, as paths from the repository's root; sorted.
[[nodiscard]] std::vector<std::string> documents();
[[nodiscard]] std::string read(const std::string& document);

// A Line is one line of a document; `fenced`: it belongs to a code block, whose fences count as its lines.
struct Line {
  std::string_view text;
  bool fenced = false;
};
[[nodiscard]] std::vector<Line> lines_of(std::string_view text);

// Cells of every table row of the lines, trimmed, code marks taken off. "\|" stands for a '|'.
using Rows = std::vector<std::vector<std::string>>;
[[nodiscard]] Rows rows_of(const std::vector<Line>& lines);
// The lines below a heading ("Exit codes"), up to the next of its level or above; empty when there is no such heading.
[[nodiscard]] std::vector<Line> section_of(const std::vector<Line>& lines, std::string_view heading);

// The names by which GitHub lets links lead to the headings of a document.
[[nodiscard]] std::set<std::string> anchors_of(const std::vector<Line>& lines);
// Targets of all links outside of code.
[[nodiscard]] std::vector<std::string> links_of(const std::vector<Line>& lines);

// Keys of a mapping at the top of action.yml ("inputs"), with their descriptions, in the file's order.
struct ActionKey {
  std::string name, description;
};
[[nodiscard]] std::vector<ActionKey> action_keys(std::string_view section);

// The program, in a world where nothing happens.
struct Program {
  support::FakeProcesses processes;
  support::FakeClock clock;
  support::FakeConsole console;
  support::FakeHttp http;
  os::Environment environment;

  int run(const std::vector<std::string>& words);
};
// What `perfwarden WORDS --help` prints; empty when there is no such command.
[[nodiscard]] std::string help_of(std::vector<std::string> words);
// The commands below a command ("baseline" → "show", "update", …), from its help.
[[nodiscard]] std::vector<std::string> commands_below(const std::string& help);

}  // namespace perfwarden::docs
