#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/init/tree.hpp"

namespace perfwarden::app {

// A Proposal is one suite that `init` would write. All words are plain or quoted as perfwarden.yml wants them.
struct Proposal {
  std::string suite;    // [a-z0-9][a-z0-9_-]*
  std::string cwd{};    // relative to the root; empty = the root
  std::string build{};  // a plain command line; empty = none
  std::string setup{};  // run after build; empty = none
  std::string run{};    // with short repetitions
  bool shell = false;   // `run` goes to /bin/sh -c
  std::string output_file{};
  std::string parser = "auto";  // a row of ingest/formats; "auto" also where one run must show it
  std::map<std::string, std::string> env{};
  std::string harness{};                   // "Google Benchmark", for people
  std::vector<std::string> steps{};        // of a workflow, before anything is built: what installs the toolchain
  std::vector<std::string> unversioned{};  // lines for .gitignore
};

// A Detection is what was found in a working tree: suites to propose, the surest first, and what a person must
// decide.
struct Detection {
  std::vector<std::string> ecosystems;  // "CMake", "Go", …: whose build files were seen
  std::vector<Proposal> suites;         // at most 8
  std::vector<std::string> doubts;      // one sentence each, for a person: what to check or why something was skipped
  std::string form;                     // where no suite was found: what to type for the first of these ecosystems
};

// Findings collect what the ecosystems find.
class Findings {
 public:
  // Ignored, with a doubt, when there are too many already, or when a name could be misread by a command line.
  void propose(Proposal proposal);
  void doubt(std::string text) { found_.doubts.push_back(std::move(text)); }
  [[nodiscard]] bool empty() const { return found_.suites.empty(); }
  [[nodiscard]] Detection& detection() { return found_; }

 private:
  Detection found_;
};

// An Ecosystem is one row of app/ecosystems: how benchmarks of one build tool or language are found and run.
struct Ecosystem {
  std::string_view name;                     // for people: "CMake"
  std::vector<std::string_view> (*marks)();  // names of files that show it
  void (*find)(const SourceTree& tree, Findings& findings);
  std::string_view form;     // what to type where its files are and no benchmark was found
  bool last_resort = false;  // asked only where the others found nothing: it runs what people wrote for themselves
};
// Generated from the file names in app/ecosystems; sorted by name.
[[nodiscard]] std::span<const Ecosystem* const> ecosystems();

// Looks at the tree below `root`; see SourceTree::look. Never fails.
[[nodiscard]] Detection detect(const std::string& root);

// "[a-z0-9][a-z0-9_-]*" from any word; "core" when nothing is left.
[[nodiscard]] std::string suite_name(std::string_view word);

}  // namespace perfwarden::app
