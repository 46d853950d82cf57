#include "report/view/links.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "base/percent.hpp"
#include "base/rfc3339.hpp"
#include "base/text.hpp"

namespace perfwarden::report {
namespace {

constexpr std::size_t k_most_links = 20;
constexpr std::array k_facts{"from",         "to",    "from_ms",   "to_ms",    "commit",  "base_commit", "branch",
                             "pull_request", "suite", "benchmark", "function", "package", "trace"};

// The function that grew most, in its own share, over all profiles; null when none did.
const FrameDelta* hottest_in(const Report& report) {
  const FrameDelta* out = nullptr;
  const auto growth = [](const FrameDelta& frame) { return frame.self.head - frame.self.base; };
  for (const ProfileDiff& profile : report.evidence)
    for (const FrameDelta& frame : profile.frames) {
      const bool grew = frame.change == FrameChange::regression || frame.change == FrameChange::added;
      if (grew && (out == nullptr || growth(frame) > growth(*out))) out = &frame;
    }
  return out;
}

// Suite and benchmark that a reader asks about; both empty when nothing got worse.
std::pair<std::string, std::string> subject_in(const Report& report) {
  if (!report.hypotheses.empty()) return {report.hypotheses.front().suite, report.hypotheses.front().benchmark};
  for (std::size_t i = 0; i < std::min(report.verdict.judgements.size(), report.comparisons.size()); ++i)
    if (report.verdict.judgements[i].outcome == Outcome::regression)
      return {report.comparisons[i].id.suite, report.comparisons[i].id.benchmark};
  return {};
}

void put_times(const Report& report, Data& data) {
  constexpr std::int64_t k_ms = 1000;
  const auto from = unix_of_rfc3339(report.head.run.time);
  const auto to = unix_of_rfc3339(report.time);
  const bool known = from && to && *from <= *to;
  put(data, "from", known ? Data(std::to_string(*from)) : Data(false));
  put(data, "to", known ? Data(std::to_string(*to)) : Data(false));
  put(data, "from_ms", known ? Data(std::to_string(*from * k_ms)) : Data(false));
  put(data, "to_ms", known ? Data(std::to_string(*to * k_ms)) : Data(false));
}

Data facts_in(const Report& report) {
  Data data;
  const auto put_text = [&data](const char* key, const std::string& text) {
    put(data, key, some(percent_encoded(text)));
  };
  put_times(report, data);
  put_text("commit", report.head.run.commit);
  put_text("base_commit", report.base.run.commit);
  put_text("branch", report.head.run.branch);
  put_text("pull_request", report.context.is_pull_request() ? std::to_string(report.context.pull_request) : "");
  const auto [suite, benchmark] = subject_in(report);
  put_text("suite", suite);
  put_text("benchmark", benchmark);
  const FrameDelta* const hottest = hottest_in(report);
  put_text("function", hottest == nullptr ? "" : hottest->name);
  put_text("package", hottest == nullptr ? "" : hottest->package);
  const auto tie = std::find_if(report.endpoints.begin(), report.endpoints.end(),
                                [](const EndpointTie& one) { return !one.trace.empty(); });
  put_text("trace", tie == report.endpoints.end() ? "" : tie->trace);
  return data;
}

// What Markdown or HTML would take for its own, also from a careless template.
std::string made_harmless(std::string_view url) {
  constexpr std::string_view k_apart = "\"'()<>[]{}\\^`|*";
  std::string out;
  for (const char c : url)
    out += k_apart.find(c) == std::string_view::npos ? std::string(1, c) : percent_encoded({&c, 1});
  return out;
}

bool is_address_of_link(std::string_view url) {
  const bool visible = std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  return visible && (url.starts_with("https://") || url.starts_with("http://"));
}

struct ReadLinks {
  std::vector<Link> links;
  std::string not_read;  // the first thing that is not a link; empty when all is well
};

ReadLinks read_links(std::string_view text) {
  ReadLinks out;
  for (text = text::trim(text); !text.empty(); text = text::trim(text)) {
    const std::size_t middle = text.find("](");
    const std::size_t end = middle == std::string_view::npos ? middle : text.find(')', middle);
    const bool is_link = text.front() == '[' && end != std::string_view::npos && middle > 1 &&
                         is_address_of_link(text.substr(middle + 2, end - middle - 2));
    if (!is_link) {
      out.not_read = text::truncate(text::one_line(text), 80);
      return out;
    }
    out.links.push_back(
        {std::string(text.substr(1, middle - 1)), made_harmless(text.substr(middle + 2, end - middle - 2))});
    text.remove_prefix(end + 1);
  }
  return out;
}

}  // namespace

std::vector<Link> links_of(const Report& report, const Phrases& phrases) {
  std::vector<Link> out = read_links(phrases.say(k_links_phrase, facts_in(report))).links;
  if (out.size() > k_most_links) out.resize(k_most_links);
  return out;
}

List link_list(Medium medium, const std::vector<Link>& links) {
  List out;
  out.reserve(links.size());
  for (const Link& one : links) {
    Data row;
    put(row, "name", prose_in(medium, one.name));
    put(row, "url", medium == Medium::html ? escape_xml(one.url) : one.url);
    out.push_back(std::move(row));
  }
  return out;
}

Status check_links(const std::string& file, const std::string& phrase) {
  Data all;
  for (const char* fact : k_facts) put(all, fact, std::string("1"));
  kainjow::mustache::mustache page(phrase);
  const ReadLinks read = read_links(page.render(all));
  if (read.not_read.empty()) return Nothing{};
  return Error{.kind = ErrorKind::config,
               .what = fmt::format("'{}' is not a link", read.not_read),
               .where = file,
               .hint =
                   "write the phrase 'links' as [Name](https://example.com/?from={{from_ms}}&to={{to_ms}}); "
                   "facts are " +
                   fmt::format("{}", fmt::join(k_facts, ", "))};
}

}  // namespace perfwarden::report
