#pragma once

// What src/preload/allocations.cpp, inside of a benchmark, and os::AllocationCounter, outside of it, agree on: a file
// that both map. It survives however the benchmark ends.
namespace perfwarden::os {

inline constexpr unsigned long long k_allocation_magic = 0x31636f6c6c617770ULL;  // "pwalloc1"
inline constexpr unsigned k_allocation_slots = 4096;
inline constexpr const char* k_allocation_variable = "PERFWARDEN_ALLOCATIONS";  // the file's path

// An AllocationSlot is what one process counted. `live` may be below 0: memory allocated before counting began can be
// freed.
struct AllocationSlot {
  unsigned long long count = 0, bytes = 0;  // allocating calls, and the bytes that they asked for
  long long live = 0, peak = 0;             // bytes held, by malloc_usable_size
};

struct AllocationFile {
  unsigned long long magic = k_allocation_magic;
  unsigned long long claimed = 0;  // slots that processes took; the last one is shared by all later processes
  AllocationSlot slots[k_allocation_slots]{};
};

}  // namespace perfwarden::os
