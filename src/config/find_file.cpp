#include "config/load.hpp"
#include "os/files/files.hpp"

namespace perfwarden::config {

std::optional<std::string> find_file(const std::string& directory) {
  const std::string prefix = directory.empty() || directory == "." ? ""
                             : directory.ends_with('/')            ? directory
                                                                   : directory + "/";
  for (const char* name : k_file_names)
    if (os::exists(prefix + name)) return prefix + name;
  return std::nullopt;
}

}  // namespace perfwarden::config
