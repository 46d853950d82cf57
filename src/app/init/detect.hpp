#pragma once

#include <string>
#include <vector>

namespace perfwarden::app {

// A Proposal is one suite that `init` would write.
struct Proposal {
  std::string suite;  // [a-z0-9][a-z0-9_-]*
  std::string build;  // a plain command line; empty = none
  std::string setup;  // run after build; empty = none
  std::string run;
  std::string parser;  // a row of ingest/formats
  std::string regex;   // for "regex"
};

// A Detection is what was found in a working tree: suites to propose, the surest first, and what a person must
// decide.
struct Detection {
  std::string build_system;         // "CMake", "Go", …; empty when none was recognised
  std::string benchmark_library;    // "Google Benchmark", …; empty when none was recognised
  std::vector<Proposal> suites;     // at most 4
  std::vector<std::string> doubts;  // one sentence each, for a person: what to check or why something was skipped
};

// Looks at the tree below `root`, bounded: 6 folders deep, 20 000 entries, 256 KiB of each file that matters; hidden,
// vendored and built folders and links are not entered. Names that a command line could misread become a doubt.
// Never fails: what cannot be read is skipped.
[[nodiscard]] Detection detect(const std::string& root);

// perfwarden.yml for the proposals.
[[nodiscard]] std::string config_text(const std::vector<Proposal>& suites);

}  // namespace perfwarden::app
