#include "os/allocation_counter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "os/allocation_slots.hpp"
#include "os/files/files.hpp"
#include "os/preload_object.hpp"

namespace perfwarden::os {
namespace {

constexpr const char* k_object = "allocations.so";
constexpr const char* k_counts = "counts";

std::string bytes_of(const AllocationFile& file) {
  std::string out(sizeof file, '\0');
  std::memcpy(out.data(), &file, sizeof file);
  return out;
}

// So that the user who runs the benchmarks may read the object and write the counts.
Status share(const std::string& folder) {
  return give_to_owner_of(folder, ".");
}

}  // namespace

Result<AllocationCounter> AllocationCounter::make() {
  PW_TRY_ASSIGN(std::string folder, make_temporary_directory("perfwarden-count"));
  AllocationCounter counter(std::move(folder));
  const auto object = preload_object();
  PW_TRY(write_file(counter.folder_ + "/" + k_object,
                    std::string_view(reinterpret_cast<const char*>(object.data()), object.size())));
  return counter;
}

AllocationCounter::AllocationCounter(AllocationCounter&& other) noexcept : folder_(std::exchange(other.folder_, "")) {}

AllocationCounter::~AllocationCounter() {
  if (!folder_.empty()) (void)remove_all(folder_).has_value();
}

Status AllocationCounter::prepare(std::map<std::string, std::string>& env) const {
  static const std::string empty = bytes_of(AllocationFile{});
  PW_TRY(write_file(folder_ + "/" + k_counts, empty));
  PW_TRY(share(folder_));
  std::string& preload = env["LD_PRELOAD"];
  preload = folder_ + "/" + k_object + (preload.empty() ? "" : ":" + preload);
  env[k_allocation_variable] = folder_ + "/" + k_counts;
  return Nothing{};
}

Result<std::optional<AllocationCounts>> AllocationCounter::read() const {
  PW_TRY_ASSIGN(const std::string bytes, read_file_below(folder_, k_counts, sizeof(AllocationFile)));
  AllocationFile file;
  if (bytes.size() == sizeof file) std::memcpy(&file, bytes.data(), sizeof file);
  if (bytes.size() != sizeof file || file.magic != k_allocation_magic)
    return Error{.kind = ErrorKind::io, .what = "the counts of allocations were damaged by the benchmark"};
  AllocationCounts out;
  for (const AllocationSlot& slot : file.slots) {
    out.count += slot.count;
    out.bytes += slot.bytes;
    out.peak_bytes = std::max(out.peak_bytes, static_cast<std::uint64_t>(std::max(0LL, slot.peak)));
  }
  if (out.count == 0) return std::optional<AllocationCounts>();
  return std::optional(out);
}

}  // namespace perfwarden::os
