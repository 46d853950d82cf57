#include "os/files/lfs_pointer.hpp"

#include "os/files/files.hpp"

namespace perfwarden::os {

bool is_lfs_pointer(const std::string& root, const std::string& name) {
  constexpr std::size_t k_longest_pointer = 1024;  // by the specification
  const Result<std::uint64_t> size = file_size_below(root, name);
  if (!size || *size == 0 || *size >= k_longest_pointer) return false;
  const Result<std::string> text = read_file_below(root, name, k_longest_pointer);
  return text && text->starts_with("version https://git-lfs.github.com/spec/v1\n");
}

}  // namespace perfwarden::os
