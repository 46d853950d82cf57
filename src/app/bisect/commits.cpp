#include "app/bisect/commits.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace perfwarden::app {
namespace {

// One record a line: no field can hold a line end, and the subject, which may hold anything else, is last.
constexpr const char* k_format = "--format=%H%x1f%T%x1f%P%x1f%an%x1f%cs%x1f%s";
constexpr std::size_t k_fields = 6;

Result<std::vector<Commit>> log_of(const checkout::Git& git, const std::vector<std::string>& what) {
  std::vector<std::string> words{"log", "--reverse", k_format};
  words.insert(words.end(), what.begin(), what.end());
  words.emplace_back("--");
  PW_TRY_ASSIGN(const std::string listed, git.run(words));
  std::vector<Commit> out;
  for (const std::string_view line : text::lines(listed)) {
    const std::vector<std::string_view> fields = text::split(line, '\x1f');
    if (fields.size() < k_fields) continue;
    Commit commit;
    commit.sha = fields[0];
    commit.tree = fields[1];
    for (const std::string_view parent : text::split(fields[2], ' '))
      if (!parent.empty()) commit.parents.emplace_back(parent);
    commit.author = fields[3];
    commit.date = fields[4];
    commit.subject = line.substr(static_cast<std::size_t>(fields[5].data() - line.data()));
    out.push_back(std::move(commit));
  }
  return out;
}

Result<std::vector<Commit>> first_parents(const checkout::Git& git, const std::string& from, const std::string& to) {
  PW_TRY_ASSIGN(Commit first, commit_of(git, from));
  PW_TRY_ASSIGN(std::vector<Commit> out, log_of(git, {"--first-parent", from + ".." + to}));
  out.insert(out.begin(), std::move(first));
  return out;
}

}  // namespace

std::string Commit::shown() const {
  return short_sha(sha) + "  " + text::truncate(text::one_line(subject), 72);
}

Result<Commit> commit_of(const checkout::Git& git, const std::string& sha) {
  PW_TRY_ASSIGN(const std::string whole, git.resolve(sha));
  PW_TRY_ASSIGN(std::vector<Commit> found, log_of(git, {"-n", "1", whole}));
  if (found.empty()) return Error{.kind = ErrorKind::io, .what = "git log does not know " + short_sha(whole)};
  return std::move(found.front());
}

Result<std::vector<Commit>> commits_between(const checkout::Git& git, const std::string& good, const std::string& bad,
                                            const RangeEnds& ends) {
  PW_TRY_ASSIGN(const std::string from, git.resolve(good));
  PW_TRY_ASSIGN(const std::string to, git.resolve(bad));
  if (from == to)
    return Error{.kind = ErrorKind::usage,
                 .what = fmt::format("{} and {} are the same commit {}", ends.good, ends.bad, short_sha(from)),
                 .hint = fmt::format("name an earlier commit as {}, or a later one as {}", ends.good, ends.bad)};
  PW_TRY_ASSIGN(const std::string common, git.merge_base(from, to));
  if (common != from)
    return Error{.kind = ErrorKind::usage,
                 .what = fmt::format("{} is not an ancestor of {}", short_sha(from), short_sha(to)),
                 .hint = common == to ? fmt::format("exchange {} and {}", ends.good, ends.bad)
                                      : fmt::format("both have {} in common: try {} {}", short_sha(common), ends.good,
                                                    short_sha(common))};
  return first_parents(git, from, to);
}

Result<std::vector<Commit>> commits_inside(const checkout::Git& git, const Commit& merge) {
  if (merge.parents.size() != 2) return std::vector<Commit>();
  PW_TRY_ASSIGN(const std::string fork, git.merge_base(merge.parents[0], merge.parents[1]));
  PW_TRY_ASSIGN(std::vector<Commit> out, first_parents(git, fork, merge.parents[1]));
  out.push_back(merge);
  return out;
}

Result<std::vector<std::string>> files_of(const checkout::Git& git, const Commit& commit) {
  std::vector<std::string> out;
  if (commit.parents.empty()) return out;
  PW_TRY_ASSIGN(const std::string listed,
                git.run({"diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--no-relative",
                         "--ignore-submodules=none", commit.parents.front(), commit.sha, "--"}));
  for (const std::string_view name : text::split(listed, '\0'))
    if (!name.empty()) out.emplace_back(name);
  return out;
}

}  // namespace perfwarden::app
