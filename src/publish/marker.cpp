#include "publish/marker.hpp"

#include <fmt/format.h>

#include <charconv>
#include <set>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "github/run_context.hpp"

namespace perfwarden::publish {
namespace {

constexpr std::string_view k_begin = "<!-- perfwarden:v1 key=";
constexpr std::string_view k_end = " -->";
constexpr std::string_view k_apart = "\n\n";  // between the text and the marker

bool is_key(std::string_view s) {
  return s.size() == 32 && s.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::optional<std::uint64_t> number(std::string_view s) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), value);
  if (s.empty() || error != std::errc{} || end != s.data() + s.size()) return std::nullopt;
  return value;
}

// The text after `name=` in a word; nullopt for another word.
std::optional<std::string_view> field(std::string_view word, std::string_view name) {
  if (!word.starts_with(name)) return std::nullopt;
  return word.substr(name.size());
}

}  // namespace

std::string Marker::line() const {
  return fmt::format("{}{}{} head={} run={}.{}{}", k_begin, suites, machine, head.empty() ? "none" : head, run_id,
                     run_attempt, k_end);
}

std::size_t Marker::characters() const {
  return text::code_points(line()) + k_apart.size();
}

bool Marker::older_than(const Marker& other) const {
  return run_id != other.run_id ? run_id < other.run_id : run_attempt < other.run_attempt;
}

Marker marker_of(const Report& report) {
  std::set<std::string> suites;
  for (const Comparison& comparison : report.comparisons) suites.insert(comparison.id.suite);
  std::uint64_t hash = fnv1a(report.context.workflow);
  hash = fnv1a(report.context.job, fnv1a("\n", hash));
  for (const std::string& suite : suites) hash = fnv1a(suite, fnv1a("\n", hash));
  const Machine& machine = report.head.run.machine;
  const std::string& head = report.context.head_sha.empty() ? report.head.run.commit : report.context.head_sha;
  Marker marker;
  marker.suites = hex16(hash);
  marker.machine = hex16(fnv1a(machine.fingerprint));
  if (github::is_sha(head)) marker.head = head;
  marker.run_id = number(report.context.run_id).value_or(0);
  marker.run_attempt = number(report.context.run_attempt).value_or(0);
  return marker;
}

std::optional<Marker> read_marker(std::string_view body) {
  body = text::trim(body);
  const std::size_t start = body.rfind('\n');
  std::string_view line = text::trim(start == std::string_view::npos ? body : body.substr(start + 1));
  if (!line.starts_with(k_begin) || !line.ends_with(k_end) || line.size() < k_begin.size() + k_end.size())
    return std::nullopt;
  line.remove_prefix(k_begin.size());
  line.remove_suffix(k_end.size());
  const auto words = text::split(line, ' ');
  if (words.size() != 3 || !is_key(words[0])) return std::nullopt;
  const auto head = field(words[1], "head=");
  const auto run = field(words[2], "run=");
  if (!head || !run || (*head != "none" && !github::is_sha(*head))) return std::nullopt;
  const std::size_t dot = run->find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto run_id = number(run->substr(0, dot));
  const auto run_attempt = number(run->substr(dot + 1));
  if (!run_id || !run_attempt) return std::nullopt;
  return Marker{std::string(words[0].substr(0, 16)), std::string(words[0].substr(16)),
                *head == "none" ? "" : std::string(*head), *run_id, *run_attempt};
}

std::string with_marker(std::string_view markdown, const Marker& marker) {
  return fmt::format("{}{}{}", text::trim(markdown), k_apart, marker.line());
}

}  // namespace perfwarden::publish
