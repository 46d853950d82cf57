#include "app/pipe/publication.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "app/cli/messages.hpp"
#include "app/history/remember.hpp"
#include "baseline/directory.hpp"
#include "github/override.hpp"
#include "github/run_context.hpp"
#include "ingest/read.hpp"
#include "os/files/files.hpp"
#include "publish/notifier.hpp"

namespace perfwarden::app {
namespace {

// Both sides where they were measured side by side; else base is in the history since it was measured.
Status save_history(World& world, const Report& report, const std::optional<Samples>& base, const Samples& head,
                    const Config& config) {
  std::vector<store::RunRecord> runs(1);
  store::RunRecord& record = runs.front();
  record.run = head.run;
  record.base_commit = report.base.run.commit;
  record.event = report.context.event;
  record.pull_request = report.context.pull_request;
  record.conclusion = std::string(name_of(report.verdict.conclusion));
  record.head = head;
  record.comparisons = report.comparisons;
  record.findings = report.verdict.findings;
  const bool side_by_side = base && !base->run.session.empty() && base->run.session == head.run.session;
  if (side_by_side && !base->run.commit.empty() && !base->series.empty()) {
    store::RunRecord other;
    other.run = base->run;
    other.role = store::RunRole::base;
    other.event = report.context.event;
    other.pull_request = report.context.pull_request;
    other.head = *base;
    runs.push_back(std::move(other));
  }
  return remember(world, config, runs);
}

// A good run of the baseline branch, in CI, becomes what later runs are compared with when base cannot be measured
// beside head.
Status record_baseline(World& world, const Report& report, const Samples& head, const Config& config, bool whole) {
  const bool on_branch =
      report.context.in_github && !report.context.is_pull_request() && head.run.branch == config.baseline.branch;
  if (!on_branch || head.run.commit.empty() || report.verdict.conclusion == Conclusion::fail ||
      report.verdict.counts.failed > 0)
    return Nothing{};
  if (!whole) {
    note(world, "not kept as baseline, since it did not measure every suite; `perfwarden check --tier long` does");
    return Nothing{};
  }
  baseline::Entry entry;
  entry.commit = head.run.commit;
  entry.branch = head.run.branch;
  entry.time = head.run.time;
  entry.fingerprint = head.run.machine.fingerprint;
  entry.reason = "check of " + config.baseline.branch + ": " + std::string(name_of(report.verdict.conclusion));
  return baseline::update(config.baseline.directory, entry, ingest::write_samples(head), patience(world));
}

bool warn_of(World& world, const Status& status) {
  if (!status) warn(world, status.error().text());
  return status.has_value();
}

}  // namespace

Override find_override(World& world, const RunContext& context, const Config& config) {
  const std::string token = github::token(world.environment);
  const bool queued = context.event == "merge_group";  // the label is about the pull request's own head
  if (!context.is_pull_request() || queued || token.empty() || config.overrides.label.empty()) return {};
  github::Api api(world.http, world.clock, {context.api_url, context.repository, token});
  const Result<github::FoundOverride> found = github::find_override(api, context, config.overrides);
  if (!found) {
    warn(world, "could not ask GitHub for the label '" + config.overrides.label + "': " + found.error().what);
    return {};
  }
  if (!found->why_not.empty()) warn(world, found->why_not);
  return {found->by, found->reason};
}

bool keep(World& world, const Report& report, const std::optional<Samples>& base, const Samples& head,
          const Config& config, bool whole) {
  const bool saved = head.series.empty() || warn_of(world, save_history(world, report, base, head, config));
  return warn_of(world, record_baseline(world, report, head, config, whole)) && saved;
}

bool publish(World& world, const Report& report, const Config& config, const report::Templates& templates,
             const std::string& directory) {
  bool all_sent = true;
  const publish::Post post{report, templates, directory, world.environment, world.http, world.clock, world.console};
  for (const publish::Delivery& delivery : publish::publish_all(post, config.publish)) {
    if (delivery.state == publish::Delivery::State::failed) {
      all_sent = false;
      warn(world, delivery.notifier + ": " + delivery.note);
    } else if (!delivery.note.empty()) {
      note(world, delivery.notifier + ": " + delivery.note);
    }
  }
  return all_sent || config.publish.failure == OnFailure::warn;
}

void give_back(const std::string& directory) {
  // Folders above it may be ours too: "reports" of "reports/<sha>".
  const std::string top =
      directory.starts_with('/') || directory.starts_with('.') ? directory : directory.substr(0, directory.find('/'));
  for (const std::string& path : {top, std::string(".perfwarden")})
    if (os::exists(path)) (void)os::give_to_owner_of(path, ".").has_value();
}

}  // namespace perfwarden::app
