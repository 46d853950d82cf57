#include "ingest/merge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "ingest/parts.hpp"

namespace perfwarden::ingest {
namespace {

Error refuse(std::string what, std::string hint) {
  return {.kind = ErrorKind::usage, .what = std::move(what), .hint = std::move(hint)};
}

std::string known(const std::string& value) {
  return value.empty() ? "unknown" : "'" + shown(value) + "'";
}

// All parts must say the same of `what`.
Status same(const std::vector<NamedSamples>& parts, std::string_view what, std::string RunInfo::*member,
            const std::string& hint) {
  const NamedSamples& first = parts.front();
  for (const NamedSamples& part : parts)
    if (part.samples.run.*member != first.samples.run.*member)
      return refuse(
          fmt::format("{} and {} cannot be merged: the {} differs, {} and {}", shown(first.name), shown(part.name),
                      what, known(first.samples.run.*member), known(part.samples.run.*member)),
          hint);
  return Nothing{};
}

// When one part is a shard, all must be, of one cut, and none may be missing.
Status check_shards(const std::vector<NamedSamples>& parts) {
  const auto is_shard = [](const NamedSamples& part) { return part.samples.run.shard.has_value(); };
  if (std::none_of(parts.begin(), parts.end(), is_shard)) return Nothing{};
  if (const auto whole = std::find_if_not(parts.begin(), parts.end(), is_shard); whole != parts.end())
    return refuse(fmt::format("{} is not a shard, but others are", shown(whole->name)),
                  "merge the shards of one run only");
  PW_TRY(same(parts, "seed", &RunInfo::seed, "merge the shards of one run only; give all of them the same --seed"));
  const NamedSamples& first = parts.front();
  const Shard& cut = *first.samples.run.shard;
  std::map<int, const NamedSamples*> seen;
  for (const NamedSamples& part : parts) {
    const Shard& shard = *part.samples.run.shard;
    if (shard.count != cut.count || shard.cut != cut.cut)
      return refuse(fmt::format("{} and {} were cut differently: {} shards by {}, and {} by {}", shown(first.name),
                                shown(part.name), cut.count, known(cut.cut), shard.count, known(shard.cut)),
                    "let all shards see the same commit, config and recorded times (one cache key, or --times FILE)");
    if (const auto [before, added] = seen.emplace(shard.index, &part); !added)
      return refuse(fmt::format("{} and {} are both shard {} of {}", shown(before->second->name), shown(part.name),
                                shard.index, shard.count),
                    "give each shard once");
  }
  for (int index = 1; index <= cut.count; ++index)
    if (!seen.contains(index))
      return refuse(fmt::format("shard {} of {} is missing", index, cut.count),
                    "its job may have failed: look at its log and run it again");
  return Nothing{};
}

Status check_sessions(const std::vector<NamedSamples>& parts) {
  const NamedSamples& first = parts.front();
  for (const NamedSamples& part : parts)
    if (part.samples.run.session.empty() != first.samples.run.session.empty())
      return refuse(fmt::format("{} and {} cannot be merged: one was measured together with its other side, one alone",
                                shown(first.name), shown(part.name)),
                    "measure all parts in the same way: all by `check`, or all by `run`");
  return Nothing{};
}

// The facts of several machines as one: what differs is written as "A | B".
Machine join(const std::vector<NamedSamples>& parts) {
  Machine out = parts.front().samples.run.machine;
  std::map<std::string, std::set<std::string>> values;
  std::set<std::string> fingerprints;
  for (const NamedSamples& part : parts) {
    fingerprints.insert(part.samples.run.machine.fingerprint);
    for (const auto& [name, value] : part.samples.run.machine.facts) values[name].insert(value);
  }
  if (fingerprints.size() == 1) return out;
  out.facts.clear();
  for (const auto& [name, several] : values) out.facts.emplace_back(name, fmt::format("{}", fmt::join(several, " | ")));
  out.facts.emplace_back("machines", fmt::format("{}", fmt::join(fingerprints, " | ")));
  seal(out);
  return out;
}

Status check_machines(const std::vector<NamedSamples>& parts) {
  const NamedSamples& first = parts.front();
  if (!first.samples.run.session.empty()) return Nothing{};
  for (const NamedSamples& part : parts) {
    const std::vector<MachineDifference> apart = differences(first.samples.run.machine, part.samples.run.machine);
    if (apart.empty()) continue;
    return refuse(fmt::format("{} and {} were measured on different machines ({}: {} and {}), and each side alone",
                              shown(first.name), shown(part.name), shown(apart.front().fact), known(apart.front().base),
                              known(apart.front().head)),
                  "give all shards one kind of runner, or measure base and head together in each (`perfwarden check`)");
  }
  return Nothing{};
}

void add_once(const std::vector<Warning>& from, std::vector<Warning>& to) {
  for (const Warning& warning : from)
    if (std::find(to.begin(), to.end(), warning) == to.end()) to.push_back(warning);
}

std::string session_of(const std::vector<NamedSamples>& parts) {
  std::set<std::string> sessions;
  for (const NamedSamples& part : parts) sessions.insert(part.samples.run.session);
  if (sessions.size() == 1) return *sessions.begin();
  return hex16(fnv1a(fmt::format("{}", fmt::join(sessions, "\x1f"))));
}

RunInfo run_of(const std::vector<NamedSamples>& parts) {
  RunInfo out = parts.front().samples.run;
  out.machine = join(parts);
  out.session = session_of(parts);
  out.shard.reset();
  out.times.clear();
  for (const NamedSamples& part : parts) {
    const RunInfo& run = part.samples.run;
    if (!run.time.empty() && (out.time.empty() || run.time < out.time)) out.time = run.time;
    if (run.seed != out.seed) out.seed.clear();  // of parts that are no shards: each had its own
    out.times.insert(out.times.end(), run.times.begin(), run.times.end());
  }
  return out;
}

}  // namespace

Result<Samples> merge(std::vector<NamedSamples> parts) {
  if (parts.empty()) return refuse("no samples file was given", "perfwarden merge FILE… -o OUT");
  PW_TRY(same(parts, "commit", &RunInfo::commit, "merge each side by itself: the files of base, then those of head"));
  PW_TRY(same(parts, "config", &RunInfo::config_hash, "measure all parts with one perfwarden.yml"));
  PW_TRY(check_shards(parts));
  PW_TRY(check_sessions(parts));
  PW_TRY(check_machines(parts));
  Samples out;
  out.run = run_of(parts);
  std::map<SeriesId, std::string> owner;
  for (NamedSamples& part : parts) {
    add_once(part.samples.warnings, out.warnings);
    for (Failure& failure : part.samples.failures) out.failures.push_back(std::move(failure));
    for (Series& series : part.samples.series) {
      const auto [before, added] = owner.emplace(series.id, part.name);
      if (!added)
        return refuse(fmt::format("the series '{}' is in both {} and {}", shown(series.id.path()),
                                  shown(before->second), shown(part.name)),
                      "parts must not overlap: give each file once, and each benchmark to one part");
      out.series.push_back(std::move(series));
    }
  }
  std::sort(out.series.begin(), out.series.end(), [](const Series& a, const Series& b) { return a.id < b.id; });
  if (out.run.machine.fingerprint != parts.front().samples.run.machine.fingerprint)
    out.warnings.push_back(
        {"several-machines",
         "the parts of this run were measured on machines that differ; each benchmark's base and head "
         "ran on one of them, so each comparison is valid, but benchmarks cannot be compared with each other"});
  return out;
}

}  // namespace perfwarden::ingest
