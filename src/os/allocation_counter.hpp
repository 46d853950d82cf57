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

// An AllocationCounter counts what processes allocate, by an object of ours that their loader puts in front of libc. It
// keeps that object and the counts in a folder of its own, which goes with it. One run at a time.
class AllocationCounter {
 public:
  [[nodiscard]] static Result<AllocationCounter> make();
  AllocationCounter(AllocationCounter&& other) noexcept;
  AllocationCounter& operator=(AllocationCounter&&) = delete;
  AllocationCounter(const AllocationCounter&) = delete;
  AllocationCounter& operator=(const AllocationCounter&) = delete;
  ~AllocationCounter();

  // Sets the counts to nothing and the variables of the next process so that it is counted.
  [[nodiscard]] Status prepare(std::map<std::string, std::string>& env) const;
  // Since prepare. nullopt when nothing was counted: the program is linked statically or brings a malloc of its own, or
  // it allocates nothing.
  [[nodiscard]] Result<std::optional<AllocationCounts>> read() const;

 private:
  explicit AllocationCounter(std::string folder) : folder_(std::move(folder)) {}
  std::string folder_;  // empty: moved from
};

}  // namespace perfwarden::os
