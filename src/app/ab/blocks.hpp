#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "ingest/read.hpp"
#include "net/load.hpp"

namespace perfwarden::app {

// Two services under the same load in turn: pairs of blocks, base and head adjacent, their order by a coin flip; or
// both at the same time, each with its share of the load. A block is what a process is elsewhere: the unit of the
// statistics. Requests within one share its queue and its caches.
struct BlockPlan {
  std::string base_url, head_url;
  double head_share = 0;  // > 0: both at the same time, this share of the requests to head
  double rate_per_s = 10, block_s = 3, timeout_s = 10;
  std::size_t pairs = 10;
  std::uint64_t seed = 0;
  std::function<bool()> stop = {};
  std::function<Status()> check = {};  // asked after each pair; its Error ends the measurement
  std::function<void(std::size_t done, std::size_t of)> on_block = {};
};

// Drives the load that a plan says: by net/load.hpp, or by a test's own functions.
struct Drive {
  std::function<Result<net::Load>(const net::LoadPlan&)> one = net::drive;
  std::function<Result<std::array<net::Load, 2>>(const net::LoadPlan&, const std::string&, double)> both =
      net::drive_both;
};

// As samples of suite "ab", benchmark "load": one number a block of p50, p90, p99 and p999 (s, as far as a block has
// requests for it, and only what both services have) and errors (a share of the requests). One block of each service
// warms it up and is not counted.
// Warnings say where a service was saturated, or this machine too slow to drive it. Error (interrupted) when stopped
// before two pairs; (benchmark) when a service answers nothing at all.
[[nodiscard]] Result<ingest::SidedSamples> measure_blocks(const BlockPlan& plan, const Drive& drive);

}  // namespace perfwarden::app
