#include "os/files/mapped.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "os/files/file_error.hpp"
#include "os/files/unique_fd.hpp"
#include "os/process/descriptors.hpp"

namespace perfwarden::os {

Result<MappedFile> MappedFile::open(const std::string& path, std::size_t most) {
  const UniqueFd file(open_retrying(AT_FDCWD, path, O_RDONLY));
  if (!file) return file_error(errno, path, "read");
  struct stat about {};
  if (::fstat(file.get(), &about) != 0) return file_error(errno, path, "read");
  MappedFile out;
  const auto size = static_cast<std::size_t>(about.st_size);
  if (S_ISREG(about.st_mode) && size > 0 && size <= most) {
    void* const data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (data != MAP_FAILED) {
      ::madvise(data, size, MADV_SEQUENTIAL);
      out.data_ = static_cast<const char*>(data);
      out.size_ = size;
      return out;
    }
  }
  PW_TRY_ASSIGN(out.read_, read_descriptor(file.get(), path, most));
  return out;
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
