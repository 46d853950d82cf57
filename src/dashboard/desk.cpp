#include "dashboard/desk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace perfwarden::dashboard {
namespace {

constexpr std::size_t k_overview_runs = 30;
constexpr std::size_t k_most_answer_bytes = 24U << 20U;
constexpr std::int64_t k_stamp_lasts_s = 30;

Result<std::shared_ptr<const Overview>> make_overview(store::Browser& history, const std::string& branch) {
  auto out = std::make_shared<Overview>();
  PW_TRY_ASSIGN(out->runs, history.runs(branch, 0, k_overview_runs));
  std::reverse(out->runs.begin(), out->runs.end());
  PW_TRY_ASSIGN(std::vector<store::NumberedSeries> all, history.series());
  for (store::NumberedSeries& one : all) {
    out->place_of.emplace(one.number, out->lines.size());
    out->lines.push_back({std::move(one), {}, {}});
  }
  // Newest first, so that the unit of a line is the newest one.
  for (std::size_t i = out->runs.size(); i-- > 0;) {
    PW_TRY_ASSIGN(const std::vector<store::Statistics> medians, history.medians(out->runs[i].id, {}));
    for (const store::Statistics& one : medians) {
      const auto place = out->place_of.find(one.number);
      if (place == out->place_of.end()) continue;  // came between the two statements
      Overview::Line& line = out->lines[place->second];
      if (line.medians.empty()) {
        line.metric = one.metric;
        line.metric.name = line.series.id.metric;
        line.medians.assign(out->runs.size(), k_nan);
      }
      if (one.metric.unit == line.metric.unit) line.medians[i] = one.median;
    }
  }
  for (const store::RunSummary& run : out->runs) out->times.push_back(unix_of(run.time));
  return std::shared_ptr<const Overview>(std::move(out));
}

}  // namespace

Result<std::shared_ptr<const Overview>> Memory::overview(const std::string& stamp, const Make& make) {
  const std::lock_guard<std::mutex> held(overview_lock_);  // others wait for the one that makes it
  if (overview_ == nullptr || overview_stamp_ != stamp) {
    PW_TRY_ASSIGN(overview_, make());
    overview_stamp_ = stamp;
  }
  return overview_;
}

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
  return memory.overview(now, [this] { return make_overview(store.browser(), setting.branch); });
}

Result<std::string> Desk::stamp() const {
  PW_TRY_ASSIGN(const std::string history, store.browser().stamp());
  return fmt::format("{}@{}", history, setting.clock->unix_s() / k_stamp_lasts_s);
}

std::int64_t unix_of(const std::string& time) {
  return os::read_rfc3339(time).value_or(0);
}

}  // namespace perfwarden::dashboard
