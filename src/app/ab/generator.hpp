#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "base/result.hpp"
#include "ingest/read.hpp"
#include "measure/children.hpp"
#include "model/config.hpp"
#include "os/process/processes.hpp"

namespace perfwarden::app {

// A user's own load generator (k6, wrk, hey, vegeta, a script), run once a block against one service after the other:
// pairs of runs, base and head adjacent, their order by a coin flip.
struct GeneratorPlan {
  std::string command;                                   // a shell line; {url}, {rate} and {seconds} are put in
  std::array<std::string, 2> urls;                       // of base and head
  ParserChoice parser;                                   // of what it prints
  double rate_per_s = 50, block_s = 3, timeout_s = 600;  // the last: of one run
  std::size_t pairs = 10;
  std::uint64_t seed = 0;
  std::function<Status()> check = {};  // asked after each run; its Error ends the measurement
  std::function<void(std::size_t done, std::size_t of)> on_pair = {};
};

// What the generator printed, as samples of suite "ab": one invocation a run. One run against each service warms it up
// and is not counted; when that fails or cannot be read, nothing else will: Error (benchmark). Later failures leave
// their places empty, with a warning, as in any suite. Error (interrupted) when stopped before two pairs; (config) for
// a parser that does not exist.
[[nodiscard]] Result<ingest::SidedSamples> measure_generator(const GeneratorPlan& plan, os::Processes& processes,
                                                             const measure::Children& children, const Config& config);

}  // namespace perfwarden::app
