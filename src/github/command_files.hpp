#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "base/result.hpp"
#include "os/environment.hpp"

namespace perfwarden::github {

// CommandFiles are the files by which a step talks to GitHub's runner (GITHUB_OUTPUT, GITHUB_ENV, GITHUB_PATH, …), the
// event that all steps read, and everything else in the folder of the former, as they were at one moment. Code that is
// measured does not get their names, but can find them (in /proc, or below the runner's work folder), and a line that
// it adds is obeyed after the step has ended: a forged output, or a variable or PATH entry of all later steps.
class CommandFiles {
 public:
  // Reads them. Outside of GitHub Actions there are none.
  [[nodiscard]] static CommandFiles look(const os::Environment& environment);

  // Compares with what lies there now. What has changed is put back, and is an Error (benchmark) that names the file.
  [[nodiscard]] Status put_back() const;

 private:
  struct Content {
    bool exists = false;
    std::optional<std::string> text;  // nullopt when it is not a regular file that we can read
    friend bool operator==(const Content&, const Content&) = default;
  };
  [[nodiscard]] static Content content_of(const std::string& path);
  [[nodiscard]] static Status restore(const std::string& path, const Content& before);

  std::map<std::string, Content> files_;  // by path
  std::set<std::string> folders_;         // of which every file counts
};

}  // namespace perfwarden::github
