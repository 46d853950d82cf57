#include <fmt/format.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "profile/format.hpp"
#include "profile/limits.hpp"
#include "profile/read/builder.hpp"
#include "profile/read/json_text.hpp"
#include "profile/read/placed_name.hpp"

// speedscope's files (https://www.speedscope.app/file-format-schema.json), which py-spy, rbspy, dotnet-trace, xctrace
// converters and perfwarden write. A file holds several profiles, mostly one a thread: those of one unit are summed,
// and each unit is a sample type. What perfwarden wrote holds one sample type, or one side, a profile: not to be
// summed.
namespace perfwarden::profile {
namespace {

constexpr std::string_view k_speedscope_cure =
    "export the file from the profiler again; https://www.speedscope.app shows it if it is complete";

class SpeedscopeReader {
 public:
  explicit SpeedscopeReader(const Document& document) : document_(document), builder_(document, k_speedscope_cure) {}

  Result<Profile> run() {
    PW_TRY_ASSIGN(const Json file, read_json(document_, k_speedscope_cure));
    const Json& profiles = member(file, "profiles");
    if (!profiles.is_array() || !member(member(file, "shared"), "frames").is_array())
      return builder_.error("this is not a speedscope file: it has no profiles, or no shared.frames");
    ours_ = text_of(member(file, "exporter")).starts_with("perfwarden");
    PW_TRY(take_frames(member(member(file, "shared"), "frames")));
    const std::size_t active = index_of(member(file, "activeProfileIndex"), profiles.size()).value_or(0);
    for (std::size_t i = 0; i < profiles.size(); ++i) {
      place_ = fmt::format("profiles[{}]", i);
      PW_TRY_ASSIGN(const std::size_t type, type_of(profiles[i]));
      if (i == active) builder_.profile.default_type = type;
      PW_TRY(text_of(member(profiles[i], "type")) == "evented" ? take_events(profiles[i], type)
                                                               : take_samples(profiles[i], type));
    }
    finish_counts();
    return builder_.finish();
  }

 private:
  [[nodiscard]] Error bad(const std::string& where, std::string_view what) const {
    return builder_.error(fmt::format("{}{} {}", place_, where, what));
  }

  Status take_frames(const Json& frames) {
    frames_.reserve(frames.size());
    for (const Json& frame : frames) {
      if (!frame.is_object() || !member(frame, "name").is_string())
        return builder_.error(fmt::format("shared.frames[{}] has no name", frames_.size()));
      const std::string_view file = text_of(member(frame, "file"));
      // The line is of the call that was under way for some exporters: it would tear functions apart.
      frames_.push_back(builder_.frame(placed_name(text_of(member(frame, "name")), ours_ ? "" : file, 0)));
      builder_.profile.tree.frames.set_file(frames_.back(), file);
    }
    return Nothing{};
  }

  Result<std::size_t> type_of(const Json& profile) {
    const std::string_view unit = text_of(member(profile, "unit"));
    const std::string_view name = text_of(member(profile, "name"));
    SampleType type{"time", std::string(unit)};
    if (unit == "bytes") type.name = "memory";
    if (unit == "none") type = {"samples", ""};
    if (ours_) type.name = name;
    std::vector<SampleType>& types = builder_.profile.types;
    for (std::size_t i = 0; i < types.size(); ++i)
      if (types[i] == type) return i;
    PW_TRY(builder_.add_type(std::move(type)));
    counts_.push_back(types.back().unit.empty());
    return types.size() - 1;
  }

  Status take_samples(const Json& profile, std::size_t type) {
    const Json& samples = member(profile, "samples");
    const Json& weights = member(profile, "weights");
    if (!samples.is_array() || !weights.is_array() || samples.size() != weights.size())
      return bad("", "does not have one weight for each sample");
    for (std::size_t i = 0; i < samples.size(); ++i) {
      stack_.clear();
      for (const Json& frame : samples[i]) {
        const auto index = index_of(frame, frames_.size());
        if (!index) return bad(fmt::format(".samples[{}]", i), "names a frame that shared.frames does not hold");
        stack_.push_back(frames_[*index]);
      }
      const auto weight = number_of(weights[i]);
      if (!weight) return bad(fmt::format(".weights[{}]", i), "is not a number");
      PW_TRY_ASSIGN(const NodeId node, builder_.node(stack_));
      builder_.add(node, type, *weight);
      counts_[type] = counts_[type] && *weight >= 0 && *weight == std::trunc(*weight);
    }
    return Nothing{};
  }

  // What lies between two events was spent in the function opened last.
  Status take_events(const Json& profile, std::size_t type) {
    const Json& events = member(profile, "events");
    if (!events.is_array()) return bad("", "has no events");
    counts_[type] = false;
    open_.clear();
    double then = number_of(member(profile, "startValue")).value_or(0);
    for (std::size_t i = 0; i < events.size(); ++i) {
      const std::string where = fmt::format(".events[{}]", i);
      const auto at = number_of(member(events[i], "at"));
      const auto index = index_of(member(events[i], "frame"), frames_.size());
      if (!at || !index) return bad(where, "has no time, or names a frame that shared.frames does not hold");
      if (*at < then && i > 0) return bad(where, "is earlier than the event before it");
      spend(type, *at - then);
      then = *at;
      if (text_of(member(events[i], "type")) == "O") {
        PW_TRY(open(frames_[*index]));
      } else if (open_.empty() || open_.back().frame != frames_[*index]) {
        return bad(where, "closes another function than was opened last");
      } else {
        open_.pop_back();
      }
    }
    if (!open_.empty())
      builder_.note("open-events",
                    fmt::format("{} never closes {} functions; they count up to its end", place_, open_.size()));
    spend(type, number_of(member(profile, "endValue")).value_or(then) - then);
    return Nothing{};
  }

  Status open(FrameId frame) {
    NodeId node = open_.empty() ? k_root : open_.back().node;
    if (open_.size() < k_max_depth) {
      PW_TRY_ASSIGN(node, builder_.child(node, frame));
    } else if (open_.size() == k_max_depth) {
      builder_.note("deep-stacks", fmt::format("{} has stacks deeper than {} frames; what is deeper counts there",
                                               place_, k_max_depth));
    }
    open_.push_back({node, frame});
    return Nothing{};
  }

  void spend(std::size_t type, double cost) {
    if (!open_.empty() && cost > 0) builder_.add(open_.back().node, type, cost);
  }

  // Whole weights without a unit are how often a stack was seen.
  void finish_counts() {
    for (std::size_t type = 0; type < counts_.size(); ++type)
      if (counts_[type] && builder_.profile.types[type].name == "samples") builder_.profile.count_type = type;
  }

  const Document& document_;
  Builder builder_;
  bool ours_ = false;
  std::string place_;
  std::vector<FrameId> frames_, stack_;
  struct Open {
    NodeId node;
    FrameId frame;
  };
  std::vector<Open> open_;    // functions under way, outermost first
  std::vector<bool> counts_;  // by type: may be numbers of samples
};

Result<Profile> read_speedscope(const Document& document) {
  return SpeedscopeReader(document).run();
}

int sniff_speedscope(std::string_view head) {
  if (looks_like_json(head, {"$schema"}) && head.find("speedscope.app/file-format-schema") != std::string_view::npos)
    return 100;
  const bool frames_first = looks_like_json(head, {"shared", "frames"}, {"meta", "traceEvents"});
  return frames_first || looks_like_json(head, {"profiles", "startValue", "endValue"}, {"meta", "traceEvents"}) ? 80
                                                                                                                : 0;
}

}  // namespace

extern const Format k_format_speedscope{"speedscope",
                                        "speedscope JSON, sampled or evented: py-spy, rbspy, dotnet-trace",
                                        sniff_speedscope, read_speedscope};

}  // namespace perfwarden::profile
