#pragma once

#include <sys/mman.h>
#include <sys/types.h>

#include <algorithm>
#include <cstddef>
#include <new>
#include <string_view>

#include "os/process/child.hpp"

namespace perfwarden::os {

// An Arena is memory that we share with what lean_clone starts. Pages cost nothing until they are used.
class Arena {
 public:
  explicit Arena(std::size_t bytes) : size_((bytes + 4095) / 4096 * 4096) {
    base_ = ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  }
  ~Arena() {
    if (ok()) ::munmap(base_, size_);
  }
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  [[nodiscard]] bool ok() const { return base_ != MAP_FAILED; }  // NOLINT: the macro is C's
  [[nodiscard]] const void* base() const { return base_; }
  [[nodiscard]] const void* end() const { return static_cast<const char*>(base_) + size_; }
  // Resets to an earlier `used`; memory allocated since must not be used any more.
  void rewind(std::size_t used) { used_ = used; }
  [[nodiscard]] std::size_t used() const { return used_; }
  [[nodiscard]] std::size_t room() const { return size_ - used_; }
  // Not written, so it has no pages until it is used.
  void* raw(std::size_t bytes) {
    used_ = (used_ + alignof(std::max_align_t) - 1) / alignof(std::max_align_t) * alignof(std::max_align_t);
    void* const first = static_cast<char*>(base_) + used_;
    used_ += bytes;
    return first;
  }
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

// Clones this process without its heap, and runs launcher_main(setup) in the clone. `setup` and all that it points to
// must lie in the arena. Returns the clone's process id, or -1 with errno set. Only a wait with __WALL sees the clone.
[[nodiscard]] pid_t lean_clone(LauncherSetup& setup, const Arena& arena);

}  // namespace perfwarden::os
