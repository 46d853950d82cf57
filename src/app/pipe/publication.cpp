#include "app/pipe/publication.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "app/cli/messages.hpp"
#include "app/history/remember.hpp"
#include "app/pipe/checkouts.hpp"
#include "baseline/directory.hpp"
#include "github/override.hpp"
#include "github/run_context.hpp"
#include "ingest/read.hpp"
#include "os/files/files.hpp"
#include "publish/news.hpp"
#include "publish/notifier.hpp"
#include "store/store.hpp"
#include "trend/persistence.hpp"

namespace perfwarden::app {
namespace {

// Both sides where they were measured side by side; else base is in the history since it was measured.
Status save_history(World& world, const Report& report, const Keepsakes& what, const Config& config) {
  if (config.history.empty()) return Nothing{};
  const std::optional<Samples>& base = what.base;
  const Samples& head = what.head;
  const checkout::Git git = repository(world);
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
  record.rating = report.analysis.rating;
  record.parents = git.parents(head.run.commit).value_or({});
  record.profiles = what.summaries[1];
  const bool side_by_side = base && !base->run.session.empty() && base->run.session == head.run.session;
  if (side_by_side && !base->run.commit.empty() && !base->series.empty()) {
    store::RunRecord other;
    other.run = base->run;
    other.role = store::RunRole::base;
    other.event = report.context.event;
    other.pull_request = report.context.pull_request;
    other.head = *base;
    other.parents = git.parents(base->run.commit).value_or({});
    other.profiles = what.summaries[0];
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
Status record_baseline(World& world, const Report& report, const Keepsakes& what, const Config& config) {
  const Samples& head = what.head;
  if (!is_of_baseline_branch(report.context, head.run.branch, config) || head.run.commit.empty() ||
      report.verdict.conclusion == Conclusion::fail || report.verdict.counts.failed > 0)
    return Nothing{};
  if (!what.whole) {
    note(world, "not kept as baseline, since it did not measure every suite; `perfwarden check --tier long` does");
    return Nothing{};
  }
  baseline::Entry entry;
  entry.commit = head.run.commit;
  entry.branch = head.run.branch;
  entry.time = head.run.time;
  entry.fingerprint = head.run.machine.fingerprint;
  entry.reason = "check of " + config.baseline.branch + ": " + std::string(name_of(report.verdict.conclusion));
  return baseline::update(config.baseline.directory, entry, ingest::write_samples(head), what.head_profiles,
                          patience(world));
}

constexpr const char* k_memory = ".perfwarden/told.json";
constexpr std::size_t k_most_runs = 200;

bool is_of_branch(const Report& report, const Config& config) {
  const RunContext& context = report.context;
  return context.in_github && !context.is_pull_request() && !context.of_pull_request &&
         context.event != "merge_group" && report.head.run.branch == config.baseline.branch;
}

bool wants_history(const PublishConfig& config) {
  using publish::waits;
  return config.issues.open || waits(config.slack.telling) || waits(config.teams.telling) ||
         waits(config.webhook.telling) || waits(config.email.telling) || waits(config.jira.telling);
}

// What the history knows of the branch's regressions, and which of them people have acknowledged.
Status look_at_history(World& world, const Config& config, publish::Post& post) {
  if (config.history.empty()) return Nothing{};
  PW_TRY_ASSIGN(const bool exists, store::exists(config.history));
  if (!exists) return Nothing{};
  PW_TRY_ASSIGN(const std::unique_ptr<store::Store> store,
                store::open(config.history, store::Access::read, patience(world)));
  PW_TRY_ASSIGN(const std::vector<SeriesWords> words, store->words(config.baseline.branch, k_most_runs));
  for (const SeriesWords& one : words) {
    const std::vector<Persistence> found = trend::persistences(one);
    post.persistent.insert(post.persistent.end(), found.begin(), found.end());
  }
  PW_TRY_ASSIGN(const std::vector<Alert> alerts, store->alerts());
  for (const Alert& alert : alerts)
    if (alert.state().status == AlertStatus::acknowledged && alert.direction == Direction::regression &&
        alert.branch == config.baseline.branch)
      post.acknowledged.insert(alert.series);
  return Nothing{};
}

// Says what became of each; false when one failed.
bool say_deliveries(World& world, const std::vector<publish::Delivery>& deliveries) {
  bool all_sent = true;
  for (const publish::Delivery& delivery : deliveries) {
    if (delivery.state == publish::Delivery::State::failed) {
      all_sent = false;
      warn(world, delivery.notifier + ": " + delivery.note);
    } else if (!delivery.note.empty()) {
      note(world, delivery.notifier + ": " + delivery.note);
    }
  }
  return all_sent;
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

bool is_of_baseline_branch(const RunContext& context, const std::string& branch, const Config& config) {
  return context.in_github && !context.is_pull_request() && branch == config.baseline.branch;
}

bool keep(World& world, const Report& report, const Keepsakes& what, const Config& config) {
  bool saved = what.head.series.empty() || warn_of(world, save_history(world, report, what, config));
  saved = record_accepted(world, report, config) && saved;
  return warn_of(world, record_baseline(world, report, what, config)) && saved;
}

bool publish(World& world, const Report& report, const Config& config, const report::Templates& templates,
             const std::string& directory) {
  publish::Post post{report, templates, directory, world.environment, world.http, world.clock, world.console};
  post.of_branch = is_of_branch(report, config);
  post.memory = k_memory;
  if (post.of_branch && wants_history(config.publish)) (void)warn_of(world, look_at_history(world, config, post));
  return say_deliveries(world, publish::publish_all(post, config.publish)) || config.publish.failure == OnFailure::warn;
}

Result<std::size_t> send_digest(World& world, const Config& config, const RunContext& context,
                                const std::string& digest) {
  Report about;  // nothing but where it comes from
  about.context = context;
  about.project = config.project;
  const report::Templates templates;
  publish::Post post{about, templates, "", world.environment, world.http, world.clock, world.console};
  post.digest = digest;
  const std::vector<publish::Delivery> deliveries = publish::publish_all(post, config.publish);
  const auto in_state = [&](publish::Delivery::State state) {
    return std::count_if(deliveries.begin(), deliveries.end(),
                         [state](const publish::Delivery& one) { return one.state == state; });
  };
  using State = publish::Delivery::State;
  if (!say_deliveries(world, deliveries) || in_state(State::refused) > 0)
    return Error{.kind = ErrorKind::network,
                 .what = "the digest could not be sent everywhere",
                 .hint = "the messages above say where and why"};
  return static_cast<std::size_t>(in_state(State::sent));
}

void give_back(const std::string& directory) {
  // Folders above it may be ours too: "reports" of "reports/<sha>".
  const std::string top =
      directory.starts_with('/') || directory.starts_with('.') ? directory : directory.substr(0, directory.find('/'));
  for (const std::string& path : {top, std::string(".perfwarden")})
    if (os::exists(path)) (void)os::give_to_owner_of(path, ".").has_value();
}

}  // namespace perfwarden::app
