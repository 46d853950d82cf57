#include "github/workflow_commands.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "os/files/files.hpp"

namespace perfwarden::github {
namespace {

constexpr std::size_t k_max_message_characters = 4096;
constexpr std::size_t k_max_title_characters = 255;

std::string_view name_of(Annotation::Level level) {
  constexpr std::array<std::string_view, 3> k_names{"error", "warning", "notice"};
  return k_names[static_cast<std::size_t>(level)];
}

std::string line_of(const Annotation& annotation) {
  std::vector<std::string> properties;
  if (!annotation.file.empty()) {
    properties.push_back("file=" + escape_property(text::one_line(annotation.file)));
    if (annotation.line > 0) properties.push_back(fmt::format("line={}", annotation.line));
  }
  const std::string whole_title = text::one_line(annotation.title);
  const std::string_view title = text::first_code_points(whole_title, k_max_title_characters);
  if (!title.empty()) properties.push_back("title=" + escape_property(title));
  const std::string whole_message = text::printable(annotation.message);
  const std::string_view message = text::first_code_points(whole_message, k_max_message_characters);
  return fmt::format("::{}{}{}::{}\n", name_of(annotation.level), properties.empty() ? "" : " ",
                     text::join(properties, ","), escape_data(message));
}

bool is_output_name(std::string_view s) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  return !s.empty() && is_letter(s.front()) &&
         std::all_of(s.begin(), s.end(), [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-'; });
}

}  // namespace

std::string escape_data(std::string_view s) {
  std::string out;
  for (const char c : s) {
    switch (c) {
      case '%':
        out += "%25";
        break;
      case '\r':
        out += "%0D";
        break;
      case '\n':
        out += "%0A";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string escape_property(std::string_view s) {
  return text::replace_all(text::replace_all(escape_data(s), ":", "%3A"), ",", "%2C");
}

std::string annotations(std::span<const Annotation> all) {
  std::array<std::size_t, 3> totals{};
  for (const Annotation& annotation : all) ++totals[static_cast<std::size_t>(annotation.level)];
  std::array<std::size_t, 3> written{};
  std::string out;
  for (const Annotation& annotation : all) {
    const auto level = static_cast<std::size_t>(annotation.level);
    const bool all_fit = totals[level] <= k_annotations_per_level;
    if (all_fit || written[level] + 1 < k_annotations_per_level) {
      out += line_of(annotation);
    } else if (written[level] + 1 == k_annotations_per_level) {
      const std::size_t left = totals[level] - written[level];
      out += line_of(
          {annotation.level, "", 0, "perfwarden",
           fmt::format("and {} more like these, which GitHub would not show here: all are in the job summary", left)});
    }
    ++written[level];
  }
  return out;
}

std::string random_token() {
  std::random_device device;
  const auto word = [&] { return (static_cast<std::uint64_t>(device()) << 32) | device(); };
  const std::uint64_t high = word();
  return hex16(high) + hex16(word());
}

std::string output_entry(std::string_view name, std::string_view value,
                         const std::function<std::string()>& make_token) {
  std::string delimiter;
  do {
    delimiter = "perfwarden_" + make_token();
  } while (value.find(delimiter) != std::string_view::npos);
  return fmt::format("{}<<{}\n{}\n{}\n", name, delimiter, value, delimiter);
}

Status append_outputs(const std::string& file, std::span<const std::pair<std::string, std::string>> outputs) {
  std::string text;
  for (const auto& [name, value] : outputs) {
    if (!is_output_name(name))
      return Error{.kind = ErrorKind::github, .what = fmt::format("'{}' cannot be the name of an output", name)};
    text += output_entry(name, value);
  }
  return os::append_file(file, text);
}

std::string fit_summary(std::string_view markdown, std::size_t room) {
  if (markdown.size() <= room) return std::string(markdown);
  constexpr std::string_view k_cut =
      "\n\n> The rest is omitted: GitHub shows at most 1 MiB of a job summary. The whole report is in the report "
      "files.\n";
  if (room <= k_cut.size()) return "";
  const std::size_t end = markdown.rfind('\n', room - k_cut.size());
  return std::string(markdown.substr(0, end == std::string_view::npos ? 0 : end)).append(k_cut);
}

Status append_summary(const std::string& file, std::string_view markdown) {
  std::size_t used = 0;
  if (os::exists(file)) {
    // A summary above the limit is not shown, whatever we add.
    PW_TRY_ASSIGN(const std::string before, os::read_file(file));
    used = before.size();
  }
  const std::size_t room = used < k_max_summary_bytes ? k_max_summary_bytes - used : 0;
  std::string text = fit_summary(markdown, room == 0 ? 0 : room - 1);
  if (text.empty())
    return Error{.kind = ErrorKind::github,
                 .what = "the job summary of this step is full (1 MiB)",
                 .where = file,
                 .hint = "let perfwarden be a step of its own"};
  if (!text.ends_with('\n')) text += '\n';
  return os::append_file(file, text);
}

}  // namespace perfwarden::github
