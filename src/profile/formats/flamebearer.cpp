#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "profile/format.hpp"
#include "profile/limits.hpp"
#include "profile/read/builder.hpp"
#include "profile/read/json_text.hpp"

// What Pyroscope's render API answers with format=json: a flame graph, row by row from its root. A row is a list of
// [offset, total, self, name] for each of its boxes from left to right, where `offset` is what lies between a box and
// the one before it. A box belongs to the box of the row above that it lies under. The first row is the whole.
// https://grafana.com/docs/pyroscope/latest/reference-server-api/
namespace perfwarden::profile {
namespace {

constexpr std::string_view k_flamebearer_cure =
    "ask Pyroscope's /pyroscope/render again with format=json, for one query; render-diff holds two profiles";
constexpr std::size_t k_numbers_a_box = 4;

class FlamebearerReader {
 public:
  explicit FlamebearerReader(const Document& document) : document_(document), builder_(document, k_flamebearer_cure) {}

  Result<Profile> run() {
    PW_TRY_ASSIGN(const Json file, read_json(document_, k_flamebearer_cure));
    const Json& graph = member(file, "flamebearer");
    const Json& metadata = member(file, "metadata");
    if (text_of(member(metadata, "format")) == "double")
      return builder_.error("this flame graph is of two profiles at once, which cannot be told apart");
    if (!member(graph, "names").is_array() || !member(graph, "levels").is_array())
      return builder_.error("this is not a flamebearer file: it has no flamebearer.names, or no flamebearer.levels");
    for (const Json& name : member(graph, "names")) names_.push_back(builder_.frame(text_of(name)));
    PW_TRY(take_type(metadata));
    for (const Json& level : member(graph, "levels")) PW_TRY(take_level(level));
    return builder_.finish();
  }

 private:
  // One box of the row above: where it lies, and its node.
  struct Box {
    double begin = 0, end = 0;
    NodeId node = k_root;
  };

  // A rate of 10⁹ for samples of time says that the numbers are nanoseconds already.
  Status take_type(const Json& metadata) {
    constexpr double k_nanoseconds = 1e9;
    const std::string_view units = text_of(member(metadata, "units"));
    const double rate = number_of(member(metadata, "sampleRate")).value_or(0);
    if (units == "bytes") return builder_.add_type({"alloc_space", "bytes"});
    if (units == "objects") return builder_.add_type({"alloc_objects", "count"});
    if (units == "lock_nanoseconds" || rate == k_nanoseconds)
      return builder_.add_type({units == "lock_nanoseconds" ? "delay" : "cpu", "nanoseconds"});
    PW_TRY(builder_.add_type({"samples", ""}));
    builder_.profile.count_type = 0;
    return Nothing{};
  }

  Status take_level(const Json& level) {
    const std::string place = fmt::format("flamebearer.levels[{}]", depth_);
    if (!level.is_array() || level.size() % k_numbers_a_box != 0)
      return builder_.error(place + " is not a list of four numbers for each box");
    if (depth_ > k_max_depth) return builder_.error(fmt::format("{} is deeper than {} frames", place, k_max_depth));
    row_.clear();
    double at = 0;
    std::size_t above = 0;
    for (std::size_t i = 0; i < level.size(); i += k_numbers_a_box) {
      const auto offset = number_of(level[i]), total = number_of(level[i + 1]), self = number_of(level[i + 2]);
      const auto name = index_of(level[i + 3], names_.size());
      if (!offset || !total || !self || !name || *offset < 0 || *total < 0 || *self < 0 || *self > *total)
        return builder_.error(fmt::format("{}: box {} has no usable numbers", place, i / k_numbers_a_box));
      at += *offset;
      const Box box{at, at + *total, k_root};
      at = box.end;
      PW_TRY(add(box, *self, names_[*name], place, above));
    }
    above_.swap(row_);
    ++depth_;
    return Nothing{};
  }

  // `above`: the box of the row above where the search for the box's caller begins; both rows go from left to right.
  Status add(Box box, double self, FrameId frame, const std::string& place, std::size_t& above) {
    if (depth_ > 0) {
      while (above < above_.size() && above_[above].end <= box.begin && box.begin < box.end) ++above;
      if (above == above_.size() || box.begin < above_[above].begin || box.end > above_[above].end)
        return builder_.error(place + " has a box that lies under none of the row above");
      PW_TRY_ASSIGN(box.node, builder_.child(above_[above].node, frame));
    }
    if (self > 0 && depth_ == 0)
      builder_.note("no-function", fmt::format("{:g} of {:g} are of no function, and are ignored", self, box.end));
    else if (self > 0)
      builder_.add(box.node, 0, self);
    row_.push_back(box);
    return Nothing{};
  }

  const Document& document_;
  Builder builder_;
  std::vector<FrameId> names_;
  std::vector<Box> above_, row_;
  std::size_t depth_ = 0;
};

Result<Profile> read_flamebearer(const Document& document) {
  return FlamebearerReader(document).run();
}

int sniff_flamebearer(std::string_view head) {
  return looks_like_json(head, {"flamebearer"}, {"$schema", "traceEvents"}) ? 90 : 0;
}

}  // namespace

extern const Format k_format_flamebearer{"flamebearer", "flame graph JSON of Pyroscope's render API", sniff_flamebearer,
                                         read_flamebearer};

}  // namespace perfwarden::profile
