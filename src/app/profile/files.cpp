#include "app/profile/files.hpp"

#include "app/profile/remote.hpp"
#include "os/files/files.hpp"
#include "os/files/mapped.hpp"
#include "profile/limits.hpp"
#include "profile/read/read.hpp"

namespace perfwarden::app {

Result<Profile> read_profile(World& world, const std::string& path, std::string_view format) {
  if (is_address(path)) {
    PW_TRY_ASSIGN(const FetchedProfile fetched, fetch_profile(world, path));
    return profile::read(fetched.bytes, fetched.name, format);
  }
  const std::string file = path == "-" ? "/dev/stdin" : path;
  PW_TRY_ASSIGN(const os::MappedFile mapped, os::MappedFile::open(file, profile::k_max_text_bytes));
  return profile::read(mapped.bytes(), path == "-" ? "standard input" : path, format);
}

namespace {

Result<std::vector<std::string>> files_in(const std::string& path) {
  constexpr std::size_t k_most_recordings = 1000;
  if (path == "-" || is_address(path) || !os::is_directory(path)) return std::vector<std::string>{path};
  PW_TRY_ASSIGN(std::vector<std::string> names, os::list_files_below(path, k_most_recordings));
  if (names.empty())
    return Error{.kind = ErrorKind::usage,
                 .what = "the folder holds no recordings",
                 .where = path,
                 .hint = "record into it: perfwarden profile record --runs 3 -o " + path + " -- ./bench"};
  for (std::string& name : names) name.insert(0, path + "/");
  return names;
}

}  // namespace

Result<std::vector<Profile>> read_recordings(World& world, const std::vector<std::string>& paths,
                                             std::string_view format) {
  std::vector<Profile> out;
  for (const std::string& path : paths) {
    PW_TRY_ASSIGN(const std::vector<std::string> files, files_in(path));
    for (const std::string& file : files) {
      PW_TRY_ASSIGN(Profile profile, read_profile(world, file, format));
      out.push_back(std::move(profile));
    }
  }
  return out;
}

Status write_result_in_pieces(World& world, const std::string& path, const std::function<Status(const Sink&)>& make) {
  if (!path.empty() && path != "-") return os::write_file_in_pieces(path, make);
  return make([&world](std::string_view piece) { world.console.out(piece); });
}

}  // namespace perfwarden::app
