#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/result.hpp"

namespace perfwarden::os {

struct AllocationCounts {
  std::uint64_t count = 0, bytes = 0;  // of all processes together
  std::uint64_t peak_bytes = 0;        // held at once by one process, the largest
};

// An AllocationCounter counts what processes allocate, by a shared object that is preloaded before libc. The object and
// the counts are in a temporary folder, which the destructor removes. One run at a time.
class AllocationCounter {
 public:
  [[nodiscard]] static Result<AllocationCounter> make();
  AllocationCounter(AllocationCounter&& other) noexcept;
  AllocationCounter& operator=(AllocationCounter&&) = delete;
  AllocationCounter(const AllocationCounter&) = delete;
  AllocationCounter& operator=(const AllocationCounter&) = delete;
  ~AllocationCounter();

  // Resets the counts and sets the variables with which the next process is counted.
  [[nodiscard]] Status prepare(std::map<std::string, std::string>& env) const;
  // The counts since prepare. nullopt when nothing was counted: the program is linked statically, has its own malloc,
  // or allocates nothing.
  [[nodiscard]] Result<std::optional<AllocationCounts>> read() const;

 private:
  explicit AllocationCounter(std::string folder) : folder_(std::move(folder)) {}
  std::string folder_;  // empty: moved from
};

}  // namespace perfwarden::os
