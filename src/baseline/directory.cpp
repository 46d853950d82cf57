#include "baseline/directory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "json/cursor.hpp"
#include "json/parse.hpp"
#include "json/path.hpp"
#include "json/write.hpp"
#include "os/files/files.hpp"
#include "os/files/folder_lock.hpp"

namespace perfwarden::baseline {
namespace {

using Json = nlohmann::json;

constexpr std::string_view k_schema = "perfwarden.baseline/";
constexpr long long k_version = 1;
constexpr std::size_t k_most_entries = 50;
constexpr std::size_t k_most_index_bytes = std::size_t{1} << 20;
constexpr std::size_t k_most_samples_bytes = std::size_t{16} << 20;  // only to read the machine's facts

std::string index_of(const std::string& directory) {
  return directory + "/index.json";
}

bool is_hex(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](unsigned char c) { return std::isdigit(c) != 0 || (c >= 'a' && c <= 'f'); });
}

bool is_sha(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) && is_hex(text);
}

std::string stem_of(const Entry& entry) {
  return entry.commit + "-" + (is_hex(entry.fingerprint) ? entry.fingerprint : "unknown");
}

std::string file_of(const Entry& entry) {
  return stem_of(entry) + ".json";
}

Error damaged(const std::string& path, std::string_view what) {
  return {
      .kind = ErrorKind::parse,
      .what = fmt::format("the baseline index is damaged: {}", what),
      .where = path,
      .hint =
          "delete the folder (or the cache that it came from); the next run of the baseline branch creates a new one"};
}

Status check_schema(const std::string& schema, const std::string& path) {
  const auto version =
      schema.starts_with(k_schema) ? text::to_integer(std::string_view(schema).substr(k_schema.size())) : std::nullopt;
  if (!version || *version < 1)
    return damaged(path, fmt::format("its schema is '{}'", text::truncate(text::one_line(schema), 60)));
  if (*version > k_version)
    return Error{.kind = ErrorKind::io,
                 .what = fmt::format("the baseline was written by a newer perfwarden ({})", schema),
                 .where = path,
                 .hint = "use that version here too, or delete the folder to start again"};
  return Nothing{};
}

Entry entry_of(const json::Cursor& row) {
  Entry entry{.commit = row["commit"].text(),
              .branch = row["branch"].text(),
              .time = row["time"].text(),
              .fingerprint = row["fingerprint"].text(),
              .file = row["file"].text(),
              .reason = row["reason"].text()};
  // The name is joined to a path, so it is not taken on trust.
  if (!is_sha(entry.commit) || entry.file != file_of(entry))
    row.fail(fmt::format("an entry names the file '{}'", text::truncate(text::one_line(entry.file), 80)));
  return entry;
}

bool is_newer(const Entry& a, const Entry& b) {
  return a.time > b.time;
}

std::string index_text(const std::vector<Entry>& entries) {
  Json rows = Json::array();
  for (const Entry& e : entries)
    rows.push_back({{"commit", e.commit},
                    {"branch", e.branch},
                    {"time", e.time},
                    {"fingerprint", e.fingerprint},
                    {"file", e.file},
                    {"reason", e.reason}});
  return json::pretty(Json{{"schema", fmt::format("{}{}", k_schema, k_version)}, {"entries", rows}}, 1);
}

std::string short_sha(const std::string& sha) {
  return sha.substr(0, 10);
}

// The machine that samples were measured on, as far as they say.
Machine machine_of(const std::string& samples_text, const std::string& fingerprint) {
  Machine machine;
  machine.fingerprint = fingerprint;
  if (samples_text.size() > k_most_samples_bytes) return machine;
  const Result<Json> samples = json::parse(samples_text);
  const Json* facts = samples ? json::at(*samples, {"run", "machine", "facts"}) : nullptr;
  if (facts == nullptr || !facts->is_object()) return machine;
  for (const auto& [name, value] : facts->items())
    if (value.is_string()) machine.facts.emplace_back(name, value.get<std::string>());
  return machine;
}

// "cpu: Xeon there, EPYC here"; at most two facts.
std::string what_differs(const Machine& there, const Machine& here) {
  std::string out;
  std::size_t shown = 0;
  for (const MachineDifference& difference : differences(there, here)) {
    if (++shown > 2) return out + ", …";
    const auto value = [](const std::string& text) {
      return text.empty() ? std::string("unknown") : text::truncate(text::one_line(text), 60);
    };
    out += fmt::format("{}{}: {} there, {} here", out.empty() ? "" : ", ", text::one_line(difference.fact),
                       value(difference.base), value(difference.head));
  }
  return out;
}

// A Candidate is an entry that may serve as far as its commit goes.
struct Candidate {
  const Entry* entry;
  std::string note;
};

// Entries by commit: the wanted one first, then ancestors from there on, nearest first.
std::vector<Candidate> candidates(const std::vector<Entry>& all, const Wanted& wanted) {
  std::vector<Candidate> out;
  for (const Entry& entry : all)
    if (!wanted.commit.empty() && entry.commit == wanted.commit) out.push_back({&entry, ""});
  const auto& line = wanted.ancestors;
  auto start = wanted.commit.empty() ? line.begin() : std::find(line.begin(), line.end(), wanted.commit);
  const bool known = !wanted.commit.empty() && start != line.end();
  if (start == line.end()) start = line.begin();
  for (auto commit = known ? start + 1 : start; commit != line.end(); ++commit)
    for (const Entry& entry : all) {
      if (entry.commit != *commit) continue;
      const auto older = commit - start;
      // When the wanted commit is not known, the branch's own commits must not serve: they would hide what the branch
      // did.
      if (!known && !wanted.commit.empty() && entry.branch != wanted.branch) continue;
      out.push_back({&entry, known ? fmt::format("is {} commit{} older than {}", older, older == 1 ? "" : "s",
                                                 short_sha(wanted.commit))
                                   : fmt::format("is {}, an ancestor of head", short_sha(entry.commit))});
    }
  return out;
}

std::string entry_count(std::size_t n) {
  return fmt::format("{} {}", n, n == 1 ? "entry" : "entries");
}

std::string why_no_candidate(const std::vector<Entry>& all, const Wanted& wanted) {
  const std::string target = wanted.commit.empty() ? "any known ancestor of head" : short_sha(wanted.commit);
  if (wanted.ancestors.empty())
    return fmt::format(
        "{}, none of {}, and this checkout shows no earlier commits, so no other entry can be shown to be older (where "
        "it "
        "is shallow, let actions/checkout fetch the history: `fetch-depth: 0`)",
        entry_count(all.size()), target);
  return fmt::format("{}, none of {} or of a commit before it (the newest is {} of {})", entry_count(all.size()),
                     target, short_sha(all.front().commit), text::truncate(text::one_line(all.front().branch), 60));
}

// All candidates are of another machine; the nearest says what differs.
std::string why_other_machine(const std::string& directory, const std::vector<Candidate>& by_commit,
                              const Wanted& wanted) {
  std::string differs;
  const Entry& nearest = *by_commit.front().entry;
  if (!wanted.machine.facts.empty())
    if (const auto text = os::read_file_below(directory, nearest.file))
      differs = what_differs(machine_of(*text, nearest.fingerprint), wanted.machine);
  return fmt::format("{} of a suitable commit, but of another machine{}", entry_count(by_commit.size()),
                     differs.empty() ? "" : " (" + differs + ")");
}

}  // namespace

Result<std::vector<Entry>> entries(const std::string& directory) {
  const std::string path = index_of(directory);
  if (!os::exists(path)) return std::vector<Entry>();
  PW_TRY_ASSIGN(const std::string text, os::read_file(path, k_most_index_bytes));
  const Result<Json> index = json::parse(text, path);
  if (!index) return damaged(path, index.error().what);
  json::Cursor::Problem problem;
  const json::Cursor root(*index, "", problem);
  const std::string schema = root["schema"].text();
  if (!root.failed()) PW_TRY(check_schema(schema, path));
  std::vector<Entry> out;
  root["entries"].each(k_most_index_bytes, [&](const json::Cursor& row) { out.push_back(entry_of(row)); });
  if (root.failed()) return damaged(path, problem.place + ": " + problem.what);
  std::stable_sort(out.begin(), out.end(), is_newer);
  return out;
}

std::string profiles_file(const Entry& entry) {
  return stem_of(entry) + ".profiles.json";
}

Status update(const std::string& directory, const Entry& entry, const std::string& samples_text,
              const std::string& profiles_text, const os::Patience& patience) {
  if (text::trim(entry.reason).empty())
    return Error{
        .kind = ErrorKind::usage, .what = "a baseline update needs a reason", .hint = "say why with --reason TEXT"};
  if (!is_sha(entry.commit))
    return Error{.kind = ErrorKind::usage,
                 .what = fmt::format("'{}' is not a full commit sha", text::truncate(text::one_line(entry.commit), 80)),
                 .hint = "measure a commit, so that the samples say which one they are of"};
  PW_TRY(os::make_directories(directory));
  PW_TRY_ASSIGN(const os::FolderLock lock, os::FolderLock::lock(directory, patience));
  PW_TRY_ASSIGN(std::vector<Entry> all, entries(directory));
  Entry added = entry;
  added.file = file_of(added);
  std::erase_if(all, [&](const Entry& other) { return other.file == added.file; });
  all.insert(all.begin(), added);
  std::stable_sort(all.begin() + 1, all.end(), is_newer);
  std::vector<std::string> dropped;
  while (all.size() > k_most_entries) {
    dropped.insert(dropped.end(), {all.back().file, profiles_file(all.back())});
    all.pop_back();
  }
  // The files first: an index never names one that is not there yet, and profiles are those of the samples beside them.
  const std::string profiles = fmt::format("{}/{}", directory, profiles_file(added));
  PW_TRY(os::remove_all(profiles));
  PW_TRY(os::write_file(directory + "/" + added.file, samples_text));
  if (!profiles_text.empty()) PW_TRY(os::write_file(profiles, profiles_text));
  PW_TRY(os::write_file(index_of(directory), index_text(all)));
  for (const std::string& file : dropped) PW_TRY(os::remove_all(fmt::format("{}/{}", directory, file)));
  return Nothing{};
}

Result<std::optional<Found>> find(const std::string& directory, const Wanted& wanted, std::string& why_not) {
  why_not.clear();
  PW_TRY_ASSIGN(const std::vector<Entry> all, entries(directory));
  if (all.empty()) {
    why_not = "nothing is on record yet";
    return std::optional<Found>();
  }
  const std::vector<Candidate> by_commit = candidates(all, wanted);
  std::string missing;
  // Of the same commit, those of this machine come first even where any machine may serve.
  for (const bool same_machine : {true, false}) {
    if (!same_machine && !wanted.any_machine) break;
    for (const Candidate& candidate : by_commit) {
      const Entry& entry = *candidate.entry;
      const bool same = !entry.fingerprint.empty() && entry.fingerprint == wanted.fingerprint;
      if (same != same_machine) continue;
      Result<std::string> text = os::read_file_below(directory, entry.file);
      if (!text) {
        missing = text.error().text();
        continue;
      }
      std::string note = candidate.note;
      if (!same)
        note += fmt::format("{}was measured on another machine ({})", note.empty() ? "" : ", and ",
                            what_differs(machine_of(*text, entry.fingerprint), wanted.machine));
      return std::optional<Found>(Found{entry, std::move(*text), note});
    }
  }
  why_not = !missing.empty()    ? "its samples cannot be read: " + missing
            : by_commit.empty() ? why_no_candidate(all, wanted)
                                : why_other_machine(directory, by_commit, wanted);
  return std::optional<Found>();
}

}  // namespace perfwarden::baseline
