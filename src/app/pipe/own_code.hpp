#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/plan.hpp"
#include "model/position.hpp"
#include "model/trace.hpp"

// Each side has to run its own code. Where base and head load the same copy of a file that differs between them, both
// measure the same program, and a slowdown of 100 % passes.
namespace perfwarden::app {

// The folders of a run, without links.
struct Places {
  std::string top;         // of the user's checkout; empty when unknown
  std::string base, head;  // the tops of the two sides
  [[nodiscard]] const std::string& of(Side side) const { return side == Side::base ? base : head; }
};

// When builds ran, as times of files; both 0 when nothing was built.
struct BuildTime {
  std::int64_t began_ns = 0, ended_ns = 0;
};

// What one case of a suite was seen to use on both sides.
struct CaseTraces {
  std::string suite;
  const Trace* base = nullptr;
  const Trace* head = nullptr;
};

// What a path is now.
using Look = std::function<TracedFile(const std::string& path)>;

[[nodiscard]] bool is_below(const std::string& path, const std::string& folder);

// Error (benchmark), with the cure, when a side uses a file of the other side; or a file of the user's checkout that
// differs between the sides, in place of its own; or when both use a file elsewhere that a build of this run changed. A
// shared file that is the same for both is a note. Caches and installed packages may be changed by a build; a package
// that is the project itself may not.
[[nodiscard]] Result<std::vector<Warning>> check_own_code(const CaseTraces& traces, const Places& places,
                                                          const BuildTime& builds, const Look& look);

}  // namespace perfwarden::app
