#include "checkout/build_cache.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>

#include "base/sha256.hpp"
#include "base/text.hpp"
#include "checkout/build_entry.hpp"
#include "os/files/files.hpp"
#include "os/files/folder_lock.hpp"

namespace perfwarden::checkout {
namespace {
namespace fs = std::filesystem;

constexpr std::string_view k_unfinished = ".unfinished-";
constexpr std::size_t k_told_parts = 3;

bool is_entry_name(const std::string& name) {
  return name.size() == 64 && name.find_first_not_of("0123456789abcdef") == std::string::npos;
}

// Files of a run that was killed while storing. The caller holds the lock, so no other process uses them.
Status remove_unfinished(const std::string& directory) {
  PW_TRY_ASSIGN(const std::vector<std::string> names, os::list_directory(directory));
  for (const std::string& name : names)
    if (name.starts_with(k_unfinished)) PW_TRY(os::remove_all(fmt::format("{}/{}", directory, name)));
  return Nothing{};
}

void touch(const std::string& path) {
  std::error_code ignored;
  fs::last_write_time(path, fs::file_time_type::clock::now(), ignored);
}

// The parts in which two keys differ, by name.
std::vector<std::string> differing_parts(const BuildKey& a, const BuildKey& b) {
  const std::map<std::string, std::string> here(a.begin(), a.end());
  const std::map<std::string, std::string> there(b.begin(), b.end());
  std::vector<std::string> names;
  for (const auto& [name, value] : here)
    if (const auto other = there.find(name); other == there.end() || other->second != value) names.push_back(name);
  for (const auto& [name, value] : there)
    if (!here.contains(name)) names.push_back(name);
  return names;
}

// The entry that differs least, among those with the key's first part (the tree).
std::string why_none_fits(const std::string& directory, const BuildKey& key) {
  const Result<std::vector<std::string>> names = os::list_directory(directory);
  std::vector<std::string> fewest;
  for (const std::string& name : names.value_or({})) {
    if (!is_entry_name(name)) continue;
    const auto manifest = read_manifest(fmt::format("{}/{}", directory, name));
    if (!manifest || manifest->key.empty() || key.empty() || manifest->key.front() != key.front()) continue;
    std::vector<std::string> differs = differing_parts(key, manifest->key);
    if (fewest.empty() || differs.size() < fewest.size()) fewest = std::move(differs);
  }
  if (fewest.empty()) return "it was not built before";
  const std::size_t more = fewest.size() > k_told_parts ? fewest.size() - k_told_parts : 0;
  fewest.resize(fewest.size() - more);
  return fmt::format("it was built before, but not with the same {}{}", text::one_line(text::join(fewest, ", ")),
                     more == 0 ? "" : fmt::format(" and {} more", more));
}

// Entries of the tree that are not in the checkout; Error when an entry of the checkout was changed.
Result<os::Tree> made_by_build(const os::Tree& after, const os::Tree& checkout, const std::string& worktree) {
  std::map<std::string_view, const os::TreeEntry*> before;
  for (const os::TreeEntry& entry : checkout) before.emplace(entry.path, &entry);
  os::Tree made;
  std::size_t met = 0;
  for (const os::TreeEntry& entry : after) {
    const auto found = before.find(entry.path);
    if (found == before.end()) {
      made.push_back(entry);
      continue;
    }
    ++met;
    os::TreeEntry same = *found->second;
    same.modified_ns = entry.modified_ns;
    if (same != entry)
      return Error{.kind = ErrorKind::io,
                   .what = "the build changes this file of the repository",
                   .where = worktree + "/" + entry.path,
                   .hint = "let the build write to a file that git does not track"};
  }
  if (met != checkout.size())
    return Error{.kind = ErrorKind::io,
                 .what = "the build removes files of the repository",
                 .where = worktree,
                 .hint = "let the build leave them where they are"};
  return made;
}

// A program that a link elsewhere leads to would not be kept, and could be replaced before the next run.
Status refuse_links_out(const os::Tree& tree, const std::string& worktree) {
  static constexpr std::array k_installed = {"/usr/", "/bin/", "/lib/", "/lib64/", "/opt/", "/nix/store/"};
  for (const os::TreeEntry& entry : tree) {
    if (entry.kind != os::TreeEntry::Kind::link) continue;
    const fs::path at(worktree + "/" + entry.path);
    const std::string target = (at.parent_path() / entry.content).lexically_normal().string();
    const bool inside = target == worktree || target.starts_with(worktree + "/");
    const bool installed =
        entry.content.starts_with('/') && std::any_of(k_installed.begin(), k_installed.end(),
                                                      [&](const char* folder) { return target.starts_with(folder); });
    if (inside || installed) continue;
    return Error{.kind = ErrorKind::io,
                 .what = "the build leaves a link that leads out of its folder, to " + text::one_line(entry.content),
                 .where = text::one_line(at.string()),
                 .hint = "let the build put its results below its own folder"};
  }
  return Nothing{};
}

bool equal_but_times(const os::Tree& a, const os::Tree& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const os::TreeEntry& x, os::TreeEntry y) {
    y.modified_ns = x.modified_ns;
    return x == y;
  });
}

// Everything of `entry` into the worktree; Error when the outcome is not what was kept.
Status put_back(const std::string& entry, const os::Tree& list, const os::Tree& checkout, const std::string& worktree) {
  PW_TRY_ASSIGN(const os::Tree made, made_by_build(list, checkout, worktree));
  PW_TRY(os::copy_files(entry + k_files_folder, worktree, made));
  PW_TRY(os::make_links_and_modes(worktree, made));
  PW_TRY(os::give_to_owner_of(worktree, worktree));
  PW_TRY_ASSIGN(const os::Tree now, os::read_tree(worktree));
  if (!equal_but_times(now, list))
    return Error{.kind = ErrorKind::io, .what = "its content is not what was kept", .where = entry};
  PW_TRY(os::set_times(worktree, list));
  return Nothing{};
}

}  // namespace

std::string digest_of(const BuildKey& key) {
  std::string text;
  for (const auto& [name, value] : key) text += fmt::format("{}:{}{}:{}", name.size(), name, value.size(), value);
  return sha256(text);
}

std::string digest_of(const os::Tree& checkout) {
  os::Tree timeless = checkout;
  for (os::TreeEntry& entry : timeless) entry.modified_ns = 0;
  return sha256(list_text(timeless));
}

Result<BuildCache> BuildCache::open(const std::string& directory, std::uint64_t limit_bytes,
                                    const os::Patience& patience) {
  PW_TRY_ASSIGN(std::string real, os::make_private_folder(directory));
  return BuildCache(std::move(real), limit_bytes, patience);
}

Result<BuildCache::Answer> BuildCache::restore(const BuildKey& key, const std::string& worktree,
                                               const os::Tree& checkout) const {
  PW_TRY_ASSIGN(const os::FolderLock lock, os::FolderLock::lock(directory_, patience_));
  PW_TRY(remove_unfinished(directory_));
  const std::string entry = directory_ + "/" + digest_of(key);
  Answer answer;
  if (!os::exists(entry)) {
    answer.why_not = why_none_fits(directory_, key);
    return answer;
  }
  const auto damaged = [&](const Error& error) -> Result<Answer> {
    PW_TRY(os::remove_all(entry));
    answer.damaged = true;
    answer.why_not = "its entry was damaged and is removed (" + text::one_line(error.text()) + ")";
    return answer;
  };
  std::error_code ignored;
  if (!fs::is_directory(fs::symlink_status(entry, ignored)))
    return damaged({.kind = ErrorKind::io, .what = "it is not a folder", .where = entry});
  const Result<Manifest> manifest = read_manifest(entry);
  if (!manifest) return damaged(manifest.error());
  const Result<os::Tree> list = read_list(entry, *manifest);
  if (!list) return damaged(list.error());
  if (manifest->key != key)
    return damaged({.kind = ErrorKind::io, .what = "its key is a different one", .where = entry});
  if (const Status put = put_back(entry, *list, checkout, worktree); !put) {
    answer.untidy = true;
    return damaged(put.error());
  }
  touch(entry);
  answer.found = manifest->facts;
  return answer;
}

Result<std::uint64_t> BuildCache::keep(const BuildKey& key, const std::string& worktree, const os::Tree& checkout,
                                       const Found& facts) const {
  PW_TRY_ASSIGN(const os::Tree after, os::read_tree(worktree));
  PW_TRY_ASSIGN(const os::Tree made, made_by_build(after, checkout, worktree));
  PW_TRY(refuse_links_out(after, worktree));
  Manifest manifest{key, facts, 0, ""};
  for (const os::TreeEntry& entry : made) manifest.bytes += entry.bytes;
  if (manifest.bytes > limit_bytes_)
    return Error{.kind = ErrorKind::io,
                 .what = fmt::format("the build is larger than the limit of {} bytes", limit_bytes_),
                 .where = worktree,
                 .hint = "raise build-cache.limit"};
  PW_TRY_ASSIGN(const os::FolderLock lock, os::FolderLock::lock(directory_, patience_));
  PW_TRY(remove_unfinished(directory_));
  PW_TRY(make_room(manifest.bytes));
  const std::string digest = digest_of(key);
  const std::string unfinished = fmt::format("{}/{}{}", directory_, k_unfinished, digest);
  const auto store = [&]() -> Status {
    PW_TRY_ASSIGN(const std::string folder, os::make_private_folder(unfinished));
    PW_TRY(os::make_directories(folder + k_files_folder));
    os::Tree folders_and_made = made;
    for (const os::TreeEntry& entry : checkout)
      if (entry.kind == os::TreeEntry::Kind::folder) folders_and_made.push_back(entry);
    std::sort(folders_and_made.begin(), folders_and_made.end(),
              [](const os::TreeEntry& a, const os::TreeEntry& b) { return a.path < b.path; });
    PW_TRY(os::copy_files(worktree, folder + k_files_folder, folders_and_made));
    PW_TRY(write_entry(folder, std::move(manifest), after));
    const std::string entry = directory_ + "/" + digest;
    PW_TRY(os::remove_all(entry));  // of another run, meanwhile
    std::error_code code;
    fs::rename(folder, entry, code);
    if (code) return Error{.kind = ErrorKind::io, .what = "cannot rename: " + code.message(), .where = folder};
    touch(entry);
    return Nothing{};
  };
  const std::uint64_t bytes = manifest.bytes;
  if (Status stored = store(); !stored) {
    (void)os::remove_all(unfinished).has_value();
    return std::move(stored).error();
  }
  return bytes;
}

Status BuildCache::make_room(std::uint64_t bytes) const {
  struct Kept {
    fs::file_time_type used;
    std::string path;
    std::uint64_t bytes;
  };
  std::vector<Kept> all;
  PW_TRY_ASSIGN(const std::vector<std::string> names, os::list_directory(directory_));
  for (const std::string& name : names) {
    if (!is_entry_name(name)) continue;
    const std::string path = fmt::format("{}/{}", directory_, name);
    const Result<Manifest> manifest = read_manifest(path);
    if (!manifest) {
      PW_TRY(os::remove_all(path));
      continue;
    }
    std::error_code ignored;
    all.push_back({fs::last_write_time(path, ignored), path, manifest->bytes});
    bytes += manifest->bytes;
  }
  std::sort(all.begin(), all.end(), [](const Kept& a, const Kept& b) { return a.used < b.used; });
  for (const Kept& one : all) {
    if (bytes <= limit_bytes_) break;
    PW_TRY(os::remove_all(one.path));
    bytes -= one.bytes;
  }
  return Nothing{};
}

Result<BuildCache::Use> BuildCache::use() const {
  Use use;
  PW_TRY_ASSIGN(const std::vector<std::string> names, os::list_directory(directory_));
  for (const std::string& name : names) {
    if (!is_entry_name(name)) continue;
    ++use.entries;
    if (const auto manifest = read_manifest(fmt::format("{}/{}", directory_, name))) use.bytes += manifest->bytes;
  }
  return use;
}

}  // namespace perfwarden::checkout
