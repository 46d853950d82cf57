#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "github/api.hpp"

namespace perfwarden::github {

struct Issue {
  std::int64_t number = 0;
  bool open = true;
  Comment opening;  // its text and author, as of a comment; without an id
};

// Those with the label, open and closed, newest first; pull requests are not among them. Error beyond 3 000.
[[nodiscard]] Result<std::vector<Issue>> issues_with(Api& api, const std::string& label);
// Its number. Never tried twice, so that there are never two.
[[nodiscard]] Result<std::int64_t> open_issue(Api& api, const std::string& title, const std::string& body,
                                              const std::string& label);
[[nodiscard]] Status update_issue(Api& api, std::int64_t number, const std::string& body);
[[nodiscard]] Status close_issue(Api& api, std::int64_t number);  // as completed

// A commit as people know it. Hostile text.
struct CommitLine {
  std::string sha, subject, author;
};
// What lies between two commits, newest first; at most `most`.
[[nodiscard]] Result<std::vector<CommitLine>> commits_between(Api& api, const std::string& good, const std::string& bad,
                                                              std::size_t most);

}  // namespace perfwarden::github
