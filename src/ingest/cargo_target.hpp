#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/series.hpp"

namespace perfwarden::ingest {

// A CargoTarget follows the lines "Running benches/sort.rs (target/release/deps/sort-0123456789abcdef)" of cargo: each
// begins the output of one process. Benchmarks of one name in two targets are two benchmarks; a target that runs again
// gives repetitions.
class CargoTarget {
 public:
  [[nodiscard]] bool read(std::string_view line);  // whether the line begins a target's output
  // "target" of what follows: "sort", or "crates/a/sort" for a crate in a folder below; none before the first line.
  [[nodiscard]] std::vector<Qualifier> qualifiers() const;
  [[nodiscard]] std::optional<std::uint32_t> process() const { return process_; }

 private:
  std::string target_;
  std::optional<std::uint32_t> process_;
  std::map<std::string, std::uint32_t> runs_;               // of each whole line
  std::map<std::string, std::set<std::string>> by_target_;  // the lines that gave a target's name
};

}  // namespace perfwarden::ingest
