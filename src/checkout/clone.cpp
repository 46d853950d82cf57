#include "checkout/clone.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <optional>

#include "base/text.hpp"
#include "os/files/files.hpp"
#include "os/process/user.hpp"

namespace perfwarden::checkout {
namespace {
namespace fs = std::filesystem;

constexpr std::size_t k_most_refs = 1'000'000;
constexpr std::size_t k_longest_line = 64 << 10;

std::string resolved(const std::string& from, std::string_view path) {
  return os::absolute_path(path.starts_with('/') ? std::string(path) : from + "/" + std::string(path));
}

// Nobody can make a file that belongs to somebody else, so what leads to a folder must be its owner's.
Status same_owner(const std::string& pointer, const std::string& target) {
  const std::optional<unsigned> from = os::owner_of(pointer, false);
  const std::optional<unsigned> to = os::owner_of(target, true);
  if (!from || !to) return Error{.kind = ErrorKind::io, .what = "this leads to no git folder", .where = pointer};
  if (*from == *to) return Nothing{};
  return Error{.kind = ErrorKind::io,
               .what = fmt::format("this leads to {}, which belongs to another user", text::one_line(target)),
               .where = pointer,
               .hint = "let one user own the whole clone"};
}

// The first line of a small file that names a folder; "" when there is no such file.
Result<std::string> named_in(const std::string& folder, const std::string& file) {
  if (!os::exists(folder + "/" + file)) return std::string();
  PW_TRY_ASSIGN(const std::string text, os::read_file_below(folder, file, k_longest_line));
  return std::string(text::trim(text.substr(0, text.find('\n'))));
}

bool is_object_name(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
}

bool is_ref_name(std::string_view name) {
  return name.starts_with("refs/") && !name.starts_with("refs/replace/") && name.find("..") == std::string_view::npos &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) { return c > 0x20 && c != 0x7F; });
}

void read_packed(std::string_view packed, Refs& refs) {
  for (const std::string_view line : text::lines(packed)) {
    const std::size_t space = line.find(' ');
    if (line.empty() || line.front() == '#' || line.front() == '^' || space == std::string_view::npos) continue;
    const std::string_view name = text::trim(line.substr(space + 1));
    if (is_object_name(line.substr(0, space)) && is_ref_name(name))
      refs.shas[std::string(name)] = std::string(line.substr(0, space));
  }
}

// A submodule's name may have slashes, so that its folder lies deeper.
void add_configs_below(const std::string& folder, int depth, std::vector<std::string>& out) {
  constexpr int k_deepest = 32;
  if (depth > k_deepest) return;
  for (const std::string& name : os::list_directory(folder).value_or({})) {
    const std::string inner = fmt::format("{}/{}", folder, name);
    if (!os::is_directory(inner)) continue;
    const bool is_repository = os::exists(inner + "/HEAD") && os::exists(inner + "/config");
    if (is_repository) out.push_back(inner + "/config");
    add_configs_below(is_repository ? inner + "/modules" : inner, depth + 1, out);
  }
}

}  // namespace

Result<std::optional<Clone>> find_clone(const std::string& directory) {
  std::string top = os::absolute_path(directory);
  while (!os::exists(top + "/.git")) {
    if (top == "/" || top.empty()) return std::optional<Clone>();
    top = fs::path(top).parent_path().string();
  }
  const std::string entry = top + "/.git";
  Clone clone{top, entry, entry};
  if (!os::is_directory(entry)) {
    constexpr std::string_view k_leads_to = "gitdir:";
    PW_TRY_ASSIGN(const std::string line, named_in(top, ".git"));
    if (!line.starts_with(k_leads_to)) return std::optional<Clone>();
    clone.folder = resolved(top, text::trim(std::string_view(line).substr(k_leads_to.size())));
    PW_TRY(same_owner(entry, clone.folder));
  }
  PW_TRY_ASSIGN(const std::string common, named_in(clone.folder, "commondir"));
  clone.common = common.empty() ? clone.folder : resolved(clone.folder, common);
  if (!common.empty()) PW_TRY(same_owner(clone.folder + "/commondir", clone.common));
  return std::optional(std::move(clone));
}

Result<Refs> refs_of(const Clone& clone) {
  Refs refs;
  if (os::exists(clone.common + "/packed-refs")) {
    PW_TRY_ASSIGN(const std::string packed, os::read_file_below(clone.common, "packed-refs"));
    read_packed(packed, refs);
  }
  PW_TRY_ASSIGN(const std::vector<std::string> loose, os::list_files_below(clone.common + "/refs", k_most_refs));
  for (const std::string& name : loose) {
    const std::string whole = "refs/" + name;
    if (!is_ref_name(whole)) continue;
    const Result<std::string> text = os::read_file_below(clone.common, whole, k_longest_line);
    if (!text) continue;  // deleted meanwhile
    const std::string_view value = text::trim(*text);
    constexpr std::string_view k_symbolic = "ref: ";
    if (is_object_name(value))
      refs.shas[whole] = std::string(value);
    else if (value.starts_with(k_symbolic) && is_ref_name(value.substr(k_symbolic.size())))
      refs.symbolic[whole] = std::string(value.substr(k_symbolic.size()));
  }
  return refs;
}

std::vector<std::string> configs_of_submodules(const Clone& clone) {
  std::vector<std::string> out;
  add_configs_below(clone.common + "/modules", 0, out);
  return out;
}

}  // namespace perfwarden::checkout
