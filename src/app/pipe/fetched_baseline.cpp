#include "app/pipe/fetched_baseline.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/cli/messages.hpp"
#include "app/cli/version.hpp"
#include "app/pipe/checkouts.hpp"
#include "app/pipe/publication.hpp"
#include "base/text.hpp"
#include "baseline/directory.hpp"
#include "github/artifacts.hpp"
#include "github/run_context.hpp"
#include "github/workflow_runs.hpp"
#include "github/zip.hpp"
#include "ingest/limits.hpp"
#include "ingest/read.hpp"
#include "net/bounded_client.hpp"
#include "os/clock.hpp"
#include "profile/kept.hpp"

namespace perfwarden::app {
namespace {

constexpr double k_fetching_s = 120;
constexpr int k_most_tried = 5;
constexpr std::int64_t k_day_s = 86'400, k_stale_days = 30, k_expiring_days = 7;

struct Candidate {
  github::Artifact artifact;
  std::size_t distance = 0;  // commits from the merge base back
};

// The merge base and what it was made on, nearest first; of the branch's own tip, what it was made on.
Result<std::vector<std::string>> wanted_commits(World& world, const Config& config, const RunContext& context) {
  const checkout::Git git = repository(world);
  PW_TRY_ASSIGN(const Base base, base_commit(git, config, context, ""));
  const std::string head = git.resolve("HEAD").value_or("");
  PW_TRY_ASSIGN(const std::string log, git.run({"log", "--first-parent", "--format=%H", "-n", "200", base.sha}));
  std::vector<std::string> out;
  for (const std::string_view line : text::lines(log))
    if (line != head) out.emplace_back(line);
  return out;
}

// The nearest commit first, and of one commit the latest.
Result<std::vector<Candidate>> candidates(World& world, github::Api& api, const std::vector<std::string>& commits,
                                          std::int64_t repository_id, const FetchRequest& request) {
  std::vector<Candidate> out;
  std::size_t expired = 0;
  PW_TRY_ASSIGN(const std::vector<github::Artifact> named, github::artifacts_named(api, request.artifact));
  for (const github::Artifact& artifact : named) {
    const auto at = std::find(commits.begin(), commits.end(), artifact.head_sha);
    const bool ours = artifact.repository_id == repository_id && artifact.head_repository_id == repository_id;
    if (at == commits.end() || !ours) continue;
    expired += artifact.expired ? 1U : 0U;
    if (!artifact.expired) out.push_back({artifact, static_cast<std::size_t>(at - commits.begin())});
  }
  if (expired > 0)
    warn(world, fmt::format("{} artifact{} of an ancestor {} expired; `retention-days:` of upload-artifact keeps them "
                            "longer",
                            expired, expired == 1 ? "" : "s", expired == 1 ? "has" : "have"));
  std::stable_sort(out.begin(), out.end(), [](const Candidate& a, const Candidate& b) {
    return a.distance != b.distance ? a.distance < b.distance : a.artifact.created > b.artifact.created;
  });
  return out;
}

struct FetchedRun {
  Samples samples;
  std::string profiles;  // perfwarden.profiles/1; empty = it kept none
};

// What the run kept of its profiles: of the same commit as its samples. The samples stand without it.
Result<std::string> profiles_in(const std::string& zip, const std::string& name, const std::string& commit) {
  PW_TRY_ASSIGN(std::optional<std::string> text, github::read_zip_entry_if_any(zip, name, profile::k_max_kept_bytes));
  if (!text) return std::string();
  PW_TRY_ASSIGN(const profile::KeptProfiles kept, profile::read_kept(*text, name));
  if (kept.commit == commit) return *std::move(text);
  return Error{.kind = ErrorKind::github,
               .what = fmt::format("they are of commit {}", text::one_line(kept.commit.substr(0, 10)))};
}

// What a candidate kept whose run may be believed.
Result<FetchedRun> run_of(World& world, github::Api& api, const github::Artifact& artifact, const std::string& branch,
                          std::int64_t repository_id, const FetchRequest& request) {
  const auto refuse = [&](std::string_view why) {
    return Error{.kind = ErrorKind::github,
                 .what = fmt::format("the artifact of run {} is not used: {}", artifact.run_id, why)};
  };
  PW_TRY_ASSIGN(const github::WorkflowRun run, github::workflow_run(api, artifact.run_id));
  if (const std::string why = github::why_not_trusted(run, branch, repository_id); !why.empty()) return refuse(why);
  if (run.head_sha != artifact.head_sha) return refuse("its run is about another commit");
  PW_TRY_ASSIGN(const std::string zip, github::download_artifact(api, artifact));
  PW_TRY_ASSIGN(const std::string text, github::read_zip_entry(zip, request.entry, ingest::k_max_text_bytes));
  PW_TRY_ASSIGN(Samples samples, ingest::parse_samples(text, request.entry));
  if (samples.series.empty()) return refuse("it holds no samples");
  if (samples.run.commit != artifact.head_sha)
    return refuse(fmt::format("its samples are of commit {}", text::one_line(samples.run.commit.substr(0, 10))));
  Result<std::string> profiles = profiles_in(zip, profile::kept_beside(request.entry), samples.run.commit);
  if (!profiles)
    warn(world, fmt::format("the profiles of run {} are not used: {}", artifact.run_id, profiles.error().text()));
  return FetchedRun{std::move(samples), profiles ? *std::move(profiles) : ""};
}

// "2026-11-29T…" of so many days before (or, negative, after) now: such times are in order as text.
std::string days_ago(World& world, std::int64_t days) {
  return os::rfc3339(world.clock.unix_s() - days * k_day_s);
}

void warn_of_age(World& world, const github::Artifact& artifact) {
  const std::string created = text::one_line(artifact.created.substr(0, 10));
  if (github::is_utc_second(artifact.created) && artifact.created < days_ago(world, k_stale_days))
    warn(world, fmt::format("the baseline is of {}, more than {} days ago; run the check on the baseline branch again",
                            created, k_stale_days));
  else if (github::is_utc_second(artifact.expires) && artifact.expires < days_ago(world, -k_expiring_days))
    warn(world, fmt::format("the baseline's artifact expires on {}; run the check on the baseline branch again",
                            text::one_line(artifact.expires.substr(0, 10))));
  if (artifact.digest.empty())
    warn(world,
         "this server gives no digest of artifacts (it has none before version 4 of upload-artifact), so the "
         "baseline's was not checked");
}

Status keep_as_baseline(World& world, const Config& config, const Candidate& candidate, const FetchedRun& run) {
  const Samples& samples = run.samples;
  baseline::Entry entry;
  entry.commit = samples.run.commit;
  entry.branch = config.baseline.branch;
  entry.time = samples.run.time.empty() ? candidate.artifact.created : samples.run.time;
  entry.fingerprint = samples.run.machine.fingerprint;
  entry.reason = fmt::format("artifact of run {}", candidate.artifact.run_id);
  PW_TRY(baseline::update(config.baseline.directory, entry, ingest::write_samples(samples), run.profiles,
                          patience(world)));
  give_back(config.baseline.directory);
  return Nothing{};
}

}  // namespace

Result<bool> fetch_baseline(World& world, const Config& config, const RunContext& context,
                            const FetchRequest& request) {
  const std::string token = github::token(world.environment);
  if (!context.in_github || context.repository_id == 0)
    return wrong_usage("this is not GitHub Actions, so there are no artifacts to look for",
                       "`perfwarden baseline update FILE` records a samples file");
  if (token.empty())
    return wrong_usage("there is no token to read artifacts with",
                       "set PERFWARDEN_TOKEN: ${{ github.token }}, and give the job `permissions: actions: read`");
  PW_TRY_ASSIGN(const std::vector<std::string> commits, wanted_commits(world, config, context));
  net::BoundedClient http(
      world.http, [&] { return world.clock.monotonic_s(); }, k_fetching_s);
  github::Api api(http, world.clock,
                  {context.api_url, context.repository, token, "perfwarden/" + std::string(version())});
  PW_TRY_ASSIGN(const std::vector<Candidate> found, candidates(world, api, commits, context.repository_id, request));
  int tried = 0;
  for (const Candidate& candidate : found) {
    if (tried++ == k_most_tried) break;
    const Result<FetchedRun> run =
        run_of(world, api, candidate.artifact, config.baseline.branch, context.repository_id, request);
    if (!run && api.denied()) return run.error();
    if (!run) {
      warn(world, run.error().text());
      continue;
    }
    warn_of_age(world, candidate.artifact);
    PW_TRY(keep_as_baseline(world, config, candidate, *run));
    const std::string sha = run->samples.run.commit.substr(0, 10);
    note(world, candidate.distance == 0
                    ? fmt::format("the baseline of the merge base {} is in {}", sha, config.baseline.directory)
                    : fmt::format("the baseline of {}, {} commit{} before the merge base, is in {}", sha,
                                  candidate.distance, candidate.distance == 1 ? "" : "s", config.baseline.directory));
    return true;
  }
  warn(world, fmt::format("no artifact '{}' of the last {} commits of {} can be used as the baseline",
                          text::one_line(request.artifact), commits.size(), text::one_line(config.baseline.branch)));
  return false;
}

}  // namespace perfwarden::app
