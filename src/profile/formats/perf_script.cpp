#include <fmt/format.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "profile/limits.hpp"
#include "profile/read/folded_text.hpp"
#include "profile/read/perf_event.hpp"
#include "profile/read/perf_frames.hpp"
#include "profile/read/perf_lines.hpp"
#include "profile/read/perf_script.hpp"

namespace perfwarden::profile {
namespace {

// Stacks come back: the KnownStacks are those seen lately, with the node that each ended in. Of bounded size.
class KnownStacks {
 public:
  // The node of the stack; k_root when it is not known.
  [[nodiscard]] NodeId find(const std::vector<FrameId>& stack) {
    hash_ = XXH3_64bits(stack.data(), stack.size() * sizeof(FrameId));
    const Known& known = known_[hash_ % k_slots];
    const bool same = known.node != k_root && known.hash == hash_ && known.size == stack.size() &&
                      std::equal(stack.begin(), stack.end(), frames_.begin() + known.begin);
    return same ? known.node : k_root;
  }
  // Remembers the stack that was not found.
  void keep(const std::vector<FrameId>& stack, NodeId node) {
    if (frames_.size() + stack.size() > k_most_frames) {
      frames_.clear();
      std::fill(known_.begin(), known_.end(), Known{});
    }
    known_[hash_ % k_slots] = {hash_, static_cast<std::uint32_t>(frames_.size()),
                               static_cast<std::uint32_t>(stack.size()), node};
    frames_.insert(frames_.end(), stack.begin(), stack.end());
  }

 private:
  static constexpr std::size_t k_slots = 4096, k_most_frames = std::size_t{1} << 18;
  struct Known {
    std::uint64_t hash = 0;
    std::uint32_t begin = 0, size = 0;  // in frames_
    NodeId node = k_root;
  };
  std::vector<Known> known_ = std::vector<Known>(k_slots);
  std::vector<FrameId> frames_;
  std::uint64_t hash_ = 0;
};

// The samples of one event.
struct EventColumn {
  PerfEvent event;
  std::vector<double> samples, periods;  // by node; shorter than the tree until the end
  std::size_t count = 0;                 // of samples
  std::uint64_t one_period = 0;          // of all of them; 0: they differ
  bool has_periods = false;

  void add(NodeId node, std::size_t nodes, std::uint64_t period) {
    if (samples.size() <= node) {
      samples.resize(nodes);
      periods.resize(nodes);
    }
    samples[node] += 1;
    periods[node] += period == 0 ? 1 : static_cast<double>(period);
    one_period = count == 0 || period == one_period ? period : 0;
    has_periods = has_periods || period != 0;
    ++count;
  }
};

class PerfScriptReader {
 public:
  PerfScriptReader(const Document& document, const PerfScriptOptions& options)
      : document_(document), options_(options), frames_(profile_.tree.frames, options) {}

  Result<Profile> read() {
    constexpr std::size_t k_line_bytes = 64;
    const std::size_t likely_nodes = std::min(document_.text.size() / k_line_bytes, k_max_nodes);
    profile_.tree.reserve(likely_nodes);
    columns_.reserve(k_most_events);
    columns_.emplace_back();
    columns_.front().samples.reserve(likely_nodes);
    columns_.front().periods.reserve(likely_nodes);
    std::string_view rest = document_.text;
    while (!rest.empty()) {
      if (open_ && frames_.take_rest(rest, leaf_first_, line_)) {
        PW_TRY(end_sample());
        continue;
      }
      ++line_;
      if (open_ && frames_.take_expected(rest, java_, leaf_first_)) {
        frames_.mark(rest.data(), leaf_first_.size());
        continue;
      }
      const std::string_view line = next_line(rest);
      after_ = rest.data();
      if (line.empty()) {
        if (open_) frames_.remember(after_, leaf_first_);
        PW_TRY(end_sample());
      } else if (line.front() != '#') {
        PW_TRY(take(line));
      }
    }
    PW_TRY(end_sample());
    return finish();
  }

 private:
  Status take(std::string_view line) {
    if (!is_event(line)) {
      take_frame(line);
      return Nothing{};
    }
    PW_TRY(end_sample());
    PW_TRY(begin_sample(*event_));
    if (event_->frame.empty()) return Nothing{};
    if (open_ && !frames_.take(event_->frame, java_, leaf_first_)) odd(line);
    return end_sample();
  }

  void take_frame(std::string_view line) {
    if (open_ && frames_.take(line, java_, leaf_first_)) {
      frames_.mark(after_, leaf_first_.size());
    } else if (open_ || !filtered_) {
      frames_.spoil();
      odd(line);
    }
  }

  // A line that begins with white space is a frame where one can be.
  bool is_event(std::string_view line) {
    const bool indented = line.front() == ' ' || line.front() == '\t';
    if (indented && (open_ || filtered_)) return false;
    event_ = perf_event_line(line);
    if (!event_) return false;
    return !indented || !event_->frame.empty();
  }

  Status begin_sample(const PerfEventLine& event) {
    filtered_ = false;
    if (!choose_column(event.event)) return leave_out();
    open_ = true;
    java_ = event.comm.starts_with("java");
    period_ = event.period;
    leaf_first_.clear();
    frames_.begin_sample();
    if (event.time > 0) {
      first_time_ = first_time_ == 0 ? event.time : std::min(first_time_, event.time);
      last_time_ = std::max(last_time_, event.time);
    }
    name_process(event);
    return Nothing{};
  }

  // A sample without the name of its event is one of the event before. False when there are too many events.
  bool choose_column(std::string_view printed) {
    if (printed == printed_ || printed.empty()) return true;
    const PerfEvent event = perf_event(printed);
    if (printed_.empty()) columns_.front().event = event;
    auto found = std::find_if(columns_.begin(), columns_.end(),
                              [&](const EventColumn& column) { return column.event.name == event.name; });
    if (found == columns_.end()) {
      if (columns_.size() == k_most_events) return false;
      found = columns_.insert(columns_.end(), EventColumn{});
      found->event = event;
    }
    if (found->event.scope != event.scope) found->event.scope.clear();
    printed_ = printed;
    column_ = static_cast<std::size_t>(found - columns_.begin());
    return true;
  }

  Status leave_out() {
    filtered_ = true;
    ++left_out_;
    return Nothing{};
  }

  void name_process(const PerfEventLine& event) {
    const bool with_ids = options_.pid || options_.tid;
    const bool same = event.comm == comm_ && (!with_ids || (event.pid == pid_ && event.tid == tid_));
    if (same && process_ != k_none) return;
    comm_ = event.comm;
    pid_ = event.pid;
    tid_ = event.tid;
    const std::string_view pid = pid_.empty() ? "?" : pid_;
    std::string name(comm_);
    if (options_.tid) {
      name += fmt::format("-{}/{}", pid, tid_);
    } else if (options_.pid) {
      name += fmt::format("-{}", pid);
    }
    std::replace(name.begin(), name.end(), ' ', '_');
    std::replace(name.begin(), name.end(), ';', ':');
    if (name.size() > k_max_name_bytes) name.resize(k_max_name_bytes);
    process_ = profile_.tree.frames.add(name);
  }

  Status end_sample() {
    filtered_ = false;
    if (!open_) return Nothing{};
    open_ = false;
    if (leaf_first_.size() >= k_max_depth) {
      ++too_deep_;
      leaf_first_.resize(k_max_depth - 1);
    }
    leaf_first_.push_back(process_);
    if (profile_.tree.size() + leaf_first_.size() > k_max_nodes)
      return Error{.kind = ErrorKind::parse,
                   .what = fmt::format("has more than {} distinct stack frames", k_max_nodes),
                   .where = place(),
                   .hint = "record for a shorter time or at a lower frequency"};
    const NodeId node = node_of_stack();
    columns_[column_].add(node, profile_.tree.size(), period_);
    return Nothing{};
  }

  // Stacks often begin as the one before did.
  NodeId node_of_stack() {
    NodeId node = known_stacks_.find(leaf_first_);
    if (node != k_root) return node;
    std::size_t depth = 0;
    auto frame = leaf_first_.rbegin();
    for (; frame != leaf_first_.rend() && depth < path_.size(); ++frame, ++depth) {
      if (profile_.tree.node(path_[depth]).frame != *frame) break;
      node = path_[depth];
    }
    path_.resize(depth);
    for (; frame != leaf_first_.rend(); ++frame) {
      node = profile_.tree.child(node, *frame);
      path_.push_back(node);
    }
    known_stacks_.keep(leaf_first_, node);
    return node;
  }

  void odd(std::string_view line) {
    if (text::trim(line).empty() || source_line(line)) return;
    if (odd_++ == 0) first_odd_ = line_;
  }

  // `perf script -F +srcline` prints "  file.cpp:123" below a frame.
  bool source_line(std::string_view line) {
    if (!open_ || leaf_first_.empty() || (line.front() != ' ' && line.front() != '\t')) return false;
    const std::string_view place = text::trim(line);
    const std::size_t colon = place.rfind(':');
    const bool numbered = colon != std::string_view::npos && colon > 0 && colon + 1 < place.size() &&
                          place.find_first_not_of("0123456789", colon + 1) == std::string_view::npos;
    if (numbered) profile_.tree.frames.set_file(leaf_first_.back(), place.substr(0, colon));
    return numbered || place.ends_with(']');  // "libc-2.33.so[27b25]": none is known
  }

  [[nodiscard]] std::string place() const { return fmt::format("{}:{}", document_.name, line_); }

  void warn() {
    if (columns_.size() > 1) {
      std::vector<std::string> names;
      for (const EventColumn& column : columns_)
        names.push_back(fmt::format("'{}' ({})", column.event.name, column.count));
      profile_.warnings.push_back(
          {"other-events", fmt::format("there are samples of {} events, of which one is used at a time: {}",
                                       columns_.size(), text::join(names, ", "))});
    }
    if (left_out_ > 0)
      profile_.warnings.push_back(
          {"other-events", fmt::format("{} samples of other events were ignored: at most {} events of a file are read; "
                                       "record fewer at a time",
                                       left_out_, k_most_events)});
    if (odd_ > 0)
      profile_.warnings.push_back(
          {"ignored-lines",
           fmt::format("{}: {} lines are not output of perf script and were ignored; the first is line {}",
                       document_.name, odd_, first_odd_)});
    if (too_deep_ > 0)
      profile_.warnings.push_back(
          {"deep-stacks", fmt::format("{} samples are deeper than {} frames; the frames above those were cut off",
                                      too_deep_, k_max_depth)});
  }

  Result<Profile> finish() {
    if (columns_.front().count == 0)
      return Error{.kind = ErrorKind::parse,
                   .what = "the file has no sample of perf script",
                   .where = document_.name,
                   .hint = "record with `perf record -g` and print with `perf script`"};
    for (EventColumn& column : columns_) add_types(column);
    const EventColumn& first = columns_.front();
    profile_.count_type = 0;
    if (first.has_periods) {
      profile_.default_type = 1;
      profile_.period = static_cast<double>(first.one_period);
    }
    profile_.seconds = last_time_ - first_time_;
    warn();
    return std::move(profile_);
  }

  void add_types(EventColumn& column) {
    const std::string& name = column.event.name;
    const std::size_t at = profile_.types.size();
    column.samples.resize(profile_.tree.size());
    column.periods.resize(profile_.tree.size());
    profile_.types.push_back({at == 0 ? "samples" : "samples of " + name, "count"});
    profile_.self.push_back(std::move(column.samples));
    if (column.has_periods) {
      profile_.types.push_back({name, name == "cpu-clock" || name == "task-clock" ? "nanoseconds" : ""});
      profile_.self.push_back(std::move(column.periods));
    }
    if (!name.empty()) profile_.events.push_back({name, column.event.scope, at, profile_.types.size() - 1});
  }

  static constexpr std::size_t k_most_events = 8;
  static constexpr FrameId k_none = ~FrameId{0};

  const Document& document_;
  PerfScriptOptions options_;
  Profile profile_;
  PerfFrames frames_;
  std::optional<PerfEventLine> event_;

  bool open_ = false, filtered_ = false;  // within a sample; within one that is left out
  bool java_ = false;
  std::uint64_t period_ = 0;
  FrameId process_ = k_none;
  std::string_view comm_, pid_, tid_;  // of process_
  std::vector<FrameId> leaf_first_;
  const char* after_ = nullptr;  // the line that is read
  std::vector<NodeId> path_;     // of the stack before that was not known, from below the root
  KnownStacks known_stacks_;

  std::vector<EventColumn> columns_;  // at least the first, which is then still empty
  std::size_t column_ = 0;            // of the sample that is read
  std::string_view printed_;          // its event, as it is printed
  double first_time_ = 0, last_time_ = 0;
  std::size_t line_ = 0, left_out_ = 0, odd_ = 0, first_odd_ = 0, too_deep_ = 0;
};

// An event line followed by one of its frames, or an event line that holds one.
int sniff_perf_script(std::string_view head) {
  bool after_event = false;
  for (std::string_view line : text::lines(head)) {
    if (line.empty() || line.front() == '#') {
      after_event = false;
      continue;
    }
    const auto frame = perf_frame_line(line);
    if (after_event && frame && !frame->address.empty()) return 90;
    const auto event = perf_event_line(line);
    if (!event || (event->event.empty() && event->frame.empty())) return 0;
    if (!event->frame.empty()) return 90;
    after_event = true;
  }
  return 0;
}

Result<Profile> read_perf_script(const Document& document) {
  return read_perf_script(document, {});
}

}  // namespace

Result<Profile> read_perf_script(const Document& document, const PerfScriptOptions& options) {
  return PerfScriptReader(document, options).read();
}

extern const Format k_format_perf_script{"perf-script", "Text of `perf script`, Linux perf", sniff_perf_script,
                                         read_perf_script};

}  // namespace perfwarden::profile
