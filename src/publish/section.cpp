#include "publish/section.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "github/run_context.hpp"

namespace perfwarden::publish {
namespace {

constexpr std::string_view k_begin = "<!-- perfwarden:v2 ";
constexpr std::string_view k_any_begin = "<!-- perfwarden:";
constexpr std::string_view k_end = " -->";
constexpr std::string_view k_apart = "\n\n";           // between the text and the marker
constexpr std::string_view k_rule = "\n\n---\n\n";     // between sections
constexpr std::string_view k_details = "\n<details>";  // where the verdict and its table end
constexpr std::string_view k_folded = "\n\nThe rest is in the job's summary.";

bool is_hash(std::string_view s) {
  return s.size() == 16 && s.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::optional<std::uint64_t> number(std::string_view s) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), value);
  if (s.empty() || error != std::errc{} || end != s.data() + s.size()) return std::nullopt;
  return value;
}

// The text after `name=` in a word; empty for another word.
std::string_view field(std::string_view word, std::string_view name) {
  return word.starts_with(name) && word.substr(name.size()).starts_with('=') ? word.substr(name.size() + 1) : "";
}

std::optional<Marker> read_marker(std::string_view line) {
  line = text::trim(line);
  if (!line.starts_with(k_begin) || !line.ends_with(k_end)) return std::nullopt;
  const auto words = text::split(line.substr(k_begin.size(), line.size() - k_begin.size() - k_end.size()), ' ');
  if (words.size() != 5) return std::nullopt;
  Marker marker;
  marker.key = field(words[0], "key");
  marker.part = field(words[1], "part");
  const std::string_view head = field(words[2], "head");
  const auto run = text::split(field(words[3], "run"), '.');
  const std::string_view state = field(words[4], "state");
  const bool known = is_hash(marker.key) && is_hash(marker.part) && (head == "none" || github::is_sha(head)) &&
                     run.size() == 2 && (state == "ok" || state == "fails" || state == "old");
  if (!known) return std::nullopt;
  const auto run_id = number(run[0]);
  const auto run_attempt = number(run[1]);
  if (!run_id || !run_attempt) return std::nullopt;
  if (head != "none") marker.head = head;
  marker.run_id = *run_id;
  marker.run_attempt = *run_attempt;
  marker.fails = state == "fails";
  marker.old = state == "old";
  return marker;
}

// Without lines that read_sections would take for a marker.
std::string without_markers(std::string_view text) {
  return text::replace_all(std::string(text::trim(text)), k_any_begin, "<!-- ");
}

std::string joined(const std::vector<Section>& sections) {
  std::vector<std::string> all;
  all.reserve(sections.size());
  for (const Section& section : sections)
    all.push_back(fmt::format("{}{}{}", without_markers(section.text), k_apart, section.marker.line()));
  return text::join(all, k_rule);
}

}  // namespace

std::string Marker::line() const {
  return fmt::format("{}key={} part={} head={} run={}.{} state={}{}", k_begin, key, part, head.empty() ? "none" : head,
                     run_id, run_attempt,
                     old     ? "old"
                     : fails ? "fails"
                             : "ok",
                     k_end);
}

bool Marker::older_than(const Marker& other) const {
  return run_id != other.run_id ? run_id < other.run_id : run_attempt < other.run_attempt;
}

bool fails(const Report& report) {
  const bool broken = report.verdict.conclusion == Conclusion::fail && report.mode == Mode::enforce;
  return broken || report.verdict.counts.failed > 0;
}

Marker marker_of(const Report& report) {
  const RunContext& context = report.context;
  std::uint64_t key = fnv1a(context.workflow);
  key = fnv1a(context.job, fnv1a("\n", key));
  key = fnv1a(context.leg, fnv1a("\n", key));
  std::set<std::string> suites;
  for (const Comparison& comparison : report.comparisons) suites.insert(comparison.id.suite);
  std::uint64_t part = fnv1a(report.head.run.machine.fingerprint);
  part = fnv1a(report.time + report.head.run.time + std::to_string(report.seed), fnv1a("\n", part));
  for (const std::string& suite : suites) part = fnv1a(suite, fnv1a("\n", part));
  const std::string& head = context.head_sha.empty() ? report.head.run.commit : context.head_sha;
  Marker marker;
  marker.key = hex16(key);
  marker.part = hex16(part);
  if (github::is_sha(head)) marker.head = head;
  marker.run_id = number(context.run_id).value_or(0);
  marker.run_attempt = number(context.run_attempt).value_or(0);
  marker.fails = fails(report);
  return marker;
}

std::vector<Section> read_sections(std::string_view body) {
  std::vector<Section> sections;
  std::string text;
  for (const std::string_view line : text::lines(text::trim(body))) {
    if (auto marker = read_marker(line)) {
      sections.push_back({std::string(text::trim(text)), *std::move(marker)});
      text.clear();
      continue;
    }
    const bool is_rule = text::trim(line) == "---" && text::trim(text).empty();
    if (!is_rule) text.append(line).append("\n");
  }
  const bool one_key = std::all_of(sections.begin(), sections.end(), [&](const Section& section) {
    return section.marker.key == sections.front().marker.key;
  });
  return text::trim(text).empty() && one_key ? sections : std::vector<Section>();
}

std::vector<Section> with_section(std::vector<Section> before, Section ours) {
  std::erase_if(before, [&](const Section& section) {
    return !section.marker.same_run(ours.marker) || section.marker.part == ours.marker.part;
  });
  before.push_back(std::move(ours));
  std::stable_sort(before.begin(), before.end(), [](const Section& a, const Section& b) {
    return a.marker.fails != b.marker.fails ? a.marker.fails : a.marker.part < b.marker.part;
  });
  return before;
}

std::string write_sections(const std::vector<Section>& sections, std::string_view part, std::size_t limit) {
  std::string whole = joined(sections);
  if (text::code_points(whole) <= limit) return whole;
  std::vector<Section> folded = sections;
  for (Section& section : folded) {
    if (section.marker.part == part) continue;
    const std::size_t end = section.text.find(k_details);
    if (end == std::string::npos) continue;
    section.text = std::string(text::trim(std::string_view(section.text).substr(0, end))).append(k_folded);
  }
  return joined(folded);
}

std::size_t overhead(const Marker& marker) {
  return text::code_points(marker.line()) + k_apart.size() + k_rule.size();
}

bool has_something_to_say(const Report& report, CommentWhen when) {
  const Verdict& verdict = report.verdict;
  const Counts& counts = verdict.counts;
  const bool changed = counts.regressions + counts.improvements != 0;
  switch (when) {
    case CommentWhen::always:
      return true;
    case CommentWhen::never:
      return false;
    case CommentWhen::on_change:
      return changed || counts.added + counts.vanished != 0;
    case CommentWhen::automatic:
      break;
  }
  return changed || !verdict.findings.empty() || verdict.conclusion == Conclusion::fail ||
         verdict.conclusion == Conclusion::inconclusive;
}

Result<std::string> body_with(const Post& post, const Marker& ours, std::vector<Section> before,
                              std::size_t max_characters) {
  std::vector<Section> sections = with_section(std::move(before), {"", ours});
  const std::size_t room = std::max(max_characters / sections.size(), std::min(max_characters, k_careful_characters));
  PW_TRY_ASSIGN(const std::string text, post.text("markdown", room - overhead(ours)));
  for (Section& section : sections)
    if (section.marker.part == ours.part) section.text = text;
  return write_sections(sections, ours.part, max_characters);
}

}  // namespace perfwarden::publish
