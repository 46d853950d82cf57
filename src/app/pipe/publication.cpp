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
#include "store/store.hpp"
#include "trend/persistence.hpp"

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

Status save_accepted(World& world, const Report& report, const Config& config) {
  if (config.history.empty() || !report.verdict.overridden) return Nothing{};
  PW_TRY_ASSIGN(const std::unique_ptr<store::Store> store,
                store::open(config.history, store::Access::write, patience(world)));
  for (const Override& one : report.accepted) {
    store::Event event;
    event.time = os::rfc3339(world.clock.unix_s());
    event.kind = store::k_accepted;
    event.commit = report.context.head_sha;
    event.pull_request = report.context.pull_request;
    event.who = one.by;
    event.subject = one.glob;
    event.reason = one.reason;
    PW_TRY(store->add_event(event));
  }
  return Nothing{};
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

constexpr const char* k_memory = ".perfwarden/told.json";
constexpr std::size_t k_most_runs = 200;

bool is_of_branch(const Report& report, const Config& config) {
  const RunContext& context = report.context;
  return context.in_github && !context.is_pull_request() && !context.of_pull_request &&
         context.event != "merge_group" && report.head.run.branch == config.baseline.branch;
}

bool wants_persistence(const PublishConfig& config) {
  const auto waits = [](const Telling& telling) { return telling.tell != Tell::never && telling.after > 1; };
  return config.issues.open || waits(config.slack.telling) || waits(config.teams.telling) ||
         waits(config.webhook.telling) || waits(config.email.telling) || waits(config.jira.telling);
}

// As the history knows them; none, with a warning, when it cannot be read.
std::vector<Persistence> persistent_regressions(World& world, const Config& config) {
  const auto read = [&]() -> Result<std::vector<SeriesWords>> {
    if (config.history.empty()) return std::vector<SeriesWords>();
    PW_TRY_ASSIGN(const bool exists, store::exists(config.history));
    if (!exists) return std::vector<SeriesWords>();
    PW_TRY_ASSIGN(const std::unique_ptr<store::Store> store,
                  store::open(config.history, store::Access::read, patience(world)));
    return store->words(config.baseline.branch, k_most_runs);
  };
  const Result<std::vector<SeriesWords>> words = read();
  if (!words) warn(world, words.error().text());
  std::vector<Persistence> out;
  for (const SeriesWords& one : words.value_or({})) {
    const std::vector<Persistence> found = trend::persistences(one);
    out.insert(out.end(), found.begin(), found.end());
  }
  return out;
}

bool warn_of(World& world, const Status& status) {
  if (!status) warn(world, status.error().text());
  return status.has_value();
}

}  // namespace

std::vector<Override> find_overrides(World& world, const RunContext& context, const Config& config) {
  const std::string token = github::token(world.environment);
  const bool queued = context.event == "merge_group";  // what is accepted is the pull request's own head
  if (!context.is_pull_request() || queued || token.empty()) return {};
  github::Api api(world.http, world.clock, {context.api_url, context.repository, token});
  const Result<github::FoundOverrides> found =
      github::find_overrides(api, context, config.overrides, world.clock.unix_s());
  if (!found) {
    const Error& error = found.error();
    warn(world, "could not ask GitHub what was accepted on this pull request: " + error.what +
                    (error.hint.empty() ? "" : "; " + error.hint));
    return {};
  }
  for (const std::string& why : found->why_not) warn(world, why);
  return found->accepted;
}

bool record_accepted(World& world, const Report& report, const Config& config) {
  return warn_of(world, save_accepted(world, report, config));
}

bool keep(World& world, const Report& report, const std::optional<Samples>& base, const Samples& head,
          const Config& config, bool whole) {
  bool saved = head.series.empty() || warn_of(world, save_history(world, report, base, head, config));
  saved = record_accepted(world, report, config) && saved;
  return warn_of(world, record_baseline(world, report, head, config, whole)) && saved;
}

bool publish(World& world, const Report& report, const Config& config, const report::Templates& templates,
             const std::string& directory) {
  bool all_sent = true;
  publish::Post post{report, templates, directory, world.environment, world.http, world.clock, world.console};
  post.of_branch = is_of_branch(report, config);
  post.memory = k_memory;
  if (post.of_branch && wants_persistence(config.publish)) post.persistent = persistent_regressions(world, config);
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
