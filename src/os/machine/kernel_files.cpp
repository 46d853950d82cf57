#include "os/machine/kernel_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/text.hpp"
#include "os/files/files.hpp"
#include "os/files/unique_fd.hpp"

namespace perfwarden::os {

bool KernelFiles::has(const std::string& name) const {
  return exists(root_ + name);
}

std::string KernelFiles::text(const std::string& name) const {
  constexpr std::size_t k_largest = std::size_t{16} << 20;  // /proc/cpuinfo of hundreds of CPUs exceeds one megabyte
  return read_file(root_ + name, k_largest).value_or("");
}

std::string KernelFiles::word(const std::string& name) const {
  return std::string(perfwarden::text::trim(text(name)));
}

std::optional<long long> KernelFiles::integer(const std::string& name) const {
  return perfwarden::text::to_integer(word(name));
}

std::vector<std::string> KernelFiles::names_in(const std::string& folder) const {
  return list_directory(root_ + folder).value_or({});
}

Status KernelFiles::write(const std::string& name, std::string_view value) const {
  const std::string path = root_ + name;
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOFOLLOW));
  ssize_t written = -1;
  // The kernel takes a value in one piece: a rest would be another value.
  if (file) do
      written = ::write(file.get(), value.data(), value.size());
    while (written < 0 && errno == EINTR);
  if (written == static_cast<ssize_t>(value.size())) return Nothing{};
  return Error{.kind = ErrorKind::io,
               .what = fmt::format("cannot write: {}", std::strerror(written < 0 ? errno : EIO)),
               .where = path};
}

std::string KernelFiles::cgroup_path(std::string_view controller) const {
  const std::string file = text("/proc/self/cgroup");
  for (const std::string_view line : perfwarden::text::lines(file)) {
    const std::vector<std::string_view> parts = perfwarden::text::split(line, ':');
    if (parts.size() < 3) continue;
    for (const std::string_view name : perfwarden::text::split(parts[1], ','))
      if (name == controller) return std::string(line.substr(parts[0].size() + parts[1].size() + 2));
  }
  return "";
}

std::string KernelFiles::cgroup_file(std::string_view controller, const std::string& tree,
                                     const std::string& name) const {
  const std::string path = cgroup_path(controller);
  for (const std::string& group : {path == "/" ? std::string() : path, std::string()})
    if (std::string file = fmt::format("{}{}/{}", tree, group, name); has(file)) return file;
  return "";
}

std::string KernelFiles::of_cgroup(std::string_view controller, const std::string& tree,
                                   const std::string& name) const {
  const std::string file = cgroup_file(controller, tree, name);
  return file.empty() ? "" : text(file);
}

std::string value_of(std::string_view file, std::string_view key) {
  for (const std::string_view line : text::lines(file)) {
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && text::trim(line.substr(0, colon)) == key)
      return std::string(text::trim(line.substr(colon + 1)));
  }
  return "";
}

}  // namespace perfwarden::os
