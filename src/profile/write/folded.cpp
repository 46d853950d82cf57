#include "profile/write/folded.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "profile/limits.hpp"

namespace perfwarden::profile {
namespace {

constexpr std::size_t k_folded_piece_bytes = std::size_t{256} << 10;

bool is_breaking(std::string_view name) {
  return name.find_first_of(";\n\r") != std::string_view::npos;
}

// The tree with names that can stand in a folded line, and the costs of its nodes.
struct Folding {
  CallTree tree;
  std::vector<double> self;
};

Folding with_safe_names(const CallTree& tree, std::span<const double> self) {
  Folding out;
  std::vector<FrameId> frames(tree.frames.size());
  for (FrameId id = 0; id < frames.size(); ++id) {
    std::string name(tree.frames.name(id));
    std::replace(name.begin(), name.end(), ';', ':');
    std::replace_if(
        name.begin(), name.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    frames[id] = out.tree.frames.add(name);
  }
  std::vector<NodeId> nodes(tree.size(), k_root);
  for (NodeId id = 1; id < tree.size(); ++id)
    nodes[id] = out.tree.child(nodes[tree.node(id).parent], frames[tree.node(id).frame]);
  out.self.resize(out.tree.size());
  for (NodeId id = 0; id < tree.size(); ++id) out.self[nodes[id]] += self[id];
  return out;
}

// Where each frame stands among all when they are sorted by bytes, alone and with ';' behind: "a b" comes before "a;"
// but after "a".
struct Ranks {
  std::vector<std::uint32_t> leaf, inner;
};

Ranks ranks_of(const FrameTable& frames) {
  std::vector<std::uint32_t> order(frames.size() * 2);  // 2 × frame, + 1 with ';'
  std::iota(order.begin(), order.end(), 0U);
  const auto less = [&](std::uint32_t a, std::uint32_t b) {
    const std::string_view x = frames.name(a / 2), y = frames.name(b / 2);
    const std::size_t common = std::min(x.size(), y.size());
    if (const int order_of = x.substr(0, common).compare(y.substr(0, common)); order_of != 0) return order_of < 0;
    const auto next = [common](std::string_view name, std::uint32_t key) {
      if (common < name.size()) return static_cast<int>(static_cast<unsigned char>(name[common]));
      return key % 2 == 1 ? static_cast<int>(';') : -1;
    };
    return next(x, a) < next(y, b);
  };
  std::sort(order.begin(), order.end(), less);
  Ranks ranks{std::vector<std::uint32_t>(frames.size()), std::vector<std::uint32_t>(frames.size())};
  for (std::uint32_t rank = 0; rank < order.size(); ++rank)
    (order[rank] % 2 == 1 ? ranks.inner : ranks.leaf)[order[rank] / 2] = rank;
  return ranks;
}

class FoldedWriter {
 public:
  FoldedWriter(const CallTree& tree, std::span<const double> self, const Sink& sink)
      : tree_(tree), self_(self), sink_(sink), children_(children_of(tree)), ranks_(ranks_of(tree.frames)) {
    buffer_.reserve(k_folded_piece_bytes * 2);
  }

  // False when it became too long.
  bool write() {
    push(k_root, 0);
    while (!steps_.empty() && written_ <= k_max_text_bytes) {
      const Step step = steps_.back();
      steps_.pop_back();
      path_.resize(step.path);
      path_ += tree_.name(step.node);
      if (step.leaf) {
        line(self_[step.node]);
      } else {
        path_ += ';';
        push(step.node, path_.size());
      }
    }
    sink_(buffer_);
    return written_ <= k_max_text_bytes;
  }

 private:
  // A node gives a line of its own, and those of what is below it, which need not come next to it.
  struct Step {
    std::uint32_t rank;
    NodeId node;
    std::size_t path;  // bytes of path_ above it
    bool leaf;
  };

  void push(NodeId parent, std::size_t path) {
    const std::size_t begin = steps_.size();
    for (const NodeId child : children_.of(parent)) {
      const FrameId frame = tree_.node(child).frame;
      if (self_[child] != 0) steps_.push_back({ranks_.leaf[frame], child, path, true});
      if (!children_.of(child).empty()) steps_.push_back({ranks_.inner[frame], child, path, false});
    }
    if (steps_.size() - begin < 2) return;
    std::sort(steps_.begin() + static_cast<std::ptrdiff_t>(begin), steps_.end(),
              [](const Step& a, const Step& b) { return a.rank > b.rank; });
  }

  void line(double cost) {
    constexpr double k_exact = 9007199254740992;  // 2^53
    buffer_ += path_;
    if (cost == std::trunc(cost) && std::abs(cost) <= k_exact) {
      const fmt::format_int digits(static_cast<std::int64_t>(cost));
      buffer_ += ' ';
      buffer_.append(digits.data(), digits.size());
      buffer_ += '\n';
    } else {
      fmt::format_to(std::back_inserter(buffer_), " {:.15g}\n", cost);
    }
    if (buffer_.size() < k_folded_piece_bytes) return;
    written_ += buffer_.size();
    sink_(buffer_);
    buffer_.clear();
  }

  const CallTree& tree_;
  std::span<const double> self_;
  const Sink& sink_;
  ChildLists children_;
  Ranks ranks_;
  std::vector<Step> steps_;
  std::string path_, buffer_;
  std::size_t written_ = 0;
};

}  // namespace

Status write_folded(const Profile& profile, std::size_t type, const Sink& sink) {
  if (profile.tree.size() <= 1)
    return Error{.kind = ErrorKind::usage,
                 .what = "the profile holds no stacks, only functions",
                 .hint = "use `perfwarden profile top` for it, or record stacks"};
  const CallTree& tree = profile.tree;
  bool safe = true;
  for (FrameId id = 0; id < tree.frames.size() && safe; ++id) safe = !is_breaking(tree.frames.name(id));
  bool whole = false;
  if (safe) {
    whole = FoldedWriter(tree, profile.self[type], sink).write();
  } else {
    const Folding folding = with_safe_names(tree, profile.self[type]);
    whole = FoldedWriter(folding.tree, folding.self, sink).write();
  }
  if (whole) return Nothing{};
  return Error{.kind = ErrorKind::usage,
               .what = fmt::format("the folded text would be larger than {} MiB", k_max_text_bytes >> 20U),
               .hint = "its stacks are very deep; convert the profile to another form"};
}

}  // namespace perfwarden::profile
