#include "dashboard/desk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace perfwarden::dashboard {
namespace {

constexpr std::size_t k_overview_runs = 30;
constexpr std::size_t k_most_answer_bytes = 24U << 20U;
constexpr std::int64_t k_stamp_lasts_s = 30;

// Newest first, so that the unit and the machine of a line are the newest ones. Two machines in one line would look
// like changes of the code.
Status read_medians(store::Browser& history, Overview& out) {
  for (std::size_t i = out.runs.size(); i-- > 0;) {
    PW_TRY_ASSIGN(const std::vector<store::Statistics> medians, history.medians(out.runs[i].id, {}));
    for (const store::Statistics& one : medians) {
      const auto place = out.place_of.find(one.number);
      if (place == out.place_of.end()) continue;  // came between the two statements
      Overview::Line& line = out.lines[place->second];
      if (line.medians.empty()) {
        line.metric = one.metric;
        line.metric.name = line.series.id.metric;
        line.machine = out.runs[i].fingerprint;
        line.medians.assign(out.runs.size(), k_nan);
      }
      if (one.metric.unit == line.metric.unit && out.runs[i].fingerprint == line.machine) line.medians[i] = one.median;
    }
  }
  return Nothing{};
}

// `before` is given back when nothing of it changed: the stamp changes now and then without a reason.
Result<std::shared_ptr<const Overview>> make_overview(store::Browser& history, const std::string& branch,
                                                      const std::shared_ptr<const Overview>& before) {
  PW_TRY_ASSIGN(std::vector<store::RunSummary> runs, history.runs(branch, 0, k_overview_runs));
  std::reverse(runs.begin(), runs.end());
  PW_TRY_ASSIGN(std::vector<store::NumberedSeries> all, history.series());
  if (before != nullptr && before->runs == runs && before->lines.size() == all.size()) return before;
  auto out = std::make_shared<Overview>();
  out->runs = std::move(runs);
  out->lines.reserve(all.size());
  for (store::NumberedSeries& one : all) {
    out->place_of.emplace(one.number, out->lines.size());
    out->lines.push_back({.series = std::move(one), .metric = {}, .machine = {}, .medians = {}});
  }
  PW_TRY(read_medians(history, *out));
  for (const store::RunSummary& run : out->runs) out->times.push_back(unix_of(run.time));
  return std::shared_ptr<const Overview>(std::move(out));
}

Result<std::shared_ptr<const Timeline>> make_timeline(store::Browser& history, const std::string& branch) {
  PW_TRY_ASSIGN(std::vector<store::BranchRun> runs, history.timeline(branch));
  auto out = std::make_shared<Timeline>();
  out->runs.reserve(runs.size());
  out->place_of_run.reserve(runs.size());
  out->place_of_commit.reserve(runs.size());
  std::map<std::string, std::uint32_t> machine_of;
  for (store::BranchRun& run : runs) {
    const auto [machine, is_new] =
        machine_of.emplace(std::move(run.fingerprint), static_cast<std::uint32_t>(machine_of.size()));
    if (is_new) out->machines.push_back(machine->first);
    out->place_of_run.emplace(run.id, static_cast<std::uint32_t>(out->runs.size()));
    out->runs.push_back({run.id, unix_of(run.time), std::move(run.commit), machine->second});
  }
  for (std::size_t i = 0; i < out->runs.size(); ++i)
    out->place_of_commit.emplace(out->runs[i].commit, static_cast<std::uint32_t>(i));
  return std::shared_ptr<const Timeline>(std::move(out));
}

}  // namespace

std::shared_ptr<const std::string> Memory::answer(const std::string& stamp, const std::string& question) {
  const std::lock_guard<std::mutex> held(answers_lock_);
  const auto found = answers_.find(question);
  return answers_stamp_ != stamp || found == answers_.end() ? nullptr : found->second;
}

void Memory::keep(const std::string& stamp, const std::string& question, std::shared_ptr<const std::string> answer) {
  const std::size_t size = question.size() + answer->size();
  if (size > k_most_answer_bytes / 4) return;
  const std::lock_guard<std::mutex> held(answers_lock_);
  if (answers_stamp_ != stamp || bytes_ + size > k_most_answer_bytes) {
    answers_.clear();
    bytes_ = 0;
    answers_stamp_ = stamp;
  }
  if (answers_.emplace(question, std::move(answer)).second) bytes_ += size;
}

Result<std::shared_ptr<const Overview>> Desk::overview() const {
  PW_TRY_ASSIGN(const std::string now, stamp());
  return memory.overview.get(
      now, [this](const auto& before) { return make_overview(store.browser(), setting.branch, before); });
}

Result<std::shared_ptr<const std::vector<Alert>>> Desk::alerts() const {
  PW_TRY_ASSIGN(const std::string now, stamp());
  return memory.alerts.get(now, [this](const auto&) -> Result<std::shared_ptr<const std::vector<Alert>>> {
    PW_TRY_ASSIGN(std::vector<Alert> all, store.alerts());
    return std::make_shared<const std::vector<Alert>>(std::move(all));
  });
}

Result<std::shared_ptr<const std::vector<store::MachineSummary>>> Desk::machines() const {
  PW_TRY_ASSIGN(const std::string now, stamp());
  return memory.machines.get(now,
                             [this](const auto&) -> Result<std::shared_ptr<const std::vector<store::MachineSummary>>> {
                               PW_TRY_ASSIGN(std::vector<store::MachineSummary> all, store.browser().machines());
                               return std::make_shared<const std::vector<store::MachineSummary>>(std::move(all));
                             });
}

Result<std::shared_ptr<const Timeline>> Desk::timeline(const std::string& branch) const {
  PW_TRY_ASSIGN(const std::string now, stamp());
  return memory.timelines.at(branch)->get(now, [&](const auto&) { return make_timeline(store.browser(), branch); });
}

Result<std::string> Desk::stamp() const {
  PW_TRY_ASSIGN(const std::string history, store.browser().stamp());
  return fmt::format("{}@{}", history, setting.clock->unix_s() / k_stamp_lasts_s);
}

std::int64_t unix_of(const std::string& time) {
  return os::read_rfc3339(time).value_or(0);
}

}  // namespace perfwarden::dashboard
