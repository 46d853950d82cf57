#include "os/process/ancestors.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <map>
#include <utility>

#include "base/text.hpp"
#include "os/files/files.hpp"

namespace perfwarden::os {
namespace {

constexpr int k_most_ancestors = 64;

// 0 when it is gone. The name before the state may hold blanks and brackets.
pid_t parent_of(pid_t pid) {
  const std::string stat = read_file(fmt::format("/proc/{}/stat", pid)).value_or("");
  const std::size_t end = stat.rfind(')');
  if (end == std::string::npos || end + 4 > stat.size()) return 0;
  const std::string_view rest = std::string_view(stat).substr(end + 4);  // after ") S "
  return static_cast<pid_t>(text::to_integer(rest.substr(0, rest.find(' '))).value_or(0));
}

std::map<std::string, std::string> variables_in(const std::string& environ_text) {
  std::map<std::string, std::string> out;
  for (const std::string_view entry : text::split(environ_text, '\0'))
    if (const std::size_t equals = entry.find('='); equals != std::string_view::npos && equals > 0)
      out.emplace(entry.substr(0, equals), entry.substr(equals + 1));
  return out;
}

}  // namespace

std::vector<Ancestor> ancestors_of(pid_t pid) {
  std::vector<Ancestor> out;
  for (int depth = 0; depth < k_most_ancestors; ++depth) {
    pid = parent_of(pid);
    if (pid <= 0) break;
    const std::string folder = fmt::format("/proc/{}", pid);
    struct stat status {};
    const Result<std::string> shown = read_file(folder + "/environ");
    if (!shown || ::stat(folder.c_str(), &status) != 0) continue;
    const std::string name = read_file(folder + "/comm").value_or("");
    out.push_back({pid, status.st_uid, text::one_line(text::trim(name)), Environment(variables_in(*shown))});
  }
  return out;
}

std::vector<Ancestor> our_ancestors() {
  return ancestors_of(::getpid());
}

}  // namespace perfwarden::os
