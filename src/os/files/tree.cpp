#include "os/files/tree.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <utility>

#include "base/sha256.hpp"
#include "base/text.hpp"
#include "os/files/file_error.hpp"
#include "os/files/files.hpp"
#include "os/process/descriptors.hpp"
#include "os/process/signals.hpp"

namespace perfwarden::os {
namespace {
namespace fs = std::filesystem;

constexpr std::size_t k_most_entries = 1'000'000;
constexpr mode_t k_permissions = 0777;

Error tree_error(int number, const std::string& root, const std::string& path, std::string_view verb) {
  return file_error(number, text::one_line(path.empty() ? root : root + "/" + path), verb);
}

Error unfit(const std::string& root, const std::string& path, std::string what) {
  return {.kind = ErrorKind::io, .what = std::move(what), .where = text::one_line(root + "/" + path)};
}

Result<UniqueFd> open_tree(const std::string& root) {
  UniqueFd fd(::open(root.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) return tree_error(errno, root, "", "open the folder");
  return fd;
}

// A Walker opens the folders that entries are in; the last one is kept, since what follows is mostly in it too.
class Walker {
 public:
  explicit Walker(UniqueFd root) : root_(std::move(root)) {}

  // The folder that holds `path`, or -1 with errno set.
  int parent_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return root_.get();
    const std::string_view parent = std::string_view(path).substr(0, slash);
    if (!last_ || parent != last_path_) {
      last_path_ = parent;
      last_ = open_without_links(root_.get(), last_path_, O_PATH | O_DIRECTORY);
    }
    return last_ ? last_.get() : -1;
  }
  static std::string name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }
  // The last step does not follow a link either.
  UniqueFd open(const std::string& path, int flags, mode_t mode = 0) {
    const int parent = parent_of(path);
    if (parent < 0) return UniqueFd();
    return UniqueFd(::openat(parent, name_of(path).c_str(), flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, mode));
  }

 private:
  UniqueFd root_, last_;
  std::string last_path_;
};

// Hands a file's bytes over in pieces; 0 or errno.
template <class Take>
int read_pieces(int fd, Take take) {
  std::array<char, 65536> buffer;  // NOLINT: filled by read
  while (true) {
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR && !gave_up_for_signal(errno)) continue;
    if (got < 0) return errno;
    if (got == 0) return 0;
    if (const int number = take(std::string_view(buffer.data(), static_cast<std::size_t>(got))); number != 0)
      return number;
  }
}

std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

Status read_file_entry(Walker& walker, const std::string& root, uid_t owner, TreeEntry& entry) {
  const UniqueFd file = walker.open(entry.path, O_RDONLY);
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0) return tree_error(errno, root, entry.path, "read");
  if (!S_ISREG(status.st_mode) || status.st_uid != owner) return unfit(root, entry.path, "changed while it was read");
  Sha256 hash;
  std::uint64_t bytes = 0;
  const int number = read_pieces(file.get(), [&](std::string_view piece) {
    hash.add(piece);
    bytes += piece.size();
    return 0;
  });
  if (number != 0) return tree_error(number, root, entry.path, "read");
  entry.bytes = bytes;
  entry.content = hash.finish();
  return Nothing{};
}

Result<TreeEntry> read_entry(Walker& walker, const std::string& root, uid_t owner, std::string path) {
  TreeEntry entry;
  entry.path = std::move(path);
  const int parent = walker.parent_of(entry.path);
  const std::string name = Walker::name_of(entry.path);
  struct stat status {};
  if (parent < 0 || ::fstatat(parent, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
    return tree_error(errno, root, entry.path, "read");
  if (status.st_uid != owner)
    return unfit(root, entry.path, fmt::format("belongs to user {}, not {}", status.st_uid, owner));
  entry.modified_ns = nanoseconds(status.st_mtim);
  entry.mode = status.st_mode & k_permissions;
  if (S_ISDIR(status.st_mode)) {
    entry.kind = TreeEntry::Kind::folder;
  } else if (S_ISLNK(status.st_mode)) {
    entry.kind = TreeEntry::Kind::link;
    entry.mode = 0;
    std::array<char, 4096> target;  // NOLINT: filled by readlinkat
    const ssize_t size = ::readlinkat(parent, name.c_str(), target.data(), target.size());
    if (size < 0) return tree_error(errno, root, entry.path, "read the link");
    entry.content.assign(target.data(), static_cast<std::size_t>(size));
  } else if (S_ISREG(status.st_mode)) {
    PW_TRY(read_file_entry(walker, root, owner, entry));
  } else {
    return unfit(root, entry.path, "is a socket, pipe or device");
  }
  return entry;
}

Result<std::vector<std::string>> paths_below(const std::string& root) {
  std::vector<std::string> paths;
  std::error_code code;
  fs::recursive_directory_iterator entry(root, code);
  for (const fs::recursive_directory_iterator end; !code && entry != end; entry.increment(code)) {
    if (entry.depth() == 0 && entry->path().filename() == ".git") {
      entry.disable_recursion_pending();
      continue;
    }
    if (entry.depth() > k_deepest_folder || paths.size() >= k_most_entries)
      return unfit(
          root, "",
          fmt::format("has more than {} entries, or folders deeper than {}", k_most_entries, k_deepest_folder));
    paths.push_back(entry->path().string().substr(root.size() + 1));
  }
  if (code) return tree_error(code.value(), root, "", "list");
  std::sort(paths.begin(), paths.end());
  return paths;
}

Status copy_file(Walker& source, Walker& target, const std::string& from, const std::string& to,
                 const std::string& path) {
  const UniqueFd in = source.open(path, O_RDONLY);
  struct stat status {};
  if (!in || ::fstat(in.get(), &status) != 0) return tree_error(errno, from, path, "read");
  if (!S_ISREG(status.st_mode)) return unfit(from, path, "is not a file");
  const UniqueFd out = target.open(path, O_WRONLY | O_CREAT | O_EXCL, S_IRUSR | S_IWUSR);
  if (!out) return tree_error(errno, to, path, "write");
  const int number = read_pieces(in.get(), [&](std::string_view piece) { return write_fully(out.get(), piece); });
  if (number != 0) return tree_error(number, to, path, "write");
  return Nothing{};
}

}  // namespace

Result<Tree> read_tree(const std::string& root) {
  PW_TRY_ASSIGN(UniqueFd fd, open_tree(root));
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return tree_error(errno, root, "", "read");
  PW_TRY_ASSIGN(std::vector<std::string> paths, paths_below(root));
  Walker walker(std::move(fd));
  Tree tree;
  tree.reserve(paths.size());
  for (std::string& path : paths) {
    PW_TRY_ASSIGN(TreeEntry entry, read_entry(walker, root, status.st_uid, std::move(path)));
    tree.push_back(std::move(entry));
  }
  return tree;
}

Status copy_files(const std::string& from, const std::string& to, const Tree& entries) {
  PW_TRY_ASSIGN(UniqueFd source_root, open_tree(from));
  PW_TRY_ASSIGN(UniqueFd target_root, open_tree(to));
  Walker source(std::move(source_root));
  Walker target(std::move(target_root));
  for (const TreeEntry& entry : entries) {
    if (entry.kind == TreeEntry::Kind::file) PW_TRY(copy_file(source, target, from, to, entry.path));
    if (entry.kind != TreeEntry::Kind::folder) continue;
    const int parent = target.parent_of(entry.path);
    if (parent < 0 || (::mkdirat(parent, Walker::name_of(entry.path).c_str(), S_IRWXU) != 0 && errno != EEXIST))
      return tree_error(errno, to, entry.path, "make the folder");
  }
  return Nothing{};
}

Status make_links_and_modes(const std::string& root, const Tree& entries) {
  PW_TRY_ASSIGN(UniqueFd fd, open_tree(root));
  Walker walker(std::move(fd));
  for (const TreeEntry& entry : entries) {
    if (entry.kind != TreeEntry::Kind::link) continue;
    const int parent = walker.parent_of(entry.path);
    if (parent < 0 || ::symlinkat(entry.content.c_str(), parent, Walker::name_of(entry.path).c_str()) != 0)
      return tree_error(errno, root, entry.path, "make the link");
  }
  // From below, since a folder may come to forbid what is done in it.
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    if (entry->kind == TreeEntry::Kind::link) continue;
    const UniqueFd it = walker.open(entry->path, O_RDONLY);
    if (!it || ::fchmod(it.get(), entry->mode & k_permissions) != 0)
      return tree_error(errno, root, entry->path, "set the permissions");
  }
  return Nothing{};
}

Status set_times(const std::string& root, const Tree& entries) {
  PW_TRY_ASSIGN(UniqueFd fd, open_tree(root));
  Walker walker(std::move(fd));
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    const int parent = walker.parent_of(entry->path);
    const std::array<timespec, 2> times{
        {{0, UTIME_OMIT}, {entry->modified_ns / 1'000'000'000, entry->modified_ns % 1'000'000'000}}};
    if (parent < 0 || ::utimensat(parent, Walker::name_of(entry->path).c_str(), times.data(), AT_SYMLINK_NOFOLLOW) != 0)
      return tree_error(errno, root, entry->path, "set the time");
  }
  return Nothing{};
}

void write_out(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd) ::syncfs(fd.get());
}

Result<std::string> make_private_folder(const std::string& path) {
  const fs::path whole(absolute_path(path));
  std::error_code code;
  if (fs::is_symlink(fs::symlink_status(whole, code)))
    return Error{.kind = ErrorKind::io,
                 .what = "this is a symbolic link, but a real folder is needed",
                 .where = whole.string(),
                 .hint = "name the folder itself"};
  fs::path part;
  for (const fs::path& step : whole) {
    part /= step;
    if (::mkdir(part.c_str(), part == whole ? 0700 : 0755) != 0 && !is_directory(part.string()))
      return tree_error(errno, part.string(), "", "make the folder");
  }
  const fs::path real = fs::canonical(whole, code);
  if (code) return tree_error(code.value(), whole.string(), "", "find the folder");
  for (fs::path at = real;; at = at.parent_path()) {
    struct stat status {};
    if (::lstat(at.c_str(), &status) != 0) return tree_error(errno, at.string(), "", "read the owner");
    const bool own = at == real;
    const bool foreign = status.st_uid != ::geteuid() && (own || status.st_uid != 0);
    const bool open = (status.st_mode & (S_IWGRP | S_IWOTH)) != 0 && (own || (status.st_mode & S_ISVTX) == 0);
    if (!S_ISDIR(status.st_mode) || foreign || open)
      return Error{.kind = ErrorKind::io,
                   .what = foreign
                               ? fmt::format("belongs to user {}, who could change what is stored there", status.st_uid)
                               : "can be written to by others, who could change what is stored there",
                   .where = at.string(),
                   .hint = foreign ? fmt::format("name a folder of user {}, such as /var/cache/perfwarden", ::geteuid())
                                   : "remove the permission (chmod go-w), empty the folder, or name another one"};
    if (at == at.root_path()) break;
  }
  return real.string();
}

}  // namespace perfwarden::os
