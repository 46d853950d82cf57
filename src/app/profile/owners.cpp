#include "app/profile/owners.hpp"

#include <algorithm>
#include <memory>
#include <optional>

#include "base/text.hpp"
#include "checkout/worktree.hpp"
#include "os/files/files.hpp"

namespace perfwarden::app {
namespace {

constexpr std::size_t k_most_bytes = std::size_t{3} << 20;  // what GitHub reads of a CODEOWNERS file

// Words of a line up to a comment; a backslash keeps the blank or # after it.
std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\\' && i + 1 < line.size()) {
      word += line[++i];
    } else if (line[i] == '#' && word.empty()) {
      break;
    } else if (line[i] == ' ' || line[i] == '\t') {
      if (!word.empty()) words.push_back(std::move(word));
      word.clear();
    } else {
      word += line[i];
    }
  }
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

std::string_view name_of_file(std::string_view path) {
  const std::size_t slash = path.find_last_of("/\\");
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool ends_with_path(std::string_view path, std::string_view end) {
  if (!path.ends_with(end)) return false;
  return path.size() == end.size() || path[path.size() - end.size() - 1] == '/';
}

std::string_view without_lines(std::string_view place) {
  for (int part = 0; part < 2; ++part) {
    const std::size_t colon = place.rfind(':');
    if (colon == std::string_view::npos || colon + 1 == place.size() ||
        place.find_first_not_of("0123456789", colon + 1) != std::string_view::npos)
      break;
    place = place.substr(0, colon);
  }
  return place;
}

}  // namespace

CodeOwners::CodeOwners(std::string_view text) {
  for (const std::string_view line : text::lines(text)) {
    std::vector<std::string> words = words_of(line);
    if (words.empty()) continue;
    std::string glob = std::move(words.front());
    words.erase(words.begin());
    if (glob.starts_with('!') || glob.find('[') != std::string::npos) continue;
    Rule rule;
    rule.owners = text::join(words, " ");
    rule.exact = glob.ends_with("/*");
    const bool folder = glob.ends_with('/');
    if (folder) glob.pop_back();
    const bool anchored = glob.find('/') != std::string::npos;
    if (glob.starts_with('/')) glob.erase(0, 1);
    if (!anchored) glob.insert(0, "**/");
    if (folder) glob += "/**";
    rule.glob = std::move(glob);
    rules_.push_back(std::move(rule));
    // "**/x" asks for a folder before it, where the root has none.
    if (!anchored) rules_.push_back({rules_.back().glob.substr(3), rules_.back().owners, false});
  }
}

std::string CodeOwners::of(std::string_view path) const {
  for (auto rule = rules_.rbegin(); rule != rules_.rend(); ++rule)
    if (rule->exact ? text::glob_match(rule->glob, path) : text::glob_match_prefix(rule->glob, path))
      return rule->owners;
  return "";
}

RepositoryFiles::RepositoryFiles(std::vector<std::string> files) : files_(std::move(files)) {
  for (std::size_t i = 0; i < files_.size(); ++i) by_name_[std::string(name_of_file(files_[i]))].push_back(i);
}

std::string RepositoryFiles::find(std::string_view hint) const {
  if (hint.starts_with("file://")) hint.remove_prefix(7);
  while (hint.starts_with("./")) hint.remove_prefix(2);
  const auto named = by_name_.find(std::string(name_of_file(hint)));
  if (hint.empty() || named == by_name_.end()) return "";
  std::size_t best = files_.size();
  std::size_t longest = 0;
  bool unique = true;
  for (const std::size_t i : named->second) {
    const std::string& file = files_[i];
    if (!ends_with_path(hint, file) && !ends_with_path(file, hint)) continue;
    const std::size_t common = std::min(hint.size(), file.size());
    if (common < longest) continue;
    unique = common > longest;
    longest = common;
    best = i;
  }
  return best < files_.size() && unique ? files_[best] : "";
}

std::string_view file_in_name(std::string_view frame) {
  std::string_view place;
  if (frame.ends_with(')')) {
    const std::size_t open = frame.rfind('(');
    if (open != std::string_view::npos) place = frame.substr(open + 1, frame.size() - open - 2);
    // "x.py:12(parse)"
    if (place.find('.') == std::string_view::npos && open != std::string_view::npos) place = frame.substr(0, open);
  } else if (const std::size_t space = frame.rfind(' '); space != std::string_view::npos) {
    place = frame.substr(space + 1);
  }
  place = without_lines(place);
  const std::string_view name = name_of_file(place);
  const std::size_t dot = name.rfind('.');
  const bool script = dot != std::string_view::npos && dot > 0 && dot + 1 < name.size() &&
                      name.find_first_of(" ,<>*&(") == std::string_view::npos;
  return script ? place : std::string_view{};
}

profile::DiffOptions::OwnershipOf ownership_in(World& world, const std::string& directory,
                                               const std::string& trusted_sha) {
  const checkout::Git git(world.processes, directory, world.environment.for_children());
  const Result<std::string> top = git.top_level();
  if (!top) return nullptr;
  const Result<std::string> listed =
      checkout::Git(world.processes, *top, world.environment.for_children()).run({"ls-files", "-z"});
  if (!listed) return nullptr;
  std::vector<std::string> files;
  for (const std::string_view file : text::split(*listed, '\0'))
    if (!file.empty()) files.emplace_back(file);
  CodeOwners owners;
  for (const char* name : {".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"}) {
    const Result<std::string> text =
        trusted_sha.empty() ? os::read_file_below(*top, name, k_most_bytes) : git.show(trusted_sha, name);
    if (!text) continue;
    owners = CodeOwners(*text);
    break;
  }
  struct Repository {
    RepositoryFiles files;
    CodeOwners owners;
  };
  const auto places =
      std::make_shared<const Repository>(Repository{RepositoryFiles(std::move(files)), std::move(owners)});
  return [places](std::string_view name, std::string_view file) -> profile::DiffOptions::Ownership {
    const std::string path = places->files.find(file.empty() ? file_in_name(name) : file);
    if (path.empty()) return {};
    return {places->owners.of(path), true};
  };
}

}  // namespace perfwarden::app
