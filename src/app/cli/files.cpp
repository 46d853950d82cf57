#include "app/cli/files.hpp"

#include "ingest/read.hpp"
#include "os/files/files.hpp"

namespace perfwarden::app {

Result<std::string> read_input(const std::string& path) {
  Result<std::string> text = os::read_file(path);
  if (!text) text.error().kind = ErrorKind::usage;
  return text;
}

Result<Samples> read_samples(const std::string& path) {
  PW_TRY_ASSIGN(const std::string text, read_input(path));
  return ingest::parse_samples(text, path);
}

Status write_result(World& world, const std::string& path, std::string_view text) {
  if (!path.empty() && path != "-") return os::write_file(path, text);
  world.console.out(text);
  return Nothing{};
}

}  // namespace perfwarden::app
