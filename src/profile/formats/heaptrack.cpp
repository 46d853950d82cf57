#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "profile/format.hpp"
#include "profile/limits.hpp"
#include "profile/read/builder.hpp"
#include "profile/read/folded_text.hpp"

// What heaptrack writes (.gz, .zst), with names already looked up, as `heaptrack PROGRAM` does: a line a record, its
// kind first, numbers in hexadecimal, things numbered from 1 in the order in which they are told. Counted, not sampled.
namespace perfwarden::profile {
namespace {

constexpr std::string_view k_heaptrack_cure = "record again with heaptrack, and let the program end on its own";

// Cuts the next hexadecimal number off a line.
std::optional<std::uint64_t> next_number(std::string_view& rest) {
  const std::size_t begin = rest.find_first_not_of(' ');
  if (begin == std::string_view::npos) return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(rest.data() + begin, rest.data() + rest.size(), number, 16);
  if (error != std::errc{}) return std::nullopt;
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  return number;
}

// One size allocated in one place, however often.
struct Allocation {
  double size = 0;
  NodeId node = k_root;
  double calls = 0, live = 0, live_at_peak = 0;  // how many
};

struct Trace {
  NodeId node = k_root;
  std::size_t depth = 0;
};

class HeaptrackReader {
 public:
  explicit HeaptrackReader(const Document& document) : document_(document), builder_(document, k_heaptrack_cure) {}

  Result<Profile> run() {
    builder_.profile.exact = true;
    constexpr std::array<std::pair<const char*, const char*>, 4> k_types{
        {{"allocations", "count"}, {"allocated", "bytes"}, {"peak", "bytes"}, {"leaked", "bytes"}}};
    for (const auto& [name, unit] : k_types) {
      PW_TRY(builder_.add_type({name, unit}));
    }
    builder_.profile.default_type = 1;
    PW_TRY(each_line([this](char kind, std::string_view rest) { return take_record(kind, rest); }));
    if (version_ == 0) return builder_.error("there is no line `v`, so this is not a heaptrack file");
    PW_TRY(find_peak());
    for (const Allocation& each : allocations_) {
      builder_.add(each.node, 0, each.calls);
      builder_.add(each.node, 1, each.calls * each.size);
      builder_.add(each.node, 2, each.live_at_peak * each.size);
      builder_.add(each.node, 3, each.live * each.size);
    }
    return builder_.finish();
  }

 private:
  [[nodiscard]] Error bad(std::string_view what) const {
    return builder_.error(std::string(what), fmt::format("{}", line_));
  }

  template <class Take>
  Status each_line(Take take) {
    line_ = 0;
    std::string_view rest = document_.text;
    while (!rest.empty()) {
      ++line_;
      const std::string_view line = next_line(rest);
      if (line.empty() || line[0] == '#') continue;
      PW_TRY(take(line[0], line.substr(1)));
    }
    return Nothing{};
  }

  Status take_record(char kind, std::string_view rest) {
    switch (kind) {
      case 'v':
        return take_version(rest);
      case 's':
        return take_string(rest);
      case 'i':
        return take_place(rest);
      case 't':
        return take_trace(rest);
      case 'a':
        return take_allocation(rest);
      case '+':
      case '-':
        return take_event(kind == '+', rest);
      case 'c':
        if (const auto ms = next_number(rest)) builder_.profile.seconds = static_cast<double>(*ms) / 1e3;
        return Nothing{};
      case 'X': {
        const std::string_view program = text::split(text::trim(rest), ' ').front();
        builder_.profile.program = program.substr(program.find_last_of('/') + 1);
        return Nothing{};
      }
      case 'm':
        return bad("addresses were not looked up: give what `heaptrack --interpret FILE` makes of this file");
      default:
        return Nothing{};  // page size, resident memory, time marks of embedders
    }
  }

  Status take_version(std::string_view rest) {
    (void)next_number(rest);
    version_ = next_number(rest).value_or(0);
    if (version_ < 1 || version_ > 3)
      return bad(fmt::format("version {} of heaptrack's format is not known; 1 to 3 are", version_));
    return Nothing{};
  }

  // Version 3 says the length first.
  Status take_string(std::string_view rest) {
    if (version_ >= 3) {
      const auto length = next_number(rest);
      if (!length) return bad("a string has no length");
    }
    strings_.push_back(rest.empty() ? rest : rest.substr(1));
    return Nothing{};
  }

  [[nodiscard]] std::string_view string(std::uint64_t index) const {
    return index > 0 && index <= strings_.size() ? strings_[index - 1] : std::string_view{};
  }

  // "i address module [function file line]…": the first function innermost, the last called, the others inlined.
  Status take_place(std::string_view rest) {
    const auto address = next_number(rest);
    const auto module = next_number(rest);
    if (!address || !module || *module > strings_.size()) return bad("a place has no module");
    std::vector<std::pair<std::uint64_t, std::uint64_t>> functions;
    while (const auto function = next_number(rest)) {
      const auto file = next_number(rest);
      (void)next_number(rest);
      if (*function > strings_.size() || file.value_or(0) > strings_.size())
        return bad("a place names a string that is not defined before it");
      functions.emplace_back(*function, file.value_or(0));
      if (functions.size() > k_max_depth) return bad("a place has too many functions");
    }
    const std::string_view object = string(*module);
    const std::string unknown = object.empty() ? "" : fmt::format("[{}]", object.substr(object.rfind('/') + 1));
    if (functions.empty()) functions.emplace_back(0, 0);
    std::vector<FrameId> frames;
    for (std::size_t i = functions.size(); i-- > 0;) {
      std::string name(string(functions[i].first));
      if (name.empty()) name = unknown;
      if (i + 1 < functions.size()) name += "_[i]";
      frames.push_back(builder_.frame(name));
      builder_.profile.tree.frames.set_file(frames.back(), string(functions[i].second));
    }
    for (const FrameId frame : frames) builder_.profile.tree.frames.set_module(frame, object);
    places_.push_back(std::move(frames));
    return Nothing{};
  }

  // "t place parent": a stack is one place more than its parent; parents come first.
  Status take_trace(std::string_view rest) {
    const auto place = next_number(rest);
    const auto parent = next_number(rest);
    if (!place || !parent || *place == 0 || *place > places_.size() || *parent > traces_.size())
      return bad("a stack names a place or a parent that is not defined before it");
    Trace trace = *parent == 0 ? Trace{} : traces_[*parent - 1];
    for (const FrameId frame : places_[*place - 1]) {
      if (++trace.depth > k_max_depth) break;  // what is deeper counts there
      PW_TRY_ASSIGN(trace.node, builder_.child(trace.node, frame));
    }
    traces_.push_back(trace);
    return Nothing{};
  }

  Status take_allocation(std::string_view rest) {
    const auto size = next_number(rest);
    const auto trace = next_number(rest);
    if (!size || !trace || *trace > traces_.size())
      return bad("an allocation names a stack that is not defined before it");
    allocations_.push_back({static_cast<double>(*size), *trace == 0 ? k_root : traces_[*trace - 1].node, 0, 0, 0});
    return Nothing{};
  }

  [[nodiscard]] Allocation* allocation(std::string_view rest) {
    const auto index = next_number(rest);
    return index && *index < allocations_.size() ? &allocations_[*index] : nullptr;
  }

  Status take_event(bool made, std::string_view rest) {
    Allocation* const each = allocation(rest);
    if (each == nullptr) return bad("an event names an allocation that is not defined before it");
    ++events_;
    each->calls += made ? 1 : 0;
    each->live += made ? 1 : -1;
    now_ += made ? each->size : -each->size;
    if (now_ > most_) most_ = now_, peak_event_ = events_;
    return Nothing{};
  }

  // What lived at the peak: the events once more, up to there.
  Status find_peak() {
    std::size_t event = 0;
    return each_line([&](char kind, std::string_view rest) -> Status {
      if ((kind != '+' && kind != '-') || event++ >= peak_event_) return Nothing{};
      if (Allocation* const each = allocation(rest)) each->live_at_peak += kind == '+' ? 1 : -1;
      return Nothing{};
    });
  }

  const Document& document_;
  Builder builder_;
  std::uint64_t version_ = 0;
  std::vector<std::string_view> strings_;
  std::vector<std::vector<FrameId>> places_;  // root first
  std::vector<Trace> traces_;
  std::vector<Allocation> allocations_;
  double now_ = 0, most_ = 0;  // bytes
  std::size_t events_ = 0, peak_event_ = 0, line_ = 0;
};

Result<Profile> read_heaptrack(const Document& document) {
  return HeaptrackReader(document).run();
}

int sniff_heaptrack(std::string_view head) {
  std::string_view first = next_line(head);
  if (!first.starts_with("v ")) return 0;
  first.remove_prefix(1);
  if (!next_number(first) || !next_number(first) || !text::trim(first).empty()) return 0;
  const std::string_view second = next_line(head);
  return second.size() > 2 && second[1] == ' ' && std::string_view("xXIs").find(second[0]) != std::string_view::npos
             ? 95
             : 0;
}

}  // namespace

extern const Format k_format_heaptrack{
    "heaptrack", "heaptrack's own files (.gz, .zst): allocations, bytes, peak, leaks", sniff_heaptrack, read_heaptrack};

}  // namespace perfwarden::profile
