#include "app/history/commits.hpp"

#include "dashboard/api/words.hpp"

namespace perfwarden::app {

bool is_sha(std::string_view commit) {
  return dashboard::is_sha(commit);
}

std::string short_sha(const std::string& commit) {
  return dashboard::short_sha(commit);
}

}  // namespace perfwarden::app
