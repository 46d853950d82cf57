#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "app/profile/files.hpp"
#include "base/text.hpp"
#include "config/tree.hpp"
#include "explain/hypotheses.hpp"
#include "gates/rule.hpp"
#include "github/limits.hpp"
#include "ingest/format.hpp"
#include "ingest/limits.hpp"
#include "json/limits.hpp"
#include "net/http_client.hpp"
#include "os/files/files.hpp"
#include "os/process/processes.hpp"
#include "profile/format.hpp"
#include "profile/kept.hpp"
#include "profile/limits.hpp"
#include "publish/notifier.hpp"
#include "report/renderer.hpp"
#include "tidy/docs.hpp"

// Lists that the program knows stand in the documents between <!-- generated: NAME --> and <!-- /generated -->, and are
// written from the registries by UPDATE_GOLDEN=1.
namespace perfwarden::docs {
namespace {

constexpr std::string_view k_begin = "<!-- generated: ";
constexpr std::string_view k_end = "<!-- /generated -->";

using Cells = std::vector<std::string>;

std::string table(const Cells& header, const std::vector<Cells>& rows) {
  std::string out = "| " + text::join(header, " | ") + " |\n|" + text::join(Cells(header.size(), ":--"), "|") + "|\n";
  for (Cells cells : rows) {
    for (std::string& cell : cells) cell = text::replace_all(cell, "|", "\\|");
    out += "| " + text::join(cells, " | ") + " |\n";
  }
  return out;
}

std::string code(std::string_view text) {
  return text.empty() ? "" : "`" + std::string(text) + "`";
}

// One row each, of what has a name and a summary.
template <class Registry>
std::string names_of(const Cells& header, const Registry& registry) {
  std::vector<Cells> rows;
  for (const auto* row : registry) rows.push_back({code(row->name), std::string(row->summary)});
  return table(header, rows);
}

std::string renderers() {
  std::vector<Cells> rows;
  for (const auto* row : report::renderers())
    rows.push_back({code(row->name), row->file_name.empty() ? "–" : code(row->file_name), std::string(row->summary)});
  return table({"form", "file", "what it is"}, rows);
}

std::string causes() {
  std::vector<Cells> rows;
  for (const explain::CauseKind& one : explain::cause_kinds())
    rows.push_back({code(one.kind), std::string(one.words), std::string(one.shown_by), code(one.refute)});
  return table({"kind", "in words", "shown by", "refuted by"}, rows);
}

std::string notifiers() {
  std::vector<Cells> rows;
  for (const auto* row : publish::notifiers())
    rows.push_back({code(row->name), std::string(row->summary), row->needs.empty() ? "–" : code(row->needs)});
  return table({"name", "what it does", "permission or secret that it needs"}, rows);
}

std::string bytes(std::size_t count) {
  for (const auto& [unit, size] : {std::pair{"GiB", 30U}, {"MiB", 20U}, {"KiB", 10U}})
    if (count >= std::size_t{1} << size && count % (std::size_t{1} << size) == 0)
      return fmt::format("{} {}", count >> size, unit);
  return fmt::format("{} bytes", count);
}

std::string number(std::size_t count) {
  std::string out = std::to_string(count);
  for (std::size_t at = out.size(); at > 3;) out.insert(at -= 3, ",");
  return out;
}

// What a hostile input may cost at most, from the constants that the readers obey.
std::string limits() {
  return table(
      {"of", "at most"},
      {{"one benchmark output or samples file", bytes(ingest::k_max_text_bytes)},
       {"benchmarks and metrics of one side", number(ingest::k_max_series)},
       {"values of one side", number(ingest::k_max_values)},
       {"processes of one benchmark", number(ingest::k_max_invocations)},
       {"a name of a benchmark, metric, suite or unit", bytes(ingest::k_max_name_bytes)},
       {"depth of XML; a DOCTYPE, and so every entity, is refused", number(ingest::k_max_depth)},
       {"one JSON text", bytes(json::Limits{}.bytes)},
       {"values of one JSON text", number(json::Limits{}.values)},
       {"depth of JSON", number(json::Limits{}.depth)},
       {"one config file", bytes(config::k_max_file)},
       {"nodes of a config, its aliases written out", number(config::k_max_nodes)},
       {"text of a config, its aliases written out", bytes(config::k_max_text)},
       {"depth of a config", number(config::k_max_depth)},
       {"the output of one process that is kept", bytes(os::Command{}.max_output_bytes)},
       {"one profile, as it lies on disk", bytes(profile::k_max_text_bytes)},
       {"one compressed profile, unpacked", bytes(profile::k_max_inflated_bytes)},
       {"frames of one stack", number(profile::k_max_depth)},
       {"nodes of one call tree", number(profile::k_max_nodes)},
       {"profiles kept beside the samples of one side", bytes(profile::k_max_kept_bytes)},
       {"values of such profiles", number(profile::k_max_kept_values)},
       {"the file of the runner's event", bytes(github::k_max_event_bytes)},
       {"one answer of a server, so also one artifact", bytes(net::CurlOptions{}.max_body_bytes)},
       {"entries of an artifact; only those that are asked for are unpacked", number(github::k_max_zip_entries)},
       {"runs of one file that is imported into the history", number(ingest::k_max_past_runs)},
       {"any other file", bytes(os::k_max_file_bytes)}});
}

std::string action(std::string_view section) {
  std::vector<Cells> rows;
  for (const ActionKey& key : action_keys(section)) rows.push_back({code(key.name), key.description});
  return table({section == "inputs" ? "input" : "output", "what it is"}, rows);
}

std::string fenced(std::string_view help) {
  return "```text\n" + std::string(text::trim(help)) + "\n```\n";
}

void add_options(const Cells& words, std::string& out) {
  const std::string help = help_of(words);
  out += (out.empty() ? "" : "\n") + std::string("### perfwarden ") + text::join(words, " ") + "\n\n" + fenced(help);
  for (const std::string& name : commands_below(help)) {
    Cells below = words;
    below.push_back(name);
    add_options(below, out);
  }
}

std::string command_options() {
  std::string out;
  for (const auto* command : app::commands()) add_options({std::string(command->name)}, out);
  return out;
}

std::string global_options() {
  const std::string help = help_of({});
  const std::size_t begin = help.find("Options:\n");
  return fenced(help.substr(begin, help.find("Subcommands:\n") - begin));
}

const std::map<std::string, std::function<std::string()>>& lists() {
  static const std::map<std::string, std::function<std::string()>> k_lists{
      {"formats",
       [] {
         return names_of({"`parser:`", "what it reads"}, ingest::formats());
       }},
      {"profile-formats",
       [] {
         return names_of({"format", "what it reads"}, profile::formats());
       }},
      {"gates",
       [] {
         return names_of({"gate", "what it judges"}, gates::rules());
       }},
      {"commands",
       [] {
         return names_of({"command", "what it does"}, app::commands());
       }},
      {"profile-verbs",
       [] {
         return names_of({"`perfwarden profile`", "what it does"}, app::profile_verbs());
       }},
      {"renderers", renderers},
      {"notifiers", notifiers},
      {"causes", causes},
      {"limits", limits},
      {"inputs", [] { return action("inputs"); }},
      {"outputs", [] { return action("outputs"); }},
      {"command-options", command_options},
      {"global-options", global_options},
  };
  return k_lists;
}

// The document with every list as it should be; names of its lists go to `used`.
std::string written_anew(const std::string& document, std::set<std::string>& used) {
  const std::string text = read(document);
  std::string out;
  bool inside = false;
  for (const Line& line : lines_of(text)) {
    if (line.text == k_end) inside = false;
    if (!inside) out.append(line.text).append("\n");
    if (line.fenced || !line.text.starts_with(k_begin)) continue;
    const std::string name(line.text.substr(k_begin.size(), line.text.find(" -->") - k_begin.size()));
    const auto list = lists().find(name);
    if (list == lists().end()) {
      ADD_FAILURE() << document << ": no list is called '" << name << "'";
      return text;
    }
    used.insert(name);
    out += list->second();
    inside = true;
  }
  EXPECT_FALSE(inside) << document << ": a list has no " << k_end;
  return inside ? text : out;
}

TEST(Documents, ListsAreWhatTheProgramSays) {
  std::set<std::string> used;
  for (const std::string& document : documents()) {
    if (!document.starts_with("docs/") && document != "README.md") continue;
    const std::string wanted = written_anew(document, used);
    if (wanted == read(document)) continue;
    if (std::getenv("UPDATE_GOLDEN") != nullptr)
      std::ofstream(support::source_path(document), std::ios::binary) << wanted;
    else
      ADD_FAILURE() << document << ": a list is out of date: UPDATE_GOLDEN=1 writes it anew";
  }
  for (const auto& [name, make] : lists())
    EXPECT_TRUE(used.contains(name)) << "no document has the list '" << name << "'";
}

}  // namespace
}  // namespace perfwarden::docs
