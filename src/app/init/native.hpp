#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/init/detect.hpp"
#include "app/init/tree.hpp"

// Benchmark harnesses of C and C++, whatever builds them.
namespace perfwarden::app {

enum class Harness { google_benchmark, catch2, nanobench };

// The harness that this source uses; nullopt: none that is known.
[[nodiscard]] std::optional<Harness> harness_of(const File& source);
// All sources that use one.
[[nodiscard]] std::vector<const File*> benchmark_sources(const SourceTree& tree);

// The suite that runs the program at `path` (relative to the suite's folder), built of sources in which `source` is
// one; build, setup and folder are the caller's to fill in. Tells the findings what a person must do for it.
[[nodiscard]] Proposal native_suite(const std::string& name, const std::string& path, Harness harness,
                                    const File* source, Findings& findings);

// The insides of every call `function(…)`, up to its first ')'; the name in any case, as CMake has it. (std::regex
// recurses for each character: no match for files of unknown size.)
[[nodiscard]] std::vector<std::string> calls_of(const std::string& text, const std::string& function);

}  // namespace perfwarden::app
