#include "app/init/tree.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/text.hpp"
#include "os/files/files.hpp"

namespace perfwarden::app {
namespace {

namespace fs = std::filesystem;

constexpr int k_max_depth = 6;
constexpr std::size_t k_max_entries = 20'000;
constexpr std::size_t k_max_file_bytes = 256 << 10;
constexpr std::size_t k_max_bytes = std::size_t{64} << 20;  // of all files together

bool is_skipped_folder(const std::string& name) {
  static const std::set<std::string> k_skipped{
      "node_modules", "target",  "vendor",      "third_party", "third-party", "external", "deps", "dist",
      "out",          "reports", "__pycache__", "venv",        "_deps",       "bin",      "obj",  "site-packages"};
  return name.starts_with('.') || name.starts_with("build") || name.starts_with("cmake-build") ||
         name.starts_with("bazel-") || k_skipped.contains(name);
}

// Files that are read: build files, and sources that may hold benchmarks.
bool is_read(const std::string& name, const std::string& path) {
  static const std::set<std::string> k_names{
      "CMakeLists.txt",   "meson.build",      "go.mod",     "go.work",  "Cargo.toml",    "package.json",
      "Makefile",         "GNUmakefile",      "makefile",   "BUILD",    "BUILD.bazel",   "pyproject.toml",
      "requirements.txt", "setup.cfg",        "setup.py",   "tox.ini",  "asv.conf.json", "pom.xml",
      "build.gradle",     "build.gradle.kts", "justfile",   "Justfile", ".justfile",     "pnpm-workspace.yaml",
      "lerna.json",       "environment.yml",  "noxfile.py", "Gemfile",  "Project.toml",  "pubspec.yaml",
      "Package.swift"};
  if (k_names.contains(name)) return true;
  if (ends_in_any(name, {".cpp", ".cc", ".cxx", ".c++", "_test.go", ".sh", ".csproj", ".rs"})) return true;
  if (ends_in_any(name, {".js", ".mjs", ".cjs", ".ts", ".mts"})) return !name.ends_with(".d.ts");
  const bool benchmarks = path.find("bench") != std::string::npos;
  if (name.ends_with(".py")) return benchmarks || name.starts_with("test");
  if (ends_in_any(name, {".rb", ".jl", ".dart"})) return benchmarks;
  return name.ends_with(".txt") && name.starts_with("requirements");
}

// Files that need only be there.
bool is_mark(const std::string& name) {
  static const std::set<std::string> k_names{
      "package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock",    ".yarnrc.yml",
      "uv.lock",           "poetry.lock",         "pdm.lock",       "MODULE.bazel", "WORKSPACE",
      "WORKSPACE.bazel",   "bun.lockb",           "bun.lock",       "gradlew",      "mvnw",
      "settings.gradle",   "settings.gradle.kts", "global.json",    "configure"};
  return k_names.contains(name) || name.ends_with(".sln");
}

}  // namespace

SourceTree SourceTree::look(const std::string& root) {
  SourceTree tree;
  std::error_code error;
  std::size_t entries = 0;
  std::size_t bytes = 0;
  auto at = fs::recursive_directory_iterator(root, fs::directory_options::skip_permission_denied, error);
  for (const auto end = fs::recursive_directory_iterator(); !error && at != end; at.increment(error)) {
    if (++entries > k_max_entries || bytes > k_max_bytes) break;
    const std::string name = at->path().filename().string();
    std::error_code ignored;
    if (at->is_symlink(ignored)) continue;
    if (at->is_directory(ignored)) {
      if (is_skipped_folder(name) || at.depth() >= k_max_depth) at.disable_recursion_pending();
      continue;
    }
    if (!at->is_regular_file(ignored)) continue;
    const fs::path relative = at->path().lexically_relative(root);
    File file{relative.generic_string(), name, relative.parent_path().generic_string(), ""};
    if (!is_mark(name)) {
      if (!is_read(name, file.path)) continue;
      auto text = os::read_file(at->path().string(), k_max_file_bytes);
      if (!text) continue;
      file.text = *std::move(text);
      bytes += file.text.size();
    }
    tree.files_.push_back(std::move(file));
  }
  const auto depth = [](const File& file) { return std::count(file.path.begin(), file.path.end(), '/'); };
  std::sort(tree.files_.begin(), tree.files_.end(),
            [&](const File& a, const File& b) { return depth(a) != depth(b) ? depth(a) < depth(b) : a.path < b.path; });
  return tree;
}

const File* SourceTree::at(std::string_view path) const {
  const auto found = std::find_if(files_.begin(), files_.end(), [&](const File& file) { return file.path == path; });
  return found == files_.end() ? nullptr : &*found;
}

const File* SourceTree::above(const std::string& folder, const std::vector<std::string_view>& names) const {
  for (std::string place = folder;; place = parent_of(place)) {
    for (const std::string_view name : names)
      if (const File* file = at(below(place, std::string(name)))) return file;
    if (place.empty()) return nullptr;
  }
}

bool SourceTree::any_named(const std::vector<std::string_view>& names) const {
  return std::any_of(files_.begin(), files_.end(),
                     [&](const File& file) { return std::find(names.begin(), names.end(), file.name) != names.end(); });
}

std::string below(const std::string& folder, const std::string& name) {
  if (folder.empty() || name.empty()) return folder + name;
  return folder + "/" + name;
}

std::string seen_from(const std::string& folder, const std::string& path) {
  if (folder.empty()) return path;
  if (path == folder) return "";
  return path.starts_with(folder + "/") ? path.substr(folder.size() + 1) : path;
}

std::string way_up(const std::string& folder, const std::string& to) {
  std::string out;
  for (std::string place = folder; place != to && !place.empty(); place = parent_of(place))
    out += out.empty() ? ".." : "/..";
  return out;
}

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

std::string stem_of(const std::string& path) {
  return fs::path(path).stem().string();
}

bool is_plain_word(std::string_view word) {
  return !word.empty() && word.front() != '-' && std::all_of(word.begin(), word.end(), [](char c) {
    return text::is_alphanumeric(c) || std::string_view("_./+-@").find(c) != std::string_view::npos;
  });
}

bool ends_in_any(std::string_view name, const std::vector<std::string_view>& endings) {
  return std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) { return name.ends_with(ending); });
}

bool has_word(std::string_view text, std::string_view word) {
  const auto is_part = [](char c) { return text::is_alphanumeric(c) || c == '_' || c == '-'; };
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || !is_part(text[at - 1])) && (end == text.size() || !is_part(text[end]))) return true;
  }
  return false;
}

bool imports_module(const File& file, std::string_view module) {
  const std::string name(module);
  for (const char* quote : {"'", "\""})
    if (file.has(quote + name + quote) || file.has(quote + name + "/")) return true;
  return false;
}

std::string in_quotes(std::string_view text, char quote, std::size_t from) {
  const std::size_t open = text.find(quote, from);
  if (open == std::string_view::npos) return "";
  const std::size_t close = text.find(quote, open + 1);
  return close == std::string_view::npos ? "" : std::string(text.substr(open + 1, close - open - 1));
}

std::vector<std::string> words_of(std::string_view text) {
  constexpr std::string_view k_between = " \t\r\n\"'";
  std::vector<std::string> out;
  while (true) {
    const std::size_t start = text.find_first_not_of(k_between);
    if (start == std::string_view::npos) return out;
    const std::size_t end = std::min(text.find_first_of(k_between, start), text.size());
    out.emplace_back(text.substr(start, end - start));
    text.remove_prefix(end);
  }
}

}  // namespace perfwarden::app
