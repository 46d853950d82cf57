#include "app/profile/files.hpp"

#include "os/files/files.hpp"
#include "os/files/mapped.hpp"
#include "profile/limits.hpp"
#include "profile/read/read.hpp"

namespace perfwarden::app {

Result<Profile> read_profile(const std::string& path, std::string_view format) {
  const std::string file = path == "-" ? "/dev/stdin" : path;
  PW_TRY_ASSIGN(const os::MappedFile mapped, os::MappedFile::open(file, profile::k_max_text_bytes));
  return profile::read(mapped.bytes(), path == "-" ? "standard input" : path, format);
}

Status write_result_in_pieces(World& world, const std::string& path, const std::function<Status(const Sink&)>& make) {
  if (!path.empty() && path != "-") return os::write_file_in_pieces(path, make);
  return make([&world](std::string_view piece) { world.console.out(piece); });
}

}  // namespace perfwarden::app
