#include "os/files/mapped.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "os/files/unique_fd.hpp"

namespace perfwarden::os {
namespace {

Error cannot(const std::string& path) {
  return {.kind = ErrorKind::io, .what = fmt::format("cannot read: {}", std::strerror(errno)), .where = path};
}

Error too_large(const std::string& path, std::size_t most) {
  return {.kind = ErrorKind::io, .what = fmt::format("is larger than {} MiB", most >> 20U), .where = path};
}

}  // namespace

Result<MappedFile> MappedFile::open(const std::string& path, std::size_t most) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return cannot(path);
  struct stat about {};
  if (::fstat(file.get(), &about) != 0) return cannot(path);
  MappedFile out;
  if (S_ISREG(about.st_mode) && about.st_size > 0) {
    const auto size = static_cast<std::size_t>(about.st_size);
    if (size > most) return too_large(path, most);
    void* const data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (data != MAP_FAILED) {
      ::madvise(data, size, MADV_SEQUENTIAL);
      out.data_ = static_cast<const char*>(data);
      out.size_ = size;
      return out;
    }
  }
  std::array<char, std::size_t{64} << 10> block{};
  for (;;) {
    const ssize_t got = ::read(file.get(), block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return cannot(path);
    if (got == 0) return out;
    out.read_.append(block.data(), static_cast<std::size_t>(got));
    if (out.read_.size() > most) return too_large(path, most);
  }
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)), read_(std::move(other.read_)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(read_, other.read_);
  return *this;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<char*>(data_), size_);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
}

}  // namespace perfwarden::os
