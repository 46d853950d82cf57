#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "profile/format.hpp"
#include "profile/limits.hpp"
#include "profile/read/builder.hpp"
#include "profile/read/pprof_message.hpp"
#include "profile/read/prune.hpp"

// Profiles in pprof's protocol buffer, which the runtimes and libraries of Go, Rust, Node, .NET, Python, Ruby and C++
// write. Inlined functions get the mark "_[i]".
namespace perfwarden::profile {
namespace {

using protozero::data_view;
using protozero::pbf_reader;
using protozero::pbf_wire_type;

constexpr std::string_view k_pprof_cure =
    "write the profile again; `go tool pprof -raw FILE` shows whether it is complete";
constexpr FrameId k_no_frame = 0xFFFFFFFF;
// A few bytes can name a location of many functions many times.
constexpr std::size_t k_max_frames = std::size_t{1} << 31;

std::string_view base_name(std::string_view path) {
  return path.substr(path.find_last_of('/') + 1);  // npos + 1 = 0
}

// Places at which a program was found: one machine address each, and so perhaps several functions.
struct Location {
  std::size_t begin = 0, size = 0;  // in the reader's frames; root first
  // Of what drop_frames names, all below is left out of stacks, and the location too when nothing of it stays.
  bool dropped = false, dropped_below = false;
};

// Appends numbers of a repeated field, which encoders write packed or one by one.
template <class Number>
void take_numbers(pbf_reader& message, pbf_wire_type type, std::vector<Number>& out) {
  if (type == pbf_wire_type::varint) {
    out.push_back(static_cast<Number>(message.get_uint64()));
  } else if (type == pbf_wire_type::length_delimited) {
    for (const std::uint64_t number : message.get_packed_uint64()) out.push_back(static_cast<Number>(number));
  } else {
    message.skip();
  }
}

class PprofReader {
 public:
  explicit PprofReader(const Document& document) : text_(document.text), builder_(document, k_pprof_cure) {}

  Result<Profile> run() {
    PW_TRY_ASSIGN(tables_, pprof::read_tables(text_, builder_));
    PW_TRY(take_heading());
    PW_TRY(each_record(4, [this](data_view part) { return take_location(part); }));
    PW_TRY(each_record(2, [this](data_view part) { return take_sample(part); }));
    return builder_.finish();
  }

 private:
  template <class Take>
  Status each_record(std::uint32_t field, Take take) {
    pbf_reader message(text_.data(), text_.size());
    while (message.next(field)) {
      if (message.wire_type() == pbf_wire_type::length_delimited) {
        PW_TRY(take(message.get_view()));
      } else {
        message.skip();
      }
    }
    return Nothing{};
  }

  Status take_heading() {
    Profile& profile = builder_.profile;
    for (const SampleType& type : tables_.types) {
      PW_TRY(builder_.add_type(type));
    }
    if (tables_.types.empty()) return builder_.error("this is not a pprof profile: it has no sample types");
    profile.default_type = tables_.types.size() - 1;  // what pprof takes where the profile names none
    for (std::size_t i = 0; i < tables_.types.size(); ++i) {
      if (tables_.types[i].name == tables_.default_type && !tables_.default_type.empty()) profile.default_type = i;
      // Only a column that counts the profiler's own samples can be tested as counts. alloc_objects and contentions
      // are counts too, but of events, most of which no sample saw: the runtime scaled them up, so they would make
      // a hundred samples look like millions.
      const std::string name = text::lower(tables_.types[i].name);
      if (!profile.count_type && (tables_.types[i].unit == "count" || tables_.types[i].unit.empty()) &&
          (name.ends_with("samples") || name.ends_with("sample")))
        profile.count_type = i;
    }
    if (profile.count_type && tables_.types.size() == 2) {
      const std::size_t cost = 1 - *profile.count_type;
      profile.events.push_back({tables_.types[cost].name, "", *profile.count_type, cost});
    }
    // The period of a heap profile is a mean distance in bytes, and its values are scaled up: not the cost of a sample.
    if (tables_.period > 0 && tables_.period_type == tables_.types[profile.default_type])
      profile.period = static_cast<double>(tables_.period);
    if (tables_.duration_ns > 0) profile.seconds = static_cast<double>(tables_.duration_ns) / 1e9;
    if (!tables_.mappings.empty()) profile.program = base_name(tables_.mappings.front());
    frame_ids_.assign(tables_.functions.size(), {k_no_frame, k_no_frame});
    location_ids_ = pprof::IdTable(tables_.locations);
    auto filter = FrameFilter::make(tables_.drop_frames, tables_.keep_frames);
    if (filter) {
      filter_ = std::move(*filter);
    } else {
      builder_.note("drop-frames",
                    fmt::format("the profile's pattern of functions to drop is not valid ({}); all functions are kept",
                                text::one_line(filter.error().what)));
    }
    return Nothing{};
  }

  FrameId frame_of(std::uint32_t function, bool inlined, std::string_view module) {
    FrameId& id = frame_ids_[function][inlined ? 1 : 0];
    if (id != k_no_frame) return id;
    const pprof::Function& known = tables_.functions[function];
    id = inlined ? builder_.frame(std::string(known.name) + "_[i]") : builder_.frame(known.name);
    builder_.profile.tree.frames.set_file(id, known.file);
    builder_.profile.tree.frames.set_module(id, module);
    return id;
  }

  FrameId frame_of_module(std::string_view module) {
    const FrameId id = builder_.frame(module.empty() ? "" : fmt::format("[{}]", base_name(module)));
    builder_.profile.tree.frames.set_module(id, module);
    return id;
  }

  // Functions of the location's lines, innermost first. Id 0: unknown.
  Status read_lines(data_view part, std::uint64_t& id, std::uint64_t& mapping) {
    lines_.clear();
    pprof::each_field(part, [&](std::uint32_t field, pbf_wire_type type, pbf_reader& message) {
      if (field == 1 && type == pbf_wire_type::varint) {
        id = message.get_uint64();
      } else if (field == 2 && type == pbf_wire_type::varint) {
        mapping = message.get_uint64();
      } else if (field == 4 && type == pbf_wire_type::length_delimited) {
        std::uint64_t function = 0;
        pprof::each_field(message.get_view(), [&](std::uint32_t inner, pbf_wire_type kind, pbf_reader& line) {
          if (inner == 1 && kind == pbf_wire_type::varint)
            function = line.get_uint64();
          else
            line.skip();
        });
        lines_.push_back(function);
      } else {
        message.skip();
      }
    });
    for (const std::uint64_t function : lines_)
      if (function != 0 && tables_.function_ids.find(function) == pprof::IdTable::k_none)
        return builder_.error(fmt::format("the location at {} names function {}, which the profile does not hold",
                                          pprof::place_of(text_, part), function));
    return Nothing{};
  }

  Status take_location(data_view part) {
    std::uint64_t id = 0, mapping_id = 0;
    PW_TRY(read_lines(part, id, mapping_id));
    if (!location_ids_.add(id, static_cast<std::uint32_t>(locations_.size())))
      return builder_.error(fmt::format("the location at {} has the id {}, which {}", pprof::place_of(text_, part), id,
                                        id == 0 ? "stands for none" : "another has too"));
    const std::uint32_t mapping = tables_.mapping_ids.find(mapping_id);
    const std::string_view module = mapping == pprof::IdTable::k_none ? std::string_view{} : tables_.mappings[mapping];
    Location location{frames_.size(), 0, false, false};
    for (std::size_t i = lines_.size(); i-- > 0;) {
      const bool inlined = i + 1 < lines_.size();
      const std::uint32_t function = lines_[i] == 0 ? pprof::IdTable::k_none : tables_.function_ids.find(lines_[i]);
      const bool named = function != pprof::IdTable::k_none && !tables_.functions[function].name.empty();
      if (named && !location.dropped_below && filter_.drops(tables_.functions[function].name)) {
        location.dropped_below = true;
        location.dropped = !inlined;
        if (inlined) break;  // what is left of the location is left everywhere; as a whole it may have to stay
      }
      frames_.push_back(named ? frame_of(function, inlined, module) : frame_of_module(module));
    }
    if (lines_.empty()) frames_.push_back(frame_of_module(module));
    location.size = frames_.size() - location.begin;
    if (location.size > k_max_depth)
      return builder_.error(
          fmt::format("the location at {} has more than {} functions", pprof::place_of(text_, part), k_max_depth));
    locations_.push_back(location);
    return Nothing{};
  }

  Status take_sample(data_view part) {
    ids_.clear();
    values_.clear();
    pprof::each_field(part, [&](std::uint32_t field, pbf_wire_type type, pbf_reader& message) {
      if (field == 1)
        take_numbers(message, type, ids_);
      else if (field == 2)
        take_numbers(message, type, values_);
      else
        message.skip();
    });
    if (values_.size() != tables_.types.size())
      return builder_.error(fmt::format("the sample at {} has {} values, but the profile has {} sample types",
                                        pprof::place_of(text_, part), values_.size(), tables_.types.size()));
    PW_TRY(take_stack(part));
    PW_TRY_ASSIGN(const NodeId node, builder_.node(stack_));
    for (std::size_t i = 0; i < values_.size(); ++i) builder_.add(node, i, static_cast<double>(values_[i]));
    return Nothing{};
  }

  // As pprof prunes: nothing is left out above the first location that is not to be dropped, so that a stack which
  // begins with dropped functions does not vanish.
  Status take_stack(data_view part) {
    stack_.clear();
    bool kept_one = false;
    for (std::size_t i = ids_.size(); i-- > 0;) {
      const std::uint32_t index = location_ids_.find(ids_[i]);
      if (index == pprof::IdTable::k_none)
        return builder_.error(fmt::format("the sample at {} names location {}, which the profile does not hold",
                                          pprof::place_of(text_, part), ids_[i]));
      const Location& location = locations_[index];
      if ((expanded_ += location.size) > k_max_frames)
        return builder_.error(fmt::format("the samples have more than {} million frames", k_max_frames >> 20U));
      if (kept_one && location.dropped) break;
      const auto begin = frames_.begin() + static_cast<std::ptrdiff_t>(location.begin);
      stack_.insert(stack_.end(), begin, begin + static_cast<std::ptrdiff_t>(location.size));
      if (kept_one && location.dropped_below) break;
      kept_one = kept_one || !location.dropped_below;
    }
    return Nothing{};
  }

  std::string_view text_;
  Builder builder_;
  pprof::Tables tables_;
  FrameFilter filter_;
  std::vector<std::array<FrameId, 2>> frame_ids_;  // of functions: as called, inlined
  std::vector<FrameId> frames_;
  std::size_t expanded_ = 0;  // frames of all samples so far
  std::vector<Location> locations_;
  pprof::IdTable location_ids_{0};
  std::vector<std::uint64_t> lines_, ids_;
  std::vector<std::int64_t> values_;
  std::vector<FrameId> stack_;
};

Result<Profile> read_pprof(const Document& document) {
  try {
    return PprofReader(document).run();
  } catch (const protozero::exception& e) {
    return Error{.kind = ErrorKind::parse,
                 .what = fmt::format("the protocol buffer is damaged or cut short ({})", e.what()),
                 .where = document.name,
                 .hint = std::string(k_pprof_cure)};
  }
}

// A ValueType, which holds two numbers of strings and nothing else.
bool is_value_type(data_view part) {
  bool good = part.size() > 0;
  pprof::each_field(part, [&](std::uint32_t field, pbf_wire_type type, pbf_reader& message) {
    good = good && (field == 1 || field == 2) && type == pbf_wire_type::varint;
    message.skip();
  });
  return good;
}

int sniff_pprof(std::string_view head) {
  constexpr std::uint32_t k_messages = 1U << 1 | 1U << 2 | 1U << 3 | 1U << 4 | 1U << 5 | 1U << 6 | 1U << 11 | 1U << 13;
  std::size_t types = 0, fields = 0;
  try {
    pbf_reader message(head.data(), head.size());
    while (message.next()) {
      const std::uint32_t field = message.tag();
      const bool packed = message.wire_type() == pbf_wire_type::length_delimited;
      if (field > 15 || (!packed && message.wire_type() != pbf_wire_type::varint)) return 0;
      if (packed && (k_messages >> field & 1U) == 0) return 0;
      if (!packed && (k_messages >> field & 1U) != 0 && field != 13) return 0;
      if (field == 1) {
        if (!is_value_type(message.get_view())) return 0;
        ++types;
      } else {
        message.skip();
      }
      ++fields;
    }
  } catch (const protozero::end_of_buffer_exception&) {  // the head ends inside of a field
    return types > 0 || fields > 16 ? 90 : 0;
  } catch (const protozero::exception&) {
    return 0;
  }
  return types > 0 ? 90 : 0;
}

}  // namespace

extern const Format k_format_pprof{"pprof", "pprof's protocol buffer (.pb.gz): Go, Rust, Node, .NET, Python, C++",
                                   sniff_pprof, read_pprof};

}  // namespace perfwarden::profile
