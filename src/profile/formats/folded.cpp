#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "profile/format.hpp"
#include "profile/limits.hpp"
#include "profile/read/builder.hpp"
#include "profile/read/folded_text.hpp"

namespace perfwarden::profile {
namespace {

// Whether numbers could be counts of samples. Weights are fractions, or multiples of a sampling period, or all large.
class Plausibility {
 public:
  void see(const FoldedCount& count) {
    if (!count.is_whole) fractions_ = true;
    if (count.value == 0) return;
    ++stacks_;
    least_ = std::min(least_, count.value);
    if (divisor_ != 1) divisor_ = std::gcd(divisor_, count.whole);
  }

  // Why they are none; empty when they may be.
  [[nodiscard]] std::string objection() const {
    if (fractions_) return "some of its numbers are fractions";
    const std::uint64_t large = stacks_ >= k_many_stacks ? 100 : 10'000;
    if (divisor_ >= large) return fmt::format("all of its numbers are multiples of {}", divisor_);
    if (stacks_ >= k_some_stacks && least_ >= 10 * static_cast<double>(large))
      return fmt::format("none of its numbers is below {:.0f}", least_);
    return "";
  }

 private:
  static constexpr std::size_t k_some_stacks = 10, k_many_stacks = 50;
  bool fractions_ = false;
  std::size_t stacks_ = 0;
  double least_ = HUGE_VAL;
  std::uint64_t divisor_ = 0;
};

// Also a comment, which some recorders write above the stacks.
bool is_blank(std::string_view line) {
  return line.empty() || line.starts_with("# ");
}

std::size_t common_bytes(std::string_view a, std::string_view b) {
  const std::size_t shorter = std::min(a.size(), b.size());
  std::size_t same = 0;
  for (; same + sizeof(std::uint64_t) <= shorter; same += sizeof(std::uint64_t)) {
    std::uint64_t x = 0, y = 0;
    std::memcpy(&x, a.data() + same, sizeof x);
    std::memcpy(&y, b.data() + same, sizeof y);
    if (x != y) break;
  }
  while (same < shorter && a[same] == b[same]) ++same;
  return same;
}

class FoldedReader {
 public:
  FoldedReader(const Document& document, std::size_t columns) : document_(document), columns_(columns) {
    profile_.self.resize(columns);
  }

  // None when not every stack has as many numbers as there are columns.
  Result<std::optional<Profile>> read(std::string_view text) {
    constexpr std::size_t k_frame_bytes = 64;  // that are not shared with the stack before
    profile_.tree.reserve(std::min(text.size() / k_frame_bytes, k_max_nodes));
    while (!text.empty()) {
      const std::string_view line = next_line(text);
      auto parsed = folded_line(line);
      FoldedLine base;
      if (columns_ == 2 && parsed) {
        const auto two = folded_line(parsed->stack);
        if (!two) return std::optional<Profile>{};
        base = *two;
      }
      std::string_view stack = columns_ == 2 ? base.stack : parsed ? parsed->stack : std::string_view{};
      while (stack.ends_with(';')) stack.remove_suffix(1);
      tally_.see(!stack.empty(), !parsed && is_blank(line));
      if (stack.empty()) continue;
      PW_TRY_ASSIGN(const NodeId node, node_of(stack));
      if (columns_ == 2) add(0, node, base.count);
      add(columns_ - 1, node, parsed->count);
      plausibility_.see(parsed->count);
    }
    return finish();
  }

 private:
  void add(std::size_t column, NodeId node, const FoldedCount& count) {
    std::vector<double>& self = profile_.self[column];
    if (self.size() <= node) self.resize(profile_.tree.size());
    self[node] += count.value;
  }

  Result<NodeId> node_of(std::string_view stack) {
    constexpr std::size_t k_longest = std::size_t{1} << 31;
    const std::size_t begin = shared_with_last(stack);
    NodeId node = path_.empty() ? k_root : path_.back().node;
    for (std::size_t at = begin; at <= stack.size();) {
      const std::size_t end = std::min(stack.find(';', at), stack.size());
      if (profile_.tree.size() >= k_max_nodes || stack.size() > k_longest) return too_large();
      if (path_.size() == k_max_depth) return cut(stack);
      if (end - at > k_max_name_bytes) ++long_names_;
      const FrameId frame = profile_.tree.frames.add(stack.substr(at, std::min(end - at, k_max_name_bytes)));
      node = profile_.tree.child(node, frame);
      path_.push_back({node, end});
      at = end + 1;
    }
    last_ = stack;
    return node;
  }

  // Stacks often begin as the one before did: keeps of path_ what both have in common, and says where the rest begins.
  std::size_t shared_with_last(std::string_view stack) {
    const std::size_t same = common_bytes(stack, last_);
    const auto ends_in_both = [&](std::size_t end) {
      return end < same ||
             (end == same && (end == stack.size() || stack[end] == ';') && (end == last_.size() || last_[end] == ';'));
    };
    while (!path_.empty() && !ends_in_both(path_.back().end)) path_.pop_back();
    return path_.empty() ? 0 : path_.back().end + 1;
  }

  // Of a stack that is too deep, the frames next to the leaf: whose cost it is stays true.
  Result<NodeId> cut(std::string_view stack) {
    ++too_deep_;
    std::size_t begin = stack.size() + 1;
    for (std::size_t frames = 0; frames < k_max_depth; ++frames) begin = stack.rfind(';', begin - 2) + 1;
    path_.clear();
    last_ = {};
    return node_of(stack.substr(begin));
  }

  [[nodiscard]] Error too_large() const {
    return {.kind = ErrorKind::parse,
            .what = fmt::format("has more than {} distinct stack frames", k_max_nodes),
            .where = fmt::format("{}:{}", document_.name, tally_.number),
            .hint = "record for a shorter time or at a lower frequency"};
  }

  Result<std::optional<Profile>> finish() {
    PW_TRY(tally_.check(document_.name));
    tally_.warn(document_.name, profile_.warnings);
    for (auto& column : profile_.self) column.resize(profile_.tree.size());
    if (columns_ == 2) {
      profile_.types = {{"base", "count"}, {"head", "count"}};
    } else {
      profile_.types = {{"samples", "count"}};
    }
    profile_.default_type = columns_ - 1;
    if (const std::string objection = plausibility_.objection(); objection.empty()) {
      profile_.count_type = profile_.default_type;
    } else {
      profile_.warnings.push_back(
          {"no-sample-counts", fmt::format("{}: its numbers are not counts of samples ({}), so it cannot be said how "
                                           "certain a change is: fold with one count per sample",
                                           document_.name, objection)});
    }
    if (too_deep_ > 0)
      profile_.warnings.push_back(
          {"deep-stacks", fmt::format("{} stacks are deeper than {} frames; the frames above those were cut off",
                                      too_deep_, k_max_depth)});
    if (long_names_ > 0) profile_.warnings.push_back(long_names(long_names_));
    return std::optional<Profile>(std::move(profile_));
  }

  struct Step {
    NodeId node;
    std::size_t end;  // of the frame, in last_
  };

  const Document& document_;
  std::size_t columns_;
  Profile profile_;
  FoldedTally tally_;
  Plausibility plausibility_;
  std::string_view last_;
  std::vector<Step> path_;  // of last_
  std::size_t too_deep_ = 0, long_names_ = 0;
};

// A text of stacks and of other lines is taken for one as well, though for less than any other format: reading it says
// which line is not a stack.
constexpr int k_damaged_stacks = 5;

// Whole lines only, of which 99 % are stacks. Raw heaptrack data have lines that look like them.
int sniff_folded(std::string_view head) {
  std::string converted;
  const bool cut = head.size() >= k_sniffed_bytes;
  std::string_view text = folded_utf8(head, converted);
  if (cut && text.find('\n') != std::string_view::npos) text = text.substr(0, text.rfind('\n'));
  if (text.starts_with("v ") || text.find('\0') != std::string_view::npos) return 0;
  FoldedTally tally;
  bool stacks = false;
  while (!text.empty()) {
    const std::string_view line = next_line(text);
    const auto parsed = folded_line(line);
    const bool is_stack =
        parsed && !parsed->stack.empty() && parsed->stack.front() != ' ' && parsed->stack.front() != '\t';
    tally.see(is_stack, is_blank(line));
    stacks = stacks || (is_stack && parsed->stack.find(';') != std::string_view::npos);
  }
  if (!tally.check("")) return stacks && 2 * tally.ignored < tally.lines ? k_damaged_stacks : 0;
  return stacks ? 60 : 10;
}

Result<Profile> read_folded(const Document& document) {
  std::string converted;
  const std::string_view text = folded_utf8(document.text, converted);
  for (const std::size_t columns : {std::size_t{2}, std::size_t{1}}) {
    PW_TRY_ASSIGN(std::optional<Profile> profile, FoldedReader(document, columns).read(text));
    if (profile) return std::move(*profile);
  }
  return Error{.kind = ErrorKind::parse, .what = "the file holds no stacks", .where = document.name};
}

}  // namespace

extern const Format k_format_folded{"folded", "Folded stacks, one a line: frames with ';' between them and a count",
                                    sniff_folded, read_folded};

}  // namespace perfwarden::profile
