#include "publish/marker.hpp"

#include <fmt/format.h>

#include <charconv>
#include <set>

#include "base/hash.hpp"
#include "base/text.hpp"

namespace perfwarden::publish {
namespace {

constexpr std::string_view k_begin = "<!-- perfwarden:v1 key=";
constexpr std::string_view k_end = " -->";

bool is_hex(std::string_view s, std::size_t size) {
  return s.size() == size && s.find_first_not_of("0123456789abcdef") == std::string_view::npos;
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

// The longest head that ends at a line's end and has at most `count` code points.
std::string_view whole_lines(std::string_view s, std::size_t count) {
  std::size_t bytes = 0;
  for (; bytes < s.size(); ++bytes) {
    const bool starts_one = (static_cast<unsigned char>(s[bytes]) & 0xC0) != 0x80;
    if (starts_one && count-- == 0) break;
  }
  if (bytes == s.size()) return s;
  const std::size_t end = s.rfind('\n', bytes);
  return s.substr(0, end == std::string_view::npos ? 0 : end);
}

}  // namespace

std::string Marker::line() const {
  return fmt::format("{}{}{} head={} run={}.{}{}", k_begin, suites, machine, head.empty() ? "none" : head, run_id,
                     run_attempt, k_end);
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
  if (is_hex(head, 40) || is_hex(head, 64)) marker.head = head;
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
  if (words.size() != 3 || !is_hex(words[0], 32)) return std::nullopt;
  const auto head = field(words[1], "head=");
  const auto run = field(words[2], "run=");
  if (!head || !run || (*head != "none" && !is_hex(*head, 40) && !is_hex(*head, 64))) return std::nullopt;
  const std::size_t dot = run->find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto run_id = number(run->substr(0, dot));
  const auto run_attempt = number(run->substr(dot + 1));
  if (!run_id || !run_attempt) return std::nullopt;
  return Marker{std::string(words[0].substr(0, 16)), std::string(words[0].substr(16)),
                *head == "none" ? "" : std::string(*head), *run_id, *run_attempt};
}

std::string with_marker(std::string_view markdown, const Marker& marker, std::size_t max_characters) {
  constexpr std::string_view k_cut = "\n\n_The rest is in the job summary._";
  const std::string line = marker.line();
  const std::size_t fixed = text::code_points(line) + 2;
  std::string_view kept = text::trim(markdown);
  std::string_view note;
  if (text::code_points(kept) + fixed > max_characters) {
    note = k_cut;
    const std::size_t taken = fixed + text::code_points(note);
    kept = whole_lines(kept, taken < max_characters ? max_characters - taken : 0);
  }
  return fmt::format("{}{}\n\n{}", kept, note, line);
}

}  // namespace perfwarden::publish
