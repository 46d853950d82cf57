#include "app/pipe/range_commits.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/pipe/checkouts.hpp"
#include "base/text.hpp"

namespace perfwarden::app {
namespace {

constexpr std::size_t k_most_looked_up = 5;  // new functions: each look-up reads every change of the range

// "parse" of "ns::Reader::parse(int)": what stands in the sources.
std::string source_name(std::string_view function) {
  std::string_view name = function.substr(0, function.find_first_of("(<["));
  const std::size_t cut = name.find_last_of(":. ");
  if (cut != std::string_view::npos) name.remove_prefix(cut + 1);
  const bool plain = !name.empty() &&
                     std::all_of(name.begin(), name.end(), [](char c) { return text::is_alphanumeric(c) || c == '_'; });
  return plain ? std::string(name) : "";
}

std::vector<RangeCommit> read_log(const std::string& log) {
  std::vector<RangeCommit> out;
  for (const std::string_view line : text::lines(log)) {
    const std::size_t blank = line.find(' ');
    if (blank != std::string_view::npos && out.size() < k_most_commits)
      out.push_back({std::string(line.substr(0, blank)), text::one_line(line.substr(blank + 1))});
  }
  return out;
}

}  // namespace

void tell_range(World& world, Report& report) {
  const std::string& base = report.base.run.commit;
  const std::string& head = report.head.run.commit;
  if (base.empty() || head.empty()) return;
  const checkout::Git git = repository(world);
  const std::string range = base + ".." + head;
  const auto tag_of = [&](const std::string& commit) {
    return git.run({"describe", "--tags", "--always", commit}).value_or("");
  };
  if (const auto tags = git.run({"tag", "--list"}); tags && !tags->empty()) {
    report.base.tag = tag_of(base);
    report.head.tag = tag_of(head);
  }
  if (const auto log = git.run({"log", "--format=%H %s", fmt::format("--max-count={}", k_most_commits), range}))
    report.commits = read_log(*log);
  if (const auto count = git.run({"rev-list", "--count", range}))
    report.commits_in_range = static_cast<std::size_t>(std::max(0LL, text::to_integer(*count).value_or(0)));
  std::size_t looked_up = 0;
  for (ProfileDiff& evidence : report.evidence) {
    for (FrameDelta& frame : evidence.frames) {
      const std::string name = source_name(frame.name);
      if (frame.change != FrameChange::added || name.empty() || ++looked_up > k_most_looked_up) continue;
      const auto log = git.run({"log", "--reverse", "--format=%H %s", "-S" + name, range});
      const std::vector<RangeCommit> found = log ? read_log(*log) : std::vector<RangeCommit>{};
      if (!found.empty())
        frame.note += fmt::format("{}added by {} {}", frame.note.empty() ? "" : "; ", found.front().hash.substr(0, 10),
                                  found.front().subject);
    }
  }
}

}  // namespace perfwarden::app
