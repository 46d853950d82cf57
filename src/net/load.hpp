#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace perfwarden::net {

// A LoadPlan is requests to one address at a constant rate, whether or not earlier ones have been answered (open loop):
// a service that stalls gets the requests of that time all the same, and each waits as long as its user would.
struct LoadPlan {
  std::string url;
  double rate_per_s = 10;
  double duration_s = 10;
  double timeout_s = 10;             // of a request, from its due time; then it is an error
  std::size_t most_in_flight = 512;  // no more connections than that
  std::function<bool()> stop = {};   // asked often; true ends the load
};

// A Load is what became of it.
struct Load {
  // Seconds from the moment at which each request was due until its answer was there, in that order; NaN of a request
  // that failed. From the due moment, not from the sending: what waits for a free connection is part of it.
  std::vector<double> latencies_s;
  std::size_t errors = 0;
  std::string first_error;  // hostile text
  // The largest lag between the due moment and the sending. Where this comes near to the latencies, this machine and
  // not the service was too slow.
  double worst_lag_s = 0;
  std::size_t most_in_flight = 0;  // at once
  bool saturated = false;          // the service fell behind: no connection was free, or a queue was left at the end
  bool stopped = false;
};
// Error (network) for an address that is refused (parse_url), or plain http to another machine than this one.
[[nodiscard]] Result<Load> drive(const LoadPlan& plan);
// The requests of the plan's rate, of which this share (0 … 1) goes to `second_url` and the rest to the plan's own,
// both at the same time and each evenly spaced. Returns the loads in that order: the plan's own first. Errors as
// drive().
[[nodiscard]] Result<std::array<Load, 2>> drive_both(const LoadPlan& plan, const std::string& second_url,
                                                     double second_share);

}  // namespace perfwarden::net
