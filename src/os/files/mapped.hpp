#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace perfwarden::os {

// A MappedFile is the bytes of a file, read by the kernel on access. A file that cannot be mapped (a pipe) is read into
// memory. The file must not be truncated while it is mapped.
class MappedFile {
 public:
  // Error (io) when it cannot be opened or is larger than `most`.
  [[nodiscard]] static Result<MappedFile> open(const std::string& path, std::size_t most);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  [[nodiscard]] std::string_view bytes() const { return data_ != nullptr ? std::string_view(data_, size_) : read_; }

 private:
  MappedFile() = default;

  const char* data_ = nullptr;  // null when not mapped
  std::size_t size_ = 0;
  std::string read_;
};

}  // namespace perfwarden::os
