#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/names.hpp"
#include "model/analysis.hpp"
#include "model/level.hpp"
#include "model/position.hpp"
#include "model/profile_gates.hpp"
#include "model/series.hpp"
#include "model/unit.hpp"

namespace perfwarden {

// A Change is the largest allowed change, signed in the bad direction, as written: "+5%" (relative)
// or "+16 KiB" (absolute).
struct Change {
  double value = 0;  // a signed fraction when relative (+0.05), else signed base units
  bool relative = true;
  std::string base_unit;  // of an absolute change
  std::string original;   // as written
  friend bool operator==(const Change&, const Change&) = default;
};

// A Limit is one row of a budget. Relative and absolute changes compare with the baseline; max and
// min bound the head alone.
struct Limit {
  std::optional<Change> warn, soft, hard;
  std::optional<Quantity> max, min;
  Level level = Level::soft;  // of max and min
  bool optional = false;      // may match nothing
  friend bool operator==(const Limit&, const Limit&) = default;
};

// A Budget is one key of `budgets:`. Keys are tried in order; the last match wins.
struct Budget {
  std::string glob;                     // matched by text::glob_match_prefix against SeriesId::path()
  std::map<std::string, Limit> limits;  // by metric name; "" = every primary metric
  bool off = false;                     // matched series are shown, never gated
  Position where;
  friend bool operator==(const Budget&, const Budget&) = default;
};

// Invocations a side. With min < max, two sides are measured until they are decided: at least `min`, at most `max`, and
// up to 30 more to confirm a flagged benchmark. With min = max exactly that many.
struct Iterations {
  int min = 6;
  int max = 50;
  double max_time_s = 300;  // of a suite, both sides together
  [[nodiscard]] bool adaptive() const { return min < max; }
  // Invocations of a side that is measured alone, where there is nothing to decide.
  [[nodiscard]] int alone() const { return std::clamp(10, min, std::max(min, max)); }
  friend bool operator==(const Iterations&, const Iterations&) = default;
};

// A Command runs without a shell when written as a list or as a plain line (split by POSIX word
// rules: quotes and backslash, but no $, |, >, globs); `shell: true` hands the line to /bin/sh -c.
struct CommandLine {
  std::vector<std::string> argv;  // without shell; "{case}" is replaced in each word
  std::string shell;              // with shell; argv is then empty
  [[nodiscard]] bool empty() const { return argv.empty() && shell.empty(); }
  friend bool operator==(const CommandLine&, const CommandLine&) = default;
};

// RegexParser are the options of `parser: { regex: … }`: named groups name, value, unit (optional),
// metric (optional).
struct ParserChoice {
  std::string name = "auto";  // a row of ingest/formats, or "auto"
  std::string regex;          // for "regex"
  std::string metric;         // for "regex": metric name when the pattern has no such group; default
                              // wall_time when the unit is a time
  friend bool operator==(const ParserChoice&, const ParserChoice&) = default;
};

// A Tier is how often a suite runs: at each commit, for pull requests, at night, weekly. Each tier includes the earlier
// ones.
enum class Tier { smoke, targeted, full, long_ };
template <>
inline constexpr Names<Tier, 4> k_names<Tier>{
    {{"smoke", Tier::smoke}, {"targeted", Tier::targeted}, {"full", Tier::full}, {"long", Tier::long_}}};

// A When says which runs measure a suite.
struct When {
  std::vector<std::string> paths;  // globs over changed files, from the repository's root; empty = for any change
  Tier tier = Tier::smoke;         // measured by runs of this tier and those after it
  friend bool operator==(const When&, const When&) = default;
};

// When a suite's benchmarks are profiled: those that got worse, all of them, or none.
enum class ProfileWhen { flagged, always, never };
template <>
inline constexpr Names<ProfileWhen, 3> k_names<ProfileWhen>{
    {{"flagged", ProfileWhen::flagged}, {"always", ProfileWhen::always}, {"never", ProfileWhen::never}}};

// A Profiling is how a suite is profiled, after measuring and in separate runs.
struct Profiling {
  // "perf", "callgrind", "heaptrack", "command"; "auto": perf, or callgrind where perf is not allowed; empty = not at
  // all
  std::string with = "auto";
  CommandLine command;  // for "command": `{profile}` in it is the file to write, of any format of profile/
  ProfileWhen when = ProfileWhen::flagged;
  int frequency = 999;            // samples a second, for perf
  std::string call_graph = "fp";  // "fp" or "dwarf", for perf
  std::string baseline;           // profile of base, below the checkout, where base is not measured; empty = none
  [[nodiscard]] bool on() const { return !with.empty() && when != ProfileWhen::never; }
  // What is profiled without having been asked for shows what to look at, and is not judged.
  [[nodiscard]] bool judged() const { return on() && with != "auto"; }
  friend bool operator==(const Profiling&, const Profiling&) = default;
};

// Which sides a suite belongs to. A suite that only one side's own config names comes or goes with head.
enum class Life {
  stays,
  comes,  // base's config does not name it: where it does not run on base, it is new
  goes,   // head's config does not name it: where it does not run on head, it has vanished
  gone,   // no longer asked for: it runs on base alone, once, so that its benchmarks can be said to have vanished
};

// A Suite is one program to measure and how.
struct Suite {
  std::string name;                // [a-z0-9][a-z0-9_-]*
  CommandLine build;               // once a side before anything is measured; empty = nothing to build
  CommandLine setup;               // once a side after build
  CommandLine run;                 // an invocation
  CommandLine teardown;            // once a side at the end
  std::vector<std::string> cases;  // `{case}` in run; empty = one nameless case
  std::string working_directory;   // relative to the side's checkout; empty = its root
  std::string output_file;         // read this file instead of stdout, relative like working_directory;
                                   // empty = stdout
  ParserChoice parser;
  std::vector<std::string> metrics;  // recorded and primary; empty = what the format reports
  Iterations iterations;
  int warmup = 1;          // invocations a side that are run and discarded
  int layouts = 0;         // of both sides, over which what is flagged is confirmed; 0 = none
  double timeout_s = 600;  // of one invocation
  std::map<std::string, std::string> env;
  std::vector<int> cpus;  // affinity of the children; empty = as started
  When when;
  // Counted in separate runs, in addition to the timed ones; primary.
  bool count_allocations = false;   // allocations, allocated_bytes, peak_heap; by a preloaded object
  bool count_instructions = false;  // by valgrind
  Profiling profile;
  std::string binary;  // its size is the metric binary_size; relative to the side's checkout; empty = none
  Life life = Life::stays;
  Position where;
  friend bool operator==(const Suite&, const Suite&) = default;
};

enum class OnInconclusive { pass, warn, fail };
template <>
inline constexpr Names<OnInconclusive, 3> k_names<OnInconclusive>{
    {{"pass", OnInconclusive::pass}, {"warn", OnInconclusive::warn}, {"fail", OnInconclusive::fail}}};
enum class OnMissing { record, warn, fail };  // no usable baseline
template <>
inline constexpr Names<OnMissing, 3> k_names<OnMissing>{
    {{"record", OnMissing::record}, {"warn", OnMissing::warn}, {"fail", OnMissing::fail}}};
enum class OnPresence { ignore, warn, soft, hard };  // a benchmark vanished or is new
template <>
inline constexpr Names<OnPresence, 4> k_names<OnPresence>{{{"ignore", OnPresence::ignore},
                                                           {"warn", OnPresence::warn},
                                                           {"soft", OnPresence::soft},
                                                           {"hard", OnPresence::hard}}};
enum class Correction { none, holm, benjamini_hochberg };
template <>
inline constexpr Names<Correction, 3> k_names<Correction>{
    {{"none", Correction::none}, {"holm", Correction::holm}, {"benjamini-hochberg", Correction::benjamini_hochberg}}};
enum class Mode { enforce, observe };
template <>
inline constexpr Names<Mode, 2> k_names<Mode>{{{"enforce", Mode::enforce}, {"observe", Mode::observe}}};

// The confidence from which a broken limit fails; below it, it warns.
enum class FailFrom { medium, high };
template <>
inline constexpr Names<FailFrom, 2> k_names<FailFrom>{{{"medium", FailFrom::medium}, {"high", FailFrom::high}}};

struct StatisticsConfig {
  double confidence = 0.99;    // of the intervals shown and of those compared with max and min
  double significance = 0.01;  // level after correction, two-sided: a run that changed nothing is blamed in half of it
  Correction correction = Correction::holm;
  double min_effect = 0.01;   // smaller changes are never reported, a fraction
  double high_effect = 0.05;  // magnitude criterion: the change of a HIGH regression
  double unstable_cv = 0.15;  // baseline-stable criterion
  // Chance of any false alert in a run that changed nothing, for a comparison that is measured by looks and confirmed.
  double false_alarms = 0.0005;
  OnInconclusive inconclusive = OnInconclusive::warn;
  FailFrom fail_from = FailFrom::medium;
  double between_runs = 1;  // how much unchanged code may differ between two runs when no history is known, a fraction
  friend bool operator==(const StatisticsConfig&, const StatisticsConfig&) = default;
};

// merge_base, release and pinned are measured now, beside head; cached is the newest run of the branch.
enum class BaselineStrategy { merge_base, cached, file, release, pinned };
template <>
inline constexpr Names<BaselineStrategy, 5> k_names<BaselineStrategy>{{{"merge-base", BaselineStrategy::merge_base},
                                                                       {"cached", BaselineStrategy::cached},
                                                                       {"file", BaselineStrategy::file},
                                                                       {"release", BaselineStrategy::release},
                                                                       {"pinned", BaselineStrategy::pinned}}};
enum class MatchMachine { fingerprint, any };
template <>
inline constexpr Names<MatchMachine, 2> k_names<MatchMachine>{
    {{"fingerprint", MatchMachine::fingerprint}, {"any", MatchMachine::any}}};

struct BaselineConfig {
  BaselineStrategy strategy = BaselineStrategy::merge_base;
  std::string branch = "main";
  std::string directory = ".perfwarden/baseline";  // what actions/cache restores and saves
  std::string file;                                // for strategy file
  MatchMachine match_machine = MatchMachine::fingerprint;
  OnMissing missing = OnMissing::record;
  std::string tag = "v*";  // for strategy release: glob of the tags that are releases
  std::string commit;      // for strategy pinned: a tag or a commit
  friend bool operator==(const BaselineConfig&, const BaselineConfig&) = default;
};

// A BuildCacheConfig says where whole builds are kept between runs; see app/pipe/kept_builds.hpp.
struct BuildCacheConfig {
  std::string directory;  // empty = none are kept
  std::string key;        // mixed into every key, for inputs that perfwarden cannot see
  std::uint64_t limit_bytes = std::uint64_t{5} << 30;
  friend bool operator==(const BuildCacheConfig&, const BuildCacheConfig&) = default;
};

enum class Pinning { automatic, off, cpus };  // automatic: to CPUs that the kernel keeps free, if there are any

// A MachineConfig is how the machine is set while benchmarks run; every setting is restored. The defaults need no
// privilege.
struct MachineConfig {
  Pinning pin = Pinning::automatic;  // of suites that name no CPUs themselves
  std::vector<int> cpus;             // for Pinning::cpus
  std::string governor;              // of the clock; empty = as it is
  std::optional<bool> turbo, smt;    // nullopt = as they are
  bool aslr_off = false;             // for the benchmarks only
  std::string huge_pages;            // transparent ones: always, madvise, never; empty = as they are
  bool interrupts_away = false;      // from the CPUs that benchmarks are pinned to
  friend bool operator==(const MachineConfig&, const MachineConfig&) = default;
};

// What happens to a suite whose sides run the same program; automatic: it is not measured against base in runs for a
// pull request.
enum class WhenIdentical { automatic, skip, measure };
template <>
inline constexpr Names<WhenIdentical, 3> k_names<WhenIdentical>{
    {{"auto", WhenIdentical::automatic}, {"skip", WhenIdentical::skip}, {"measure", WhenIdentical::measure}}};
// What a change does that comes from where the linker put code, and from nothing else.
enum class OnPlacement { show, fail };
template <>
inline constexpr Names<OnPlacement, 2> k_names<OnPlacement>{{{"show", OnPlacement::show}, {"fail", OnPlacement::fail}}};

struct IdentityConfig {
  WhenIdentical identical = WhenIdentical::automatic;
  OnPlacement placement = OnPlacement::show;
  std::vector<std::string> ignore;  // names of data objects that may differ, such as a commit id
  friend bool operator==(const IdentityConfig&, const IdentityConfig&) = default;
};

// A PlacementConfig says how builds keep where the linker puts functions from deciding how fast they are.
struct PlacementConfig {
  bool align = true;  // builds align functions (os/aligned_compilers.hpp)
  friend bool operator==(const PlacementConfig&, const PlacementConfig&) = default;
};

enum class CommentWhen { automatic, always, on_change, never };
template <>
inline constexpr Names<CommentWhen, 4> k_names<CommentWhen>{{{"auto", CommentWhen::automatic},
                                                             {"always", CommentWhen::always},
                                                             {"on-change", CommentWhen::on_change},
                                                             {"never", CommentWhen::never}}};

// `report: comment`, of the notifier pr-comment.
struct CommentConfig {
  CommentWhen when = CommentWhen::automatic;
  friend bool operator==(const CommentConfig&, const CommentConfig&) = default;
};

// `report: label`, of the notifier label.
struct LabelConfig {
  std::string name = "performance-regression";  // empty = no label
  friend bool operator==(const LabelConfig&, const LabelConfig&) = default;
};

// `publish: check`, of the notifier check-run.
struct CheckRunConfig {
  std::string name;  // of the check run; empty = none
  friend bool operator==(const CheckRunConfig&, const CheckRunConfig&) = default;
};

// `publish: code-scanning`, of the notifier code-scanning.
struct CodeScanningConfig {
  bool upload = false;
  friend bool operator==(const CodeScanningConfig&, const CodeScanningConfig&) = default;
};

enum class OnFailure { warn, fail };
template <>
inline constexpr Names<OnFailure, 2> k_names<OnFailure>{{{"warn", OnFailure::warn}, {"fail", OnFailure::fail}}};

enum class Tell { never, regressions, always };
template <>
inline constexpr Names<Tell, 3> k_names<Tell>{
    {{"never", Tell::never}, {"regressions", Tell::regressions}, {"always", Tell::always}}};
enum class TellAbout { branch, all };
template <>
inline constexpr Names<TellAbout, 2> k_names<TellAbout>{{{"branch", TellAbout::branch}, {"all", TellAbout::all}}};

enum class Escalate { at_once, after_acknowledge };
template <>
inline constexpr Names<Escalate, 2> k_names<Escalate>{
    {{"at-once", Escalate::at_once}, {"after-acknowledge", Escalate::after_acknowledge}}};

// A Telling says which runs a notifier outside of the pull request tells people about.
struct Telling {
  Tell tell = Tell::never;                 // regressions: broken limits of these kinds; always: whatever came out
  TellAbout about = TellAbout::branch;     // runs of the baseline branch, or pull requests too
  FailFrom confidence = FailFrom::medium;  // of a regression, at least
  int after = 1;                           // runs of the branch in a row that confirmed it, at least
  Escalate escalate = Escalate::at_once;   // after_acknowledge: only what a person acknowledged as an alert
  double quiet_s = 86400;                  // the same regression is not told again so soon
  friend bool operator==(const Telling&, const Telling&) = default;
};

// `publish: slack`; its address is in PERFWARDEN_SLACK_WEBHOOK.
struct SlackConfig {
  Telling telling;
  friend bool operator==(const SlackConfig&, const SlackConfig&) = default;
};

// `publish: teams`; its address is in PERFWARDEN_TEAMS_WEBHOOK.
struct TeamsConfig {
  Telling telling;
  friend bool operator==(const TeamsConfig&, const TeamsConfig&) = default;
};

// `publish: webhook`; what it sends is signed with PERFWARDEN_WEBHOOK_SECRET.
struct WebhookConfig {
  Telling telling;
  std::string url;
  friend bool operator==(const WebhookConfig&, const WebhookConfig&) = default;
};

// `publish: email`; the password of `user` is in PERFWARDEN_SMTP_PASSWORD.
struct EmailConfig {
  Telling telling;
  std::string server;           // "smtps://smtp.example.com"
  std::string user;             // default: `from`
  std::string from;             // "perf@example.com"
  std::vector<std::string> to;  // addresses
  friend bool operator==(const EmailConfig&, const EmailConfig&) = default;
};

// `publish: jira`; the token is in PERFWARDEN_JIRA_TOKEN.
struct JiraConfig {
  Telling telling;
  std::string url;           // "https://acme.atlassian.net"
  std::string user;          // e-mail address of the token's account (Jira Cloud); empty = a personal access token
  std::string project;       // its key: "PERF"
  std::string type = "Bug";  // of the ticket
  friend bool operator==(const JiraConfig&, const JiraConfig&) = default;
};

// `publish: issues`: one GitHub issue for each regression of the baseline branch that persists.
struct IssuesConfig {
  bool open = false;
  std::string label = "performance-regression";  // by which the issues are found again
  int most = 3;                                  // new issues a run
  friend bool operator==(const IssuesConfig&, const IssuesConfig&) = default;
};

// A PublishConfig has a block for each row of publish/notifiers that can be configured.
struct PublishConfig {
  CommentConfig comment;
  LabelConfig label;
  CheckRunConfig check;
  CodeScanningConfig code_scanning;
  OnFailure failure = OnFailure::warn;  // what a run does whose report could not be sent
  SlackConfig slack;
  TeamsConfig teams;
  WebhookConfig webhook;
  EmailConfig email;
  JiraConfig jira;
  IssuesConfig issues;
  friend bool operator==(const PublishConfig&, const PublishConfig&) = default;
};

struct ReportConfig {
  std::string directory = "reports";  // reports/<sha>/…
  std::string templates;              // directory whose files replace templates of the same name; empty = built in
  std::optional<std::vector<std::string>> formats;  // names of renderers that write files; nullopt = all of them
  friend bool operator==(const ReportConfig&, const ReportConfig&) = default;
};

struct OverrideConfig {
  std::string label = "perf-override";
  // GitHub logins and a team ("org/slug") that may accept; both empty = everybody who may set labels, and for comments
  // everybody who may write to the repository.
  std::vector<std::string> allow;
  std::string team;
  bool require_reason = true;
  double expires_s = 7 * 86400.0;  // after that long a label or a comment no longer counts
  friend bool operator==(const OverrideConfig&, const OverrideConfig&) = default;
};

// A TradeoffRule says what a gain is worth: a benchmark's metric `cost` may get worse by up to `rate` percent for each
// percent by which its metric `gain` got better.
struct TradeoffRule {
  std::string name;
  std::string match = "**";  // glob of suite/benchmark
  std::string gain, cost;    // names of metrics
  double rate = 1;
  friend bool operator==(const TradeoffRule&, const TradeoffRule&) = default;
};

// How long `history prune` keeps what nobody named: raw values, and runs with their statistics.
struct RetentionConfig {
  double raw_s = 90 * 86400.0, summaries_s = 730 * 86400.0;
  friend bool operator==(const RetentionConfig&, const RetentionConfig&) = default;
};

// A Config is perfwarden.yml with every default filled in. config::load makes one; origins of
// values are kept beside it there.
struct Config {
  int version = 1;
  std::string project;  // empty: the repository's name
  Mode mode = Mode::enforce;
  std::vector<Suite> suites;              // in the file's order
  std::map<std::string, Metric> metrics;  // declared by the user; fills in or corrects what a format says
  std::vector<Budget> budgets;
  std::vector<TradeoffRule> tradeoffs;  // in the file's order
  OnPresence vanished = OnPresence::warn;
  OnPresence added = OnPresence::ignore;
  StatisticsConfig statistics;
  MachineConfig machine;
  PlacementConfig placement;
  ProfileGates profile_gates;
  std::string patterns;  // file with the user's own rules, in the format of config/patterns.yml; empty = none
  BaselineConfig baseline;
  BuildCacheConfig build_cache;
  IdentityConfig identity;
  ReportConfig report;
  PublishConfig publish;
  OverrideConfig overrides;
  std::string history = "sqlite:.perfwarden/history.db";  // empty = keep none
  RetentionConfig retention;
  AnalysisConfig analysis;
  bool gates_enabled = true;  // AI_GATE_ENABLE
  std::string hash;           // 16 hex digits over the effective values; part of what makes runs comparable
  friend bool operator==(const Config&, const Config&) = default;
};

}  // namespace perfwarden
