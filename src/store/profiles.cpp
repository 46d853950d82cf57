#include "store/profiles.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "base/sha256.hpp"
#include "store/browse.hpp"
#include "store/encode.hpp"
#include "store/packed.hpp"

namespace perfwarden::store {
namespace {

Error damaged_stacks(const Connection& connection) {
  return {.kind = ErrorKind::store,
          .what = "the stacks of a profile are damaged",
          .where = connection.place(),
          .hint = "restore the history from the cache, or move it away to start a new one"};
}

Result<std::string> unpacked(const Connection& connection, const std::string& digest, std::int64_t size,
                             const std::string& packed) {
  if (digest.empty()) return std::string();
  if (size < 0 || size > static_cast<std::int64_t>(ProfileSummary::k_most_stack_bytes))
    return damaged_stacks(connection);
  std::optional<std::string> text = unpack(packed, static_cast<std::size_t>(size));
  if (!text || sha256(*text) != digest) return damaged_stacks(connection);
  return *std::move(text);
}

// The columns that numbered_in reads.
constexpr const char* k_profile_columns =
    "profiles.id, CASE WHEN stacks_digest = '' THEN 0 ELSE 1 END, suite, benchmark, type, profiles.unit, cost, "
    "profiles.samples, seconds, functions";

NumberedProfile numbered_in(const Statement& row) {
  NumberedProfile out{.number = row.integer(0), .profile = {}, .has_stacks = row.integer(1) != 0};
  ProfileSummary& profile = out.profile;
  profile.suite = row.text(2);
  profile.benchmark = row.text(3);
  profile.type = {row.text(4), row.text(5)};
  profile.cost = row.real(6);
  profile.samples = row.real(7);
  profile.seconds = row.real(8);
  profile.functions = decode_functions(row.text(9));
  return out;
}

}  // namespace

Status save_profiles(Connection& connection, std::span<const ProfilesOfRun> runs) {
  if (std::all_of(runs.begin(), runs.end(), [](const ProfilesOfRun& run) { return run.second.empty(); }))
    return Nothing{};
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> stacks,
                connection.prepare(insert_into("stacks", "digest, size, packed") + " ON CONFLICT (digest) DO NOTHING"));
  PW_TRY_ASSIGN(
      const std::unique_ptr<Statement> rows,
      connection.prepare(
          insert_into("profiles",
                      "run_id, suite, benchmark, type, unit, cost, samples, seconds, functions, stacks_digest") +
          " ON CONFLICT (run_id, suite, benchmark, type) DO NOTHING"));
  for (const auto& [run, profiles] : runs) {
    for (const ProfileSummary& one : profiles) {
      const bool keeps = !one.stacks.empty() && one.stacks.size() <= ProfileSummary::k_most_stack_bytes;
      const std::string digest = keeps ? sha256(one.stacks) : "";
      if (keeps) PW_TRY(stacks->bind(digest).bind(one.stacks.size()).bind_bytes(pack(one.stacks)).run());
      rows->bind(run).bind(one.suite).bind(one.benchmark).bind(one.type.name).bind(one.type.unit).bind(one.cost);
      PW_TRY(rows->bind(one.samples).bind(one.seconds).bind(encode_functions(one.functions)).bind(digest).run());
    }
  }
  return Nothing{};
}

Status load_profiles(Connection& connection, std::int64_t run, std::vector<ProfileSummary>& out) {
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> rows,
                connection.prepare(fmt::format("SELECT {}, digest, size, packed FROM profiles "
                                               "LEFT JOIN stacks ON digest = stacks_digest WHERE run_id = $1 "
                                               "ORDER BY suite, benchmark, type",
                                               k_profile_columns)));
  rows->bind(run);
  while (true) {
    PW_TRY_ASSIGN(const bool row, rows->step());
    if (!row) return Nothing{};
    ProfileSummary& one = out.emplace_back(numbered_in(*rows).profile);
    PW_TRY_ASSIGN(one.stacks, unpacked(connection, rows->text(10), rows->integer(11), rows->text(12)));
  }
}

Status forget_stacks(Connection& connection, const std::string& runs, const std::string& parameter) {
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> forget,
                connection.prepare("UPDATE profiles SET stacks_digest = '' WHERE stacks_digest <> '' AND run_id IN (" +
                                   runs + ")"));
  PW_TRY(forget->bind(parameter).run());
  return connection.execute("DELETE FROM stacks WHERE digest NOT IN (SELECT stacks_digest FROM profiles)");
}

Result<std::vector<NumberedProfile>> Browser::profiles_in(std::int64_t run) {
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> rows,
                connection_->prepare(fmt::format("SELECT {} FROM profiles WHERE run_id = $1 "
                                                 "ORDER BY suite, benchmark, type",
                                                 k_profile_columns)));
  rows->bind(run);
  std::vector<NumberedProfile> out;
  while (true) {
    PW_TRY_ASSIGN(const bool row, rows->step());
    if (!row) return out;
    out.push_back(numbered_in(*rows));
  }
}

Result<std::map<std::int64_t, NumberedProfile>> Browser::profiles(std::span<const std::int64_t> numbers) {
  std::map<std::int64_t, NumberedProfile> out;
  if (numbers.empty()) return out;
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> rows,
                connection_->prepare(fmt::format("SELECT {} FROM profiles WHERE id IN ({})", k_profile_columns,
                                                 fmt::join(numbers, ", "))));
  while (true) {
    PW_TRY_ASSIGN(const bool row, rows->step());
    if (!row) return out;
    NumberedProfile one = numbered_in(*rows);
    out.emplace(one.number, std::move(one));
  }
}

Result<std::string> Browser::stacks(std::int64_t profile) {
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> query,
                connection_->prepare("SELECT digest, size, packed FROM profiles JOIN stacks ON digest = stacks_digest "
                                     "WHERE id = $1"));
  PW_TRY_ASSIGN(const bool found, query->bind(profile).step());
  if (!found) return std::string();
  return unpacked(*connection_, query->text(0), query->integer(1), query->text(2));
}

Result<std::vector<ProfiledRun>> Browser::profiles_of(const std::string& suite, const std::string& benchmark) {
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> rows,
                connection_->prepare("SELECT profiles.id, run_id, benchmark, commit_sha, session, role FROM profiles "
                                     "JOIN runs ON runs.id = run_id WHERE suite = $1 ORDER BY time, profiles.id"));
  rows->bind(suite);
  std::vector<ProfiledRun> out;
  while (true) {
    PW_TRY_ASSIGN(const bool row, rows->step());
    if (!row) return out;
    std::string of = rows->text(2);
    if (!of.empty() && !is_of_case(benchmark, of)) continue;
    out.push_back(
        {rows->integer(0), rows->integer(1), std::move(of), rows->text(3), rows->text(4), rows->text(5) == "base"});
  }
}

}  // namespace perfwarden::store
