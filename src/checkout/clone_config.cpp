#include "checkout/clone_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/text.hpp"
#include "os/files/files.hpp"

namespace perfwarden::checkout {
namespace {

// section.subsection.name: a subsection may hold dots.
struct Key {
  std::string_view section, subsection, name;
};

Key split_key(std::string_view key) {
  const std::size_t first = key.find('.'), last = key.rfind('.');
  if (first == std::string_view::npos) return {key, "", ""};
  const std::string_view middle = last > first ? key.substr(first + 1, last - first - 1) : std::string_view();
  return {key.substr(0, first), middle, key.substr(last + 1)};
}

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// An address and not a program: `ext::sh -c …` and other helpers, or an option of ssh.
bool is_address(std::string_view url) {
  const std::size_t helper = url.find("::");
  return !url.empty() && url.front() != '-' && (helper == std::string_view::npos || helper > url.find('/'));
}

bool is_plain_value(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) { return text::is_alphanumeric(c) || c == '-'; });
}

Result<Settings> settings_in(os::Processes& processes, const std::string& file,
                             const std::map<std::string, std::string>& env, const std::optional<os::User>& user) {
  os::Command command;
  command.argv = {"git", "config", "--no-includes", "--null", "--list", "--file", file};
  command.cwd = "/";  // in no repository
  command.env = env;
  command.timeout_s = 60;
  if (user) {
    command.uid = user->uid;
    command.gid = user->gid;
  }
  PW_TRY_ASSIGN(const os::ProcessResult result, processes.run(command));
  if (result.interrupted) return Error{.kind = ErrorKind::interrupted, .what = "git config was interrupted"};
  if (!result.ok())
    return Error{.kind = ErrorKind::io,
                 .what = "git cannot read this file: " + std::string(text::one_line(text::trim(result.err))),
                 .where = file,
                 .hint = "mend the file, or make a new clone"};
  Settings out;
  for (const std::string_view entry : text::split(result.out, '\0')) {
    if (entry.empty()) continue;
    const std::size_t newline = entry.find('\n');  // none: `[core] bare`, which means true
    if (newline == std::string_view::npos)
      out.emplace_back(entry, "true");
    else
      out.emplace_back(entry.substr(0, newline), entry.substr(newline + 1));
  }
  return out;
}

// actions/checkout writes its token into such a file below RUNNER_TEMP and includes it by the clone's path.
bool is_credentials_file(std::string_view key, const std::string& value) {
  const Key parts = split_key(key);
  const std::string name = std::filesystem::path(value).filename().string();
  return (parts.section == "includeif" || parts.section == "include") && parts.name == "path" &&
         value.starts_with('/') && name.starts_with("git-credentials-") && name.ends_with(".config") &&
         os::exists(value);
}

// Without it files stay pointers, which is said elsewhere.
bool has_git_lfs(const std::map<std::string, std::string>& env) {
  const auto path = env.find("PATH");
  if (path == env.end()) return false;
  const std::vector<std::string_view> folders = text::split(path->second, ':');
  return std::any_of(folders.begin(), folders.end(), [](std::string_view folder) {
    return !folder.empty() && os::exists(std::string(folder) + "/git-lfs");
  });
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

void add(std::string& text, std::string_view key, std::string_view value) {
  const Key parts = split_key(key);
  text += fmt::format("[{}{}]\n\t{} = {}\n", parts.section,
                      parts.subsection.empty() ? "" : " " + quoted(parts.subsection), parts.name, quoted(value));
}

}  // namespace

bool is_copied(std::string_view key, std::string_view value) {
  static constexpr std::array<std::string_view, 10> core{"autocrlf",         "eol",
                                                         "filemode",         "symlinks",
                                                         "ignorecase",       "precomposeunicode",
                                                         "sparsecheckout",   "sparsecheckoutcone",
                                                         "bigfilethreshold", "safecrlf"};
  static constexpr std::array<std::string_view, 9> http{"extraheader", "proxy",   "sslverify", "sslcainfo", "sslcapath",
                                                        "sslversion",  "sslcert", "sslkey",    "version"};
  static constexpr std::array<std::string_view, 6> remote{"url",   "fetch", "proxy", "promisor", "partialclonefilter",
                                                          "tagopt"};
  static constexpr std::array<std::string_view, 3> extensions{"objectformat", "partialclone", "compatobjectformat"};
  const Key parts = split_key(key);
  if (parts.section == "core") return parts.subsection.empty() && is_one_of(parts.name, core) && is_plain_value(value);
  if (parts.section == "extensions") return parts.subsection.empty() && is_one_of(parts.name, extensions);
  if (parts.section == "http") return is_one_of(parts.name, http);
  if (parts.section == "lfs") return parts.subsection.empty() && parts.name == "url" && is_address(value);
  if (parts.section != "remote" || parts.subsection.empty() || !is_one_of(parts.name, remote)) return false;
  return parts.name != "url" || is_address(value);
}

Result<PrivateConfig> private_config(os::Processes& processes, const Clone& clone,
                                     const std::map<std::string, std::string>& env,
                                     const std::optional<os::User>& user) {
  PrivateConfig out;
  std::vector<std::string> files{clone.common + "/config"};
  if (const std::string own = clone.folder + "/config.worktree"; os::exists(own)) files.push_back(own);
  std::string copied;
  bool uses_lfs = false, newer_format = false;
  for (std::size_t i = 0; i < files.size(); ++i) {
    PW_TRY_ASSIGN(const Settings settings, settings_in(processes, files[i], env, user));
    for (const auto& [key, value] : settings) {
      if (i == 0 && is_credentials_file(key, value)) files.push_back(value);
      if (key == "extensions.refstorage" && value != "files")
        return Error{.kind = ErrorKind::config,
                     .what = "this clone keeps its refs as " + text::one_line(value) + ", which cannot be read yet",
                     .where = files[i],
                     .hint = "git refs migrate --ref-format=files"};
      uses_lfs = uses_lfs || key.starts_with("filter.lfs.");
      if (!is_copied(key, value)) continue;
      newer_format = newer_format || key.starts_with("extensions.");
      if (key.ends_with(".extraheader"))
        out.secret.emplace_back(key, value);
      else
        add(copied, key, value);
    }
  }
  out.text = fmt::format("[core]\n\tbare = true\n\trepositoryformatversion = {}\n", newer_format ? 1 : 0);
  out.text += copied;
  if (uses_lfs && has_git_lfs(env)) {
    add(out.text, "filter.lfs.clean", "git-lfs clean -- %f");
    add(out.text, "filter.lfs.smudge", "git-lfs smudge -- %f");
    add(out.text, "filter.lfs.process", "git-lfs filter-process");
    add(out.text, "filter.lfs.required", "true");
    add(out.text, "lfs.storage", clone.common + "/lfs");
  }
  return out;
}

}  // namespace perfwarden::checkout
