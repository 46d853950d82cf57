#include "ingest/cargo_target.hpp"

#include "base/text.hpp"
#include "ingest/parts.hpp"

namespace perfwarden::ingest {
namespace {

constexpr std::string_view k_running = "Running ";

std::string_view file_name(std::string_view path) {
  return path.substr(path.find_last_of("/\\") + 1);
}

// "sort-0123456789abcdef.exe" → "sort"
std::string_view without_hash(std::string_view program) {
  if (program.ends_with(".exe")) program.remove_suffix(4);
  return program.substr(0, program.rfind('-'));
}

// "crates/a/benches/sort.rs" → "crates/a/"
std::string_view crate_of(std::string_view source) {
  for (const std::string_view folder : {"benches/", "src/", "tests/", "examples/"})
    if (const std::size_t at = source.rfind(folder); at != std::string_view::npos && (at == 0 || source[at - 1] == '/'))
      return source.substr(0, at);
  return {};
}

}  // namespace

bool CargoTarget::read(std::string_view line) {
  line = text::trim(line);
  if (!line.starts_with(k_running)) return false;
  std::string_view rest = text::trim(line.substr(k_running.size()));
  std::string_view source;
  if (const std::size_t open = rest.rfind(" ("); open != std::string_view::npos && rest.ends_with(')')) {
    source = rest.substr(0, open);
    if (source.starts_with("unittests ")) source.remove_prefix(10);
    rest = rest.substr(open + 2, rest.size() - open - 3);
  }
  if (rest.find("deps/") == std::string_view::npos && rest.find("deps\\") == std::string_view::npos) return false;
  target_ = shared_part(std::string(crate_of(source)) + std::string(without_hash(file_name(rest))));
  const std::string whole = shared_part(line);
  by_target_[target_].insert(whole);
  const std::uint32_t before = runs_[whole]++;
  // Two lines for one name are two targets: nothing tells them apart then.
  process_ = by_target_[target_].size() == 1 ? std::optional(before) : std::nullopt;
  return true;
}

std::vector<Qualifier> CargoTarget::qualifiers() const {
  if (target_.empty()) return {};
  return {{"target", target_}};
}

}  // namespace perfwarden::ingest
