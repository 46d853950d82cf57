#include "profile/read/pprof_message.hpp"

#include <fmt/format.h>

#include <optional>

#include "base/text.hpp"

namespace perfwarden::profile::pprof {
namespace {

using protozero::data_view;
using protozero::pbf_reader;
using protozero::pbf_wire_type;

constexpr std::size_t k_max_records = std::size_t{1} << 24;  // of all kinds; the largest profiles known have thousands

// Numbers of a message by field; fields that are not a varint, or not asked for, are skipped.
template <std::size_t N>
std::array<std::uint64_t, N> numbers_of(data_view bytes) {
  std::array<std::uint64_t, N> out{};
  each_field(bytes, [&](std::uint32_t field, pbf_wire_type type, pbf_reader& message) {
    if (field < N && type == pbf_wire_type::varint)
      out[field] = message.get_uint64();
    else
      message.skip();
  });
  return out;
}

// Fields of Profile that are messages or strings lie here until all strings are known.
struct Parts {
  std::vector<data_view> types, mappings, functions;
  std::optional<data_view> period_type;
  std::uint64_t drop_frames = 0, keep_frames = 0, default_type = 0;
};

class Reader {
 public:
  Reader(std::string_view text, const Builder& builder) : text_(text), builder_(builder) {}

  Result<Tables> run() {
    PW_TRY(split());
    if (!tables_.strings.empty() && !tables_.strings.front().empty())
      return builder_.error("the first string of the profile's string table is not empty");
    PW_TRY(take_types());
    PW_TRY(take_mappings());
    PW_TRY(take_functions());
    PW_TRY_ASSIGN(tables_.drop_frames, string(parts_.drop_frames, {text_.data(), 0}));
    PW_TRY_ASSIGN(tables_.keep_frames, string(parts_.keep_frames, {text_.data(), 0}));
    PW_TRY_ASSIGN(tables_.default_type, string(parts_.default_type, {text_.data(), 0}));
    return std::move(tables_);
  }

 private:
  Status split() {
    std::size_t records = 0;
    pbf_reader message(text_.data(), text_.size());
    while (message.next()) {
      const std::uint32_t field = message.tag();  // which reading the value may forget
      if (message.wire_type() == pbf_wire_type::length_delimited) {
        take_part(field, message.get_view());
        if (++records > k_max_records) return builder_.error("the profile has too many records");
      } else if (message.wire_type() == pbf_wire_type::varint) {
        take_number(field, message.get_uint64());
      } else {
        message.skip();
      }
    }
    return Nothing{};
  }

  void take_part(std::uint32_t field, data_view part) {
    switch (field) {
      case 1:
        parts_.types.push_back(part);
        break;
      case 2:
        ++tables_.samples;
        break;
      case 3:
        parts_.mappings.push_back(part);
        break;
      case 4:
        ++tables_.locations;
        break;
      case 5:
        parts_.functions.push_back(part);
        break;
      case 6:
        tables_.strings.emplace_back(part.data(), part.size());
        break;
      case 11:
        parts_.period_type = part;
        break;
      default:
        break;
    }
  }

  void take_number(std::uint32_t field, std::uint64_t number) {
    switch (field) {
      case 7:
        parts_.drop_frames = number;
        break;
      case 8:
        parts_.keep_frames = number;
        break;
      case 10:
        tables_.duration_ns = static_cast<std::int64_t>(number);
        break;
      case 12:
        tables_.period = static_cast<std::int64_t>(number);
        break;
      case 14:
        parts_.default_type = number;
        break;
      default:
        break;
    }
  }

  [[nodiscard]] Result<std::string_view> string(std::uint64_t index, data_view part) const {
    if (index < tables_.strings.size()) return tables_.strings[index];
    if (index == 0) return std::string_view{};
    return builder_.error(fmt::format("the record at {} names string {}, but the profile has {}", place_of(text_, part),
                                      index, tables_.strings.size()));
  }

  [[nodiscard]] Result<SampleType> type_of(data_view part) const {
    const auto numbers = numbers_of<3>(part);
    PW_TRY_ASSIGN(const std::string_view name, string(numbers[1], part));
    PW_TRY_ASSIGN(const std::string_view unit, string(numbers[2], part));
    return SampleType{std::string(name), std::string(unit)};
  }

  Status take_types() {
    for (const data_view part : parts_.types) {
      PW_TRY_ASSIGN(SampleType type, type_of(part));
      tables_.types.push_back(std::move(type));
    }
    if (parts_.period_type) {
      PW_TRY_ASSIGN(tables_.period_type, type_of(*parts_.period_type));
    }
    return Nothing{};
  }

  [[nodiscard]] Error bad_id(std::string_view what, std::uint64_t id, data_view part) const {
    return builder_.error(fmt::format("the {} at {} has the id {}, which {}", what, place_of(text_, part), id,
                                      id == 0 ? "stands for none" : "another has too"));
  }

  Status take_mappings() {
    tables_.mapping_ids = IdTable(parts_.mappings.size());
    for (const data_view part : parts_.mappings) {
      const auto numbers = numbers_of<6>(part);
      PW_TRY_ASSIGN(const std::string_view file, string(numbers[5], part));
      if (!tables_.mapping_ids.add(numbers[1], static_cast<std::uint32_t>(tables_.mappings.size())))
        return bad_id("mapping", numbers[1], part);
      tables_.mappings.push_back(file);
    }
    return Nothing{};
  }

  Status take_functions() {
    tables_.function_ids = IdTable(parts_.functions.size());
    tables_.functions.reserve(parts_.functions.size());
    for (const data_view part : parts_.functions) {
      const auto numbers = numbers_of<5>(part);
      PW_TRY_ASSIGN(std::string_view name, string(numbers[2], part));
      PW_TRY_ASSIGN(const std::string_view system_name, string(numbers[3], part));
      PW_TRY_ASSIGN(const std::string_view file, string(numbers[4], part));
      if (!tables_.function_ids.add(numbers[1], static_cast<std::uint32_t>(tables_.functions.size())))
        return bad_id("function", numbers[1], part);
      tables_.functions.push_back({name.empty() ? system_name : name, file});
    }
    return Nothing{};
  }

  std::string_view text_;
  const Builder& builder_;
  Parts parts_;
  Tables tables_;
};

}  // namespace

std::string place_of(std::string_view text, data_view part) {
  return fmt::format("byte {}", part.data() - text.data());
}

Result<Tables> read_tables(std::string_view text, const Builder& builder) {
  return Reader(text, builder).run();
}

}  // namespace perfwarden::profile::pprof
