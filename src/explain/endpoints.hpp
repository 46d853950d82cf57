#pragma once

#include <span>
#include <vector>

#include "model/analysis.hpp"
#include "model/profile_diff.hpp"
#include "model/span.hpp"

namespace perfwarden::explain {

// Which requests changed functions serve: for each function that grew or is new and is named by a span, the endpoint at
// the top of that span's trace, by the time of its spans. A function is named by a span whose code.function is its name
// without arguments, or the last part of it.
inline constexpr std::size_t k_most_ties = 50;
[[nodiscard]] std::vector<EndpointTie> tie_endpoints(std::span<const Span> spans,
                                                     std::span<const ProfileDiff> profiles);

}  // namespace perfwarden::explain
