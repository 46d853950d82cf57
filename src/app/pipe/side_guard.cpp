#include "app/pipe/side_guard.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "app/pipe/tuned_machine.hpp"
#include "base/text.hpp"
#include "os/trace/digests.hpp"

namespace perfwarden::app {
namespace {

std::string without_links(const std::string& path) {
  std::error_code code;
  std::string real = std::filesystem::weakly_canonical(path, code).string();
  if (code) real = path;
  while (real.size() > 1 && real.ends_with('/')) real.pop_back();
  return real;
}

Side other_than(Side side) {
  return side == Side::base ? Side::head : Side::base;
}

std::size_t index_of(Side side) {
  return side == Side::base ? 0 : 1;
}

}  // namespace

Places places_of(World& world, const Checkouts& checkouts) {
  if (!checkouts.worktrees)
    return {"", without_links(checkouts.base_directory), without_links(checkouts.head_directory)};
  const Result<std::string> top = repository(world).top_level();
  return {top ? without_links(*top) : "", without_links(checkouts.worktrees->base.path()),
          without_links(checkouts.worktrees->head.path())};
}

SideGuard::SideGuard(World& world, const Plan& plan, Places places)
    : world_(world), plan_(plan), places_(std::move(places)) {
  builds_.began_ns = os::file_time_now();
}

void SideGuard::built() {
  const bool builds = std::any_of(plan_.steps.begin(), plan_.steps.end(),
                                  [](const Step& step) { return step.kind == Step::Kind::build; });
  if (builds) builds_.ended_ns = os::file_time_now();
}

Status SideGuard::before(const Step& step) {
  if (fault_) return *fault_;
  if (!decided_) began_ns_ = os::file_time_now();
  return check(step.side);
}

void SideGuard::after(const Step& step) {
  if (!decided_) runs_[index_of(step.side)].emplace_back(began_ns_, os::file_time_now());
  learn(step.side);
}

// Files that were changed before they were first seen here are told by the time of their change.
void SideGuard::traced(const Step& step, Trace trace) {
  auto& files = files_[index_of(step.side)];
  for (const TracedFile& file : trace.files) {
    const bool watched = file.kind == TracedFile::Kind::file || file.kind == TracedFile::Kind::missing;
    if (!watched || !is_below(file.path, places_.of(step.side))) continue;
    files.try_emplace(file.path);
    if (file.made || file.kind == TracedFile::Kind::missing) continue;
    const Runs& others = runs_[index_of(other_than(step.side))];
    const bool by_other = std::any_of(others.begin(), others.end(), [&](const auto& run) {
      return file.signature.changed_ns > run.first && file.signature.changed_ns <= run.second;
    });
    if (by_other && !fault_) fault_ = changed(step.side, file.path);
  }
  traces_[{step.suite, step.case_index, step.side}] = std::move(trace);
}

Result<std::map<std::size_t, measure::ToMeasure>> SideGuard::decide(std::vector<Warning>& warnings) {
  decided_ = true;
  if (fault_) return *fault_;
  std::string not_known;
  for (const auto& [key, trace] : traces_) {
    const auto [suite, case_index, side] = key;
    if (!trace.not_known.empty() && not_known.empty())
      not_known = fmt::format("{}: {}", plan_.suites[suite].name, trace.not_known);
    if (side != Side::head) continue;
    const Trace* const base = trace_of(suite, case_index, Side::base);
    if (base == nullptr) continue;
    PW_TRY_ASSIGN(std::vector<Warning> notes,
                  check_own_code({plan_.suites[suite].name, base, &trace}, places_, builds_,
                                 [this](const std::string& path) { return world_.processes.look(path); }));
    for (Warning& note : notes)
      if (std::find(warnings.begin(), warnings.end(), note) == warnings.end()) warnings.push_back(std::move(note));
  }
  if (!not_known.empty())
    warnings.push_back({"not-traced", "whether each side runs only its own code is not known: " + not_known});
  return std::map<std::size_t, measure::ToMeasure>();
}

Status SideGuard::ended() {
  if (fault_) return *fault_;
  PW_TRY(check(Side::base));
  return check(Side::head);
}

const Trace* SideGuard::trace_of(std::size_t suite, std::size_t case_index, Side side) const {
  const auto found = traces_.find({suite, case_index, side});
  return found == traces_.end() ? nullptr : &found->second;
}

// Only content counts: a touched or linked file is the same.
Status SideGuard::check(Side side) {
  for (auto& [path, known] : files_[index_of(side)]) {
    const std::optional<FileSignature> now = os::signature_of(path);
    if (now.has_value() == known.exists && (!now || *now == known.signature)) continue;
    if (now.has_value() != known.exists) return changed(side, path);
    if (world_.processes.look(path).digest != known.digest) return changed(side, path);
    known.signature = *now;
  }
  return Nothing{};
}

// A side may change what is its own.
void SideGuard::learn(Side side) {
  for (auto& [path, known] : files_[index_of(side)]) {
    const std::optional<FileSignature> now = os::signature_of(path);
    if (now.has_value() == known.exists && (!now || *now == known.signature)) continue;
    known.exists = now.has_value();
    known.signature = now.value_or(FileSignature{});
    known.digest = now ? world_.processes.look(path).digest : "";
  }
}

Error SideGuard::changed(Side side, const std::string& path) const {
  return {.kind = ErrorKind::benchmark,
          .what = fmt::format(
              "'{}' of {} was changed while {} or another program ran, so this run measured nothing that "
              "can be trusted",
              text::one_line(path.substr(places_.of(side).size() + 1)), name_of(side), name_of(other_than(side))),
          .hint = "a benchmark may only write to its own checkout; run it again once nothing else does"};
}

}  // namespace perfwarden::app
