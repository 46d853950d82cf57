#include "app/profiles.hpp"

#include "os/files.hpp"
#include "os/mapped_file.hpp"
#include "profile/limits.hpp"
#include "profile/read.hpp"

namespace perfwarden::app {

Result<Profile> read_profile(const std::string& path, std::string_view format) {
  const std::string file = path == "-" ? "/dev/stdin" : path;
  PW_TRY_ASSIGN(const os::MappedFile mapped, os::MappedFile::open(file, profile::k_max_text_bytes));
  return profile::read(mapped.bytes(), path == "-" ? "standard input" : path, format);
}

Status write_result(World& world, const std::string& path, std::string_view text) {
  if (!path.empty() && path != "-") return os::write_file(path, text);
  world.console.out(text);
  return Nothing{};
}

}  // namespace perfwarden::app
