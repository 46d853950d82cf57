#pragma once

#include <cstddef>
#include <cstdint>
#include <protozero/pbf_reader.hpp>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "profile/read/builder.hpp"

// The messages of profile.proto that perfwarden reads (https://github.com/google/pprof/blob/main/proto/profile.proto),
// with strings looked up.
namespace perfwarden::profile::pprof {

// An IdTable finds what has an id. Ids are any numbers but 0; encoders mostly count them from 1.
class IdTable {
 public:
  static constexpr std::uint32_t k_none = 0xFFFFFFFF;
  explicit IdTable(std::size_t expected) : dense_(expected * 2 + 16, k_none) {}
  // False when the id is 0 or taken.
  bool add(std::uint64_t id, std::uint32_t index) {
    if (id == 0 || find(id) != k_none) return false;
    if (id < dense_.size())
      dense_[id] = index;
    else
      sparse_.emplace(id, index);
    return true;
  }
  [[nodiscard]] std::uint32_t find(std::uint64_t id) const {
    if (id < dense_.size()) return dense_[id];
    const auto found = sparse_.find(id);
    return found == sparse_.end() ? k_none : found->second;
  }

 private:
  std::vector<std::uint32_t> dense_;
  std::unordered_map<std::uint64_t, std::uint32_t> sparse_;
};

struct Function {
  std::string_view name, file;  // name may be empty
};

// The Tables are what samples refer to, except the locations.
struct Tables {
  std::vector<std::string_view> strings;
  std::vector<Function> functions;
  std::vector<std::string_view> mappings;  // file names
  IdTable function_ids{0}, mapping_ids{0};
  std::size_t locations = 0, samples = 0;  // how many follow
  std::vector<SampleType> types;
  SampleType period_type;
  std::int64_t period = 0, duration_ns = 0;
  std::string_view drop_frames, keep_frames, default_type;
};

// Throws protozero::exception for bytes that are not a protocol buffer. Error (parse) with the byte of the record.
[[nodiscard]] Result<Tables> read_tables(std::string_view text, const Builder& builder);

// For errors: "byte 1234".
[[nodiscard]] std::string place_of(std::string_view text, protozero::data_view part);

// Calls visit(field, wire type, message) for each field of a message; it must read or skip the field.
template <class Visit>
void each_field(protozero::data_view bytes, Visit visit) {
  protozero::pbf_reader message(bytes);
  while (message.next()) visit(message.tag(), message.wire_type(), message);
}

}  // namespace perfwarden::profile::pprof
