#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "explain/causes/cause.hpp"

namespace perfwarden::explain {
namespace {

constexpr std::size_t k_few_suspects = 3;
constexpr std::size_t k_most_reasons = 16;  // that identity lists, so that as many may not be all

// "{side}/data/input.txt differs" → "data/input.txt"; empty for every other reason: of functions, libraries, variables.
std::string_view differing_file(std::string_view reason) {
  constexpr std::string_view k_side = "{side}/", k_differs = " differs";
  if (!reason.starts_with(k_side) || !reason.ends_with(k_differs) || reason.find(": ") != std::string_view::npos)
    return {};
  reason.remove_prefix(k_side.size());
  reason.remove_suffix(k_differs.size());
  return reason;
}

std::string_view file_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

// Files that are read and then run.
bool is_code(std::string_view path) {
  static constexpr std::array<std::string_view, 17> k_endings{".py",    ".pyc", ".js", ".mjs",  ".cjs", ".ts",
                                                              ".rb",    ".sh",  ".pl", ".php",  ".lua", ".jar",
                                                              ".class", ".r",   ".jl", ".wasm", ".exe"};
  const std::string name = text::lower(file_name(path));
  return name.find('.') == std::string::npos ||
         std::any_of(k_endings.begin(), k_endings.end(),
                     [&name](std::string_view ending) { return name.ends_with(ending); });
}

// "libz.so", "libz.so.1.2": a shared library, of whatever a reason says about it.
bool names_library(std::string_view reason) {
  const std::string_view path = reason.substr(0, reason.find_first_of(": "));
  const std::string_view name = file_name(path);
  return name.ends_with(".so") || name.find(".so.") != std::string_view::npos;
}

Candidate suspects_of(const Slowdown& slowdown) {
  const ChangeCause& cause = *slowdown.cause;
  if (slowdown.changed_only_startup())
    return {.kind = "placement",
            .subject = "where unchanged code lies",
            .evidence = {"of what differs, only what the linker adds ran: " + text::join(cause.ran, ", ")},
            .rank = k_rank_possible};
  const std::size_t named = std::min(k_few_suspects, cause.ran.size());
  const std::vector<std::string> first(cause.ran.begin(), cause.ran.begin() + static_cast<std::ptrdiff_t>(named));
  return {.kind = "changed-code",
          .subject = text::join(first, ", "),
          .evidence = {fmt::format("{} of {} functions that differ ran", cause.ran.size(), cause.changed)},
          .rank = cause.ran.size() <= k_few_suspects ? k_rank_possible : k_rank_remote};
}

}  // namespace

// changed-code: functions that differ and ran, or a script that differs, without a number of their own. placement: of
// functions that differ only start-up code ran. input: a file
// that is read differs; where nothing else that was read or run does, nothing else can have done it. dependency: a
// shared library differs.
std::vector<Candidate> by_program(const Slowdown& slowdown) {
  std::vector<Candidate> out;
  if (slowdown.cause != nullptr && slowdown.cause->cause == Cause::changed_code && !slowdown.cause->ran.empty())
    out.push_back(suspects_of(slowdown));
  const SuiteIdentity* differing = slowdown.differing();
  if (differing == nullptr) return out;
  const auto is_input = [](const std::string& reason) {
    const std::string_view file = differing_file(reason);
    return !file.empty() && !is_code(file);
  };
  if (differing->reasons.size() < k_most_reasons &&
      std::all_of(differing->reasons.begin(), differing->reasons.end(), is_input)) {
    std::vector<std::string> evidence = differing->reasons;
    evidence.emplace_back("nothing else that was read or run differs");
    out.push_back({.kind = "input",
                   .subject = std::string(differing_file(differing->reasons.front())),
                   .share = 1,
                   .evidence = std::move(evidence),
                   .rank = 1 + 2 * k_rank_specific});
    return out;
  }
  for (const std::string& reason : differing->reasons) {
    const std::string file(differing_file(reason));
    if (names_library(reason))
      out.push_back({.kind = "dependency",
                     .subject = "a shared library that differs",
                     .evidence = {reason},
                     .rank = k_rank_remote + k_rank_specific});
    else if (!file.empty())
      out.push_back({.kind = is_code(file) ? "changed-code" : "input",
                     .subject = file,
                     .evidence = {reason},
                     .rank = is_code(file) ? k_rank_possible : k_rank_remote});
  }
  return out;
}

}  // namespace perfwarden::explain
