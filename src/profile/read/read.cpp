#include "profile/read/read.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "profile/limits.hpp"
#include "profile/read/inflate.hpp"

namespace perfwarden::profile {
namespace {

std::vector<std::string> names() {
  std::vector<std::string> out;
  for (const Format* format : formats()) out.emplace_back(format->name);
  return out;
}

Result<const Format*> called(std::string_view name) {
  if (const Format* format = find_format(name)) return format;
  const auto near = text::nearest(name, names());
  return Error{.kind = ErrorKind::usage,
               .what = fmt::format("no profile format is called '{}'", text::one_line(name)),
               .hint = near ? fmt::format("did you mean '{}'?", *near) : "one of: " + text::join(names(), ", ")};
}

Result<const Format*> sniffed(std::string_view text, const std::string& file_name) {
  const Format* best = nullptr;
  int sure = 0;
  for (const Format* format : formats()) {
    const int says = format->sniff(text.substr(0, k_sniffed_bytes));
    if (says > sure) best = format;
    sure = std::max(sure, says);
  }
  if (best != nullptr) return best;
  return Error{.kind = ErrorKind::parse,
               .what = text.empty() ? "the file is empty" : "this is not a profile format that perfwarden knows",
               .where = file_name,
               .hint = text.empty() ? "the profiler recorded nothing: let it run longer, and look whether it failed"
                                    : "name its format with --format, one of: " + text::join(names(), ", ")};
}

}  // namespace

const Format* find_format(std::string_view name) {
  const auto found = std::find_if(formats().begin(), formats().end(), [&](const Format* f) { return f->name == name; });
  return found == formats().end() ? nullptr : *found;
}

Result<const Format*> choose(std::string_view text, const std::string& file_name, std::string_view format) {
  return format == "auto" ? sniffed(text, file_name) : called(format);
}

Result<Profile> read(std::string_view bytes, const std::string& file_name, std::string_view format) {
  if (format != "auto") PW_TRY(called(format));  // before much work is done for a misspelt word
  std::string inflated;
  PW_TRY_ASSIGN(const std::string_view text, inflate(bytes, file_name, inflated));
  PW_TRY_ASSIGN(const Format* const row, choose(text, file_name, format));
  PW_TRY_ASSIGN(Profile profile, row->read({text, file_name}));
  profile.format = row->name;
  return profile;
}

}  // namespace perfwarden::profile
