#pragma once

#include <sys/mman.h>
#include <sys/types.h>

#include <algorithm>
#include <cstddef>
#include <new>
#include <string_view>

#include "os/child.hpp"

namespace perfwarden::os {

// An Arena is memory of its own that lean_clone leaves in the child.
class Arena {
 public:
  explicit Arena(std::size_t bytes) : size_((bytes + 4095) / 4096 * 4096) {
    base_ = ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  }
  ~Arena() {
    if (ok()) ::munmap(base_, size_);
  }
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  [[nodiscard]] bool ok() const { return base_ != MAP_FAILED; }  // NOLINT: the macro is C's
  [[nodiscard]] const void* base() const { return base_; }
  [[nodiscard]] const void* end() const { return static_cast<const char*>(base_) + size_; }
  template <class T>
  T* make(std::size_t count) {
    used_ = (used_ + alignof(T) - 1) / alignof(T) * alignof(T);
    T* const first = reinterpret_cast<T*>(static_cast<char*>(base_) + used_);
    for (std::size_t i = 0; i < count; ++i) new (first + i) T{};
    used_ += count * sizeof(T);
    return first;
  }
  char* text(std::string_view s) {
    char* const copy = make<char>(s.size() + 1);
    std::copy(s.begin(), s.end(), copy);
    return copy;
  }

 private:
  std::size_t size_ = 0, used_ = 0;
  void* base_ = nullptr;
};

// Clones this process without its heap, and runs child_main(launch) in the clone. `launch` and all that it points to
// must lie in the arena. Gives the child's number, or -1 with errno set.
[[nodiscard]] pid_t lean_clone(Launch& launch, const Arena& arena);

}  // namespace perfwarden::os
