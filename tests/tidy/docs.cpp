#include "tidy/docs.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>
#include <utility>
#include <vector>

#include "base/text.hpp"

namespace perfwarden::docs {
namespace {

namespace fs = std::filesystem;

std::size_t level_of(std::string_view line) {
  const std::size_t level = line.find_first_not_of('#');
  return level != 0 && level != std::string_view::npos && level <= 6 && line[level] == ' ' ? level : 0;
}

std::string heading_of(std::string_view line) {
  return text::replace_all(std::string(text::trim(line.substr(level_of(line)))), "`", "");
}

// GitHub's: lower case, spaces as dashes, without punctuation.
std::string anchor_of(std::string_view line) {
  std::string anchor;
  for (const char c : text::lower(heading_of(line))) {
    const bool kept = text::is_alphanumeric(c) || c == '_' || c == '-' || static_cast<unsigned char>(c) >= 0x80;
    if (kept) anchor += c;
    if (c == ' ') anchor += '-';
  }
  return anchor;
}

std::string without_code(std::string_view line) {
  static const std::regex code("`[^`]*`");
  return std::regex_replace(std::string(line), code, "code");
}

}  // namespace

std::vector<std::string> documents() {
  std::vector<std::string> found{"CHANGELOG.md",  "README.md",           ".github/CONTRIBUTING.md", "config/README.md",
                                 "src/README.md", "templates/README.md", "tests/README.md"};
  for (const auto& entry : fs::directory_iterator(support::source_path("docs")))
    if (entry.path().extension() == ".md") found.push_back("docs/" + entry.path().filename().string());
  std::sort(found.begin(), found.end());
  return found;
}

std::string read(const std::string& document) {
  return support::slurp(support::source_path(document));
}

std::vector<Line> lines_of(std::string_view text) {
  std::vector<Line> lines;
  bool inside = false;
  for (const std::string_view line : text::lines(text)) {
    const bool fence = text::trim(line).starts_with("```");
    lines.push_back({line, inside || fence});
    if (fence) inside = !inside;
  }
  return lines;
}

Rows rows_of(const std::vector<Line>& lines) {
  Rows rows;
  for (const Line& line : lines) {
    if (line.fenced || !line.text.starts_with('|')) continue;
    const std::string marked = text::replace_all(std::string(line.text.substr(1)), "\\|", "\x1f");
    std::vector<std::string>& cells = rows.emplace_back();
    for (const std::string_view cell : text::split(marked, '|'))
      cells.push_back(text::replace_all(text::replace_all(std::string(text::trim(cell)), "`", ""), "\x1f", "|"));
  }
  return rows;
}

std::vector<Line> section_of(const std::vector<Line>& lines, std::string_view heading) {
  std::vector<Line> section;
  std::size_t inside = 0;  // level of the heading
  for (const Line& line : lines) {
    const std::size_t level = line.fenced ? 0 : level_of(line.text);
    if (inside > 0 && level > 0 && level <= inside) break;
    if (inside > 0)
      section.push_back(line);
    else if (level > 0 && heading_of(line.text) == heading)
      inside = level;
  }
  return section;
}

std::set<std::string> anchors_of(const std::vector<Line>& lines) {
  std::set<std::string> anchors;
  for (const Line& line : lines) {
    if (line.fenced || level_of(line.text) == 0) continue;
    const std::string anchor = anchor_of(line.text);
    for (int again = 0; !anchors.insert(again == 0 ? anchor : anchor + "-" + std::to_string(again)).second; ++again) {
    }
  }
  return anchors;
}

std::vector<std::string> links_of(const std::vector<Line>& lines) {
  static const std::regex link(R"(\]\(([^)\s]+)\))");
  std::vector<std::string> targets;
  for (const Line& line : lines) {
    if (line.fenced || line.text.find("](") == std::string_view::npos) continue;
    const std::string prose = without_code(line.text);
    for (auto at = std::sregex_iterator(prose.begin(), prose.end(), link); at != std::sregex_iterator(); ++at)
      targets.push_back((*at)[1]);
  }
  return targets;
}

std::vector<ActionKey> action_keys(std::string_view section) {
  constexpr std::string_view k_description = "    description: ";
  std::vector<ActionKey> keys;
  bool inside = false;
  const std::string yaml = read("action.yml");
  for (const std::string_view line : text::lines(yaml)) {
    if (!line.starts_with(' ')) inside = line == std::string(section) + ":";
    if (!inside || !line.starts_with("  ")) continue;
    if (line[2] != ' ' && line.ends_with(':')) keys.push_back({std::string(line.substr(2, line.size() - 3)), ""});
    if (line.starts_with(k_description) && !keys.empty()) keys.back().description = line.substr(k_description.size());
  }
  return keys;
}

int Program::run(const std::vector<std::string>& words) {
  std::vector<const char*> argv{"perfwarden"};
  for (const std::string& word : words) argv.push_back(word.c_str());
  app::World world{processes, clock, environment, console, http};
  return app::run(world, argv);
}

std::string help_of(std::vector<std::string> words) {
  static std::map<std::vector<std::string>, std::string> known;  // the documents ask for a few of them a hundred times
  const auto [at, is_new] = known.try_emplace(words);
  if (!is_new) return at->second;
  words.emplace_back("--help");
  Program program;
  if (program.run(words) == 0) at->second = program.console.out_text;
  return at->second;
}

std::vector<std::string> commands_below(const std::string& help) {
  std::vector<std::string> names;
  bool inside = false;
  for (const std::string_view line : text::lines(help)) {
    if (!line.starts_with(' ')) inside = line == "Subcommands:";
    if (inside && line.size() > 2 && line.starts_with("  ") && line[2] != ' ')
      names.emplace_back(line.substr(2, line.find(' ', 2) - 2));
  }
  return names;
}

}  // namespace perfwarden::docs
