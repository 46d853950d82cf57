#include "profile/write/pprof.hpp"

#include <libdeflate.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <new>
#include <protozero/pbf_writer.hpp>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "profile/write/pprof_units.hpp"

namespace perfwarden::profile {
namespace {

class Strings {
 public:
  Strings() { (void)id(""); }
  std::int64_t id(std::string_view text) {
    const auto [at, added] = ids_.emplace(std::string(text), static_cast<std::int64_t>(texts_.size()));
    if (added) texts_.emplace_back(text);
    return at->second;
  }
  [[nodiscard]] const std::vector<std::string>& texts() const { return texts_; }

 private:
  std::unordered_map<std::string, std::int64_t> ids_;
  std::vector<std::string> texts_;
};

// How a column is written: pprof knows whole numbers only.
struct Column {
  double factor = 1;
  std::string unit;
};

Column column_of(const SampleType& type) {
  const Scaled one = scaled(1, type.unit, "nanoseconds");
  if (one.unit == "ns" && one.value > 1) return {one.value, "nanoseconds"};
  return {1, type.unit};
}

std::int64_t whole(double cost) {
  constexpr double k_most = 9.2e18;  // of what std::int64_t holds
  return std::llround(std::clamp(cost, -k_most, k_most));
}

class PprofWriter {
 public:
  explicit PprofWriter(const Profile& profile) : profile_(profile), out_(bytes_) {
    for (const SampleType& type : profile.types) columns_.push_back(column_of(type));
  }

  std::string run() {
    for (std::size_t i = 0; i < columns_.size(); ++i) write_type(1, i);
    for (NodeId node = 0; node < profile_.tree.size(); ++node) write_sample(node);
    write_mappings();
    write_locations();
    write_functions();
    if (profile_.seconds > 0) out_.add_int64(10, whole(profile_.seconds * 1e9));
    if (profile_.period > 0) {
      write_type(11, profile_.default_type);
      out_.add_int64(12, whole(profile_.period * columns_[profile_.default_type].factor));
    }
    out_.add_int64(14, strings_.id(profile_.types[profile_.default_type].name));
    for (const std::string& text : strings_.texts()) out_.add_string(6, text);
    return std::move(bytes_);
  }

 private:
  // A place of the program: a function and what was inlined into it, innermost last.
  using Location = std::vector<FrameId>;

  void write_type(std::uint32_t field, std::size_t type) {
    protozero::pbf_writer message(out_, field);
    message.add_int64(1, strings_.id(profile_.types[type].name));
    message.add_int64(2, strings_.id(columns_[type].unit));
  }

  void write_sample(NodeId node) {
    std::vector<std::int64_t> values;
    for (std::size_t i = 0; i < columns_.size(); ++i)
      values.push_back(whole(profile_.self[i][node] * columns_[i].factor));
    if (std::all_of(values.begin(), values.end(), [](std::int64_t value) { return value == 0; })) return;
    std::vector<std::uint64_t> locations;
    Location place;
    for (const FrameId frame : profile_.tree.stack(node)) {
      if (!place.empty() && !is_inlined(frame)) {
        locations.push_back(location(place));
        place.clear();
      }
      place.push_back(frame);
    }
    if (!place.empty()) locations.push_back(location(place));
    std::reverse(locations.begin(), locations.end());
    protozero::pbf_writer message(out_, 2);
    message.add_packed_uint64(1, locations.begin(), locations.end());
    message.add_packed_int64(2, values.begin(), values.end());
  }

  [[nodiscard]] bool is_inlined(FrameId frame) const { return profile_.tree.frames.name(frame).ends_with(k_inlined); }

  std::uint64_t location(const Location& place) {
    std::string key(reinterpret_cast<const char*>(place.data()), place.size() * sizeof(FrameId));
    const auto [at, added] = location_ids_.emplace(std::move(key), locations_.size() + 1);
    if (added) locations_.push_back(place);
    return at->second;
  }

  std::uint64_t mapping(std::string_view module) {
    if (module.empty()) return 0;
    const auto [at, added] = mapping_ids_.emplace(module, mappings_.size() + 1);
    if (added) mappings_.push_back(module);
    return at->second;
  }

  // The program first, even when it is not known: readers take the first mapping for it.
  void write_mappings() {
    if (profile_.program.empty())
      mappings_.emplace_back();
    else
      (void)mapping(program_module());
    for (const Location& place : locations_) (void)mapping(profile_.tree.frames.module(place.front()));
    for (std::size_t i = 0; i < mappings_.size(); ++i) {
      protozero::pbf_writer message(out_, 3);
      message.add_uint64(1, i + 1);
      message.add_int64(5, strings_.id(mappings_[i]));
      for (const std::uint32_t known : {7U, 8U, 9U, 10U}) message.add_bool(known, true);  // nothing to look up
    }
  }

  [[nodiscard]] std::string_view program_module() const {
    for (FrameId id = 0; id < profile_.tree.frames.size(); ++id) {
      const std::string_view module = profile_.tree.frames.module(id);
      if (module.substr(module.find_last_of('/') + 1) == profile_.program) return module;
    }
    return profile_.program;
  }

  void write_locations() {
    for (std::size_t i = 0; i < locations_.size(); ++i) {
      protozero::pbf_writer message(out_, 4);
      message.add_uint64(1, i + 1);
      if (const std::uint64_t id = mapping(profile_.tree.frames.module(locations_[i].front())); id != 0)
        message.add_uint64(2, id);
      for (auto frame = locations_[i].rbegin(); frame != locations_[i].rend(); ++frame) {
        protozero::pbf_writer line(message, 4);
        line.add_uint64(1, function(*frame));
      }
    }
  }

  std::uint64_t function(FrameId frame) {
    std::string_view name = profile_.tree.frames.name(frame);
    if (is_inlined(frame)) name.remove_suffix(k_inlined.size());
    const auto [at, added] = function_ids_.emplace(name, functions_.size() + 1);
    if (added) functions_.push_back({name, profile_.tree.frames.file(frame)});
    return at->second;
  }

  void write_functions() {
    for (std::size_t i = 0; i < functions_.size(); ++i) {
      protozero::pbf_writer message(out_, 5);
      message.add_uint64(1, i + 1);
      message.add_int64(2, strings_.id(functions_[i].name));
      message.add_int64(4, strings_.id(functions_[i].file));
    }
  }

  const Profile& profile_;
  std::string bytes_;
  protozero::pbf_writer out_;
  Strings strings_;
  std::vector<Column> columns_;
  std::vector<Location> locations_;
  std::unordered_map<std::string, std::uint64_t> location_ids_;
  std::vector<std::string_view> mappings_;
  std::unordered_map<std::string_view, std::uint64_t> mapping_ids_;
  struct Function {
    std::string_view name, file;
  };
  std::vector<Function> functions_;
  std::unordered_map<std::string_view, std::uint64_t> function_ids_;
};

std::string compressed(const std::string& bytes) {
  const std::unique_ptr<libdeflate_compressor, void (*)(libdeflate_compressor*)> tool(libdeflate_alloc_compressor(6),
                                                                                      libdeflate_free_compressor);
  if (!tool) throw std::bad_alloc();
  std::string out(libdeflate_gzip_compress_bound(tool.get(), bytes.size()), '\0');
  out.resize(libdeflate_gzip_compress(tool.get(), bytes.data(), bytes.size(), out.data(), out.size()));
  return out;
}

}  // namespace

std::string write_pprof(const Profile& profile) {
  return compressed(PprofWriter(profile).run());
}

}  // namespace perfwarden::profile
