#include "app/dashboard/repository.hpp"

#include <algorithm>
#include <utility>

#include "app/history/alerts.hpp"
#include "app/history/deployments.hpp"
#include "app/pipe/checkouts.hpp"
#include "base/text.hpp"
#include "store/store.hpp"

namespace perfwarden::app {
namespace {

constexpr std::size_t k_most_origins = 10'000;
constexpr const char* k_most_commits = "20000";
constexpr double k_lasts_s = 600;         // of what was remembered
constexpr double k_subjects_last_s = 60;  // when a commit is not among them

}  // namespace

dashboard::Origins GitRepository::origins(const CommitRange& range) {
  const std::lock_guard<std::mutex> held(lock_);
  const double now = world_->clock.monotonic_s();
  if (background_read_s_ < 0 || now - background_read_s_ > k_lasts_s || origins_.size() > k_most_origins) {
    background_read_s_ = now;
    origins_.clear();
    read_background();
  }
  const auto [found, first] = origins_.try_emplace({range.last_before, range.first_changed});
  if (!first) return found->second;
  const Origins known = origins_of(*world_, range, background_);
  dashboard::Origins& out = found->second;
  for (const std::string& line : known.suspects) {
    const std::size_t space = std::min(line.find(' '), line.size());
    out.suspects.push_back({line.substr(0, space), line.substr(std::min(space + 1, line.size()))});
  }
  out.commits = known.commits;
  out.owners = known.owners;
  for (const Shipment& shipment : known.shipments) out.deploys.push_back(text_of(shipment, known.commits));
  out.rivals = known.rivals;
  return out;
}

void GitRepository::read_background() {
  const auto store = store::open_at_once(history_, store::Access::read);
  if (!store) return;
  if (auto background = background_of(**store, branch_)) background_ = std::move(*background);
}

std::string GitRepository::subject(const std::string& commit) {
  const std::lock_guard<std::mutex> held(lock_);
  if (const auto found = subjects_.find(commit); found != subjects_.end()) return found->second;
  const double now = world_->clock.monotonic_s();
  if (subjects_read_s_ >= 0 && now - subjects_read_s_ < k_subjects_last_s) return "";
  subjects_read_s_ = now;
  read_subjects();
  const auto found = subjects_.find(commit);
  return found == subjects_.end() ? "" : found->second;
}

void GitRepository::read_subjects() {
  const Result<std::string> log =
      repository(*world_).run({"log", "--no-show-signature", "--all", "--format=%H %s", "-n", k_most_commits, "--"});
  if (!log) return;
  subjects_.clear();
  for (const std::string_view line : text::lines(*log)) {
    const std::size_t space = line.find(' ');
    if (space != std::string_view::npos) subjects_.emplace(line.substr(0, space), line.substr(space + 1));
  }
}

}  // namespace perfwarden::app
