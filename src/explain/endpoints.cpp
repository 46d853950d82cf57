#include "explain/endpoints.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.hpp"

namespace perfwarden::explain {
namespace {

constexpr std::size_t k_deepest_trace = 256;

std::string_view without_arguments(std::string_view name) {
  return name.substr(0, name.find('('));
}

std::string_view last_part(std::string_view name) {
  const std::string_view bare = without_arguments(name);
  const std::size_t cut = bare.find_last_of(":.");
  return cut == std::string_view::npos ? bare : bare.substr(cut + 1);
}

bool names_function(std::string_view in_span, std::string_view frame) {
  if (in_span.empty()) return false;
  return without_arguments(in_span) == without_arguments(frame) || in_span == last_part(frame);
}

class Traces {
 public:
  explicit Traces(std::span<const Span> spans) {
    for (const Span& one : spans)
      by_id_.emplace(std::pair(std::string_view(one.trace), std::string_view(one.id)), &one);
  }

  // The outermost server span above, else the root; a cycle of parents ends the climb.
  [[nodiscard]] const Span& entry_of(const Span& span) const {
    const Span* top = &span;
    const Span* server = span.server ? &span : nullptr;
    for (std::size_t depth = 0; depth < k_deepest_trace && !top->parent.empty(); ++depth) {
      const auto parent = by_id_.find({top->trace, top->parent});
      if (parent == by_id_.end()) break;
      top = parent->second;
      if (top->server) server = top;
    }
    return server != nullptr ? *server : *top;
  }

 private:
  std::map<std::pair<std::string_view, std::string_view>, const Span*> by_id_;
};

std::string endpoint_of(const Span& entry) {
  return entry.route.empty() ? entry.name : entry.route;
}

}  // namespace

std::vector<EndpointTie> tie_endpoints(std::span<const Span> spans, std::span<const ProfileDiff> profiles) {
  const Traces traces(spans);
  std::map<std::pair<std::string, std::string>, std::pair<EndpointTie, double>> found;  // function, endpoint; slowest
  for (const ProfileDiff& profile : profiles) {
    for (const FrameDelta& frame : profile.frames) {
      if (frame.change != FrameChange::regression && frame.change != FrameChange::added) continue;
      const Share& share = frame.by_total ? frame.total : frame.self;
      for (const Span& span : spans) {
        if (!names_function(span.function, frame.name)) continue;
        const std::string endpoint = endpoint_of(traces.entry_of(span));
        auto& [tie, slowest] = found.try_emplace({frame.name, endpoint}).first->second;
        tie.endpoint = endpoint;
        tie.span = span.name;
        tie.function = frame.name;
        tie.change = std::string(name_of(frame.change));
        tie.base = share.base;
        tie.head = share.head;
        ++tie.spans;
        tie.seconds += span.seconds;
        if (tie.trace.empty() || span.seconds > slowest) {
          tie.trace = span.trace;
          slowest = span.seconds;
        }
      }
    }
  }
  std::vector<EndpointTie> out;
  out.reserve(found.size());
  for (auto& [key, value] : found) out.push_back(std::move(value.first));
  std::stable_sort(out.begin(), out.end(), [](const EndpointTie& a, const EndpointTie& b) {
    if (a.head - a.base != b.head - b.base) return a.head - a.base > b.head - b.base;
    return a.seconds > b.seconds;
  });
  if (out.size() > k_most_ties) out.resize(k_most_ties);
  return out;
}

}  // namespace perfwarden::explain
