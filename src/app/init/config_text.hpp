#pragma once

#include <string>
#include <vector>

#include "app/init/detect.hpp"

namespace perfwarden::app {

// perfwarden.yml for the proposals; `branch`: what head is compared with, empty when it is not known.
[[nodiscard]] std::string config_text(const std::vector<Proposal>& suites, const std::string& branch);

// The lines that .gitignore lacks so that what perfwarden and the suites write is not committed; `text`: what it holds.
[[nodiscard]] std::vector<std::string> missing_lines(const std::vector<Proposal>& suites, const std::string& text);

// One workflow to write.
struct Workflow {
  std::string file;  // "perfwarden.yml", below .github/workflows
  std::string text;
};
// "pull-request" and what is asked for beside it: "push", "nightly", "weekly". Each installs the toolchains of the
// suites before it measures.
[[nodiscard]] std::vector<Workflow> workflows(const std::vector<std::string>& kinds,
                                              const std::vector<Proposal>& suites, const std::string& branch);

}  // namespace perfwarden::app
