#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "model/report.hpp"

namespace perfwarden::report {

// Templates are the mustache texts by file name ("comment.md.mustache"): the built-in ones, each
// replaced by the user's file of the same name. app/ reads the files; this folder never touches a
// disk.
class Templates {
 public:
  Templates();  // the built-in ones
  // Error (kind config) for a name that is not one of ours, naming the nearest.
  [[nodiscard]] Status replace(const std::string& name, std::string text);
  [[nodiscard]] const std::string& get(const std::string& name) const;
  [[nodiscard]] const std::map<std::string, std::string>& all() const { return texts_; }

 private:
  std::map<std::string, std::string> texts_;
};

struct RenderOptions {
  std::size_t columns = 80;        // terminal
  bool color = false;              // terminal
  std::size_t max_characters = 0;  // Markdown: cut whole rows to stay below; 0 = no limit. Up to 65 536, which is
                                   // GitHub's limit, asks for the pull request comment, else for the whole summary
  std::optional<int> exit_code = std::nullopt;  // terminal: the process's exit code to show; nullopt: none
};

// A Renderer is one row of report/renderers: a Report in one form of text.
struct Renderer {
  std::string_view name;  // "terminal", "markdown", "html", "json", "junit"
  std::string_view summary;
  std::string_view file_name;  // under reports/<sha>/: "report.md"; empty = never written to a file
  std::string_view media_type;
  Result<std::string> (*render)(const Report& report, const Templates& templates, const RenderOptions& options);
};

// Generated from the file names in report/renderers; sorted by name.
[[nodiscard]] std::span<const Renderer* const> renderers();
[[nodiscard]] const Renderer* find_renderer(std::string_view name);

// Reads a report from its own JSON (perfwarden.report/1), so that it can be rendered or published
// again. Hostile input: at most 256 MiB, 32 levels and 100 000 series; an error (kind parse) names the
// place by a JSON pointer. Everything is restored except what must never come from a file, since it
// belongs to the machine that reads: context.api_url, workspace, output_file and summary_file.
[[nodiscard]] Result<Report> read_json(std::string_view text, const std::string& file_name);

}  // namespace perfwarden::report
