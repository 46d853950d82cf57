#include "dashboard/api/feeds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "base/text.hpp"
#include "dashboard/api/answer.hpp"
#include "dashboard/api/words.hpp"
#include "model/unit.hpp"

namespace perfwarden::dashboard {
namespace {

constexpr std::size_t k_most_metrics = 1000;
constexpr std::size_t k_feed_entries = 50;

std::string label(const std::string& text) {
  std::string out;
  for (const char c : text::one_line(text)) {
    if (c == '\\' || c == '"') out += '\\';
    out += c;
  }
  return out;
}

std::string gauge(std::string_view name, std::string_view help) {
  return fmt::format("# TYPE perfwarden_{0} gauge\n# HELP perfwarden_{0} {1}\n", name, help);
}

std::string alert_metrics(const std::vector<Alert>& alerts) {
  std::string out = gauge("alerts", "Alerts on record by their state.");
  for (const auto& [name, status] : k_names<AlertStatus>)
    out += fmt::format("perfwarden_alerts{{status=\"{}\"}} {}\n", text::lower(name),
                       std::count_if(alerts.begin(), alerts.end(),
                                     [wanted = status](const Alert& alert) { return alert.state().status == wanted; }));
  return out;
}

std::string suite_metrics(const Json& status) {
  std::string out = gauge("suite_change_ratio", "How far a suite moved over the newest runs; above 0 is slower.");
  for (const Json& suite : status["suites"])
    if (suite["change"].is_number())
      out += fmt::format("perfwarden_suite_change_ratio{{suite=\"{}\"}} {}\n", label(suite["suite"].get<std::string>()),
                         suite["change"].get<double>());
  return out;
}

std::string benchmark_metrics(const Overview& overview, const std::string& branch) {
  std::string out = gauge("benchmark_duration_seconds", "Median of the newest run, of primary times.");
  out += "# UNIT perfwarden_benchmark_duration_seconds seconds\n";
  std::size_t count = 0;
  for (const Overview::Line& line : overview.lines) {
    if (line.metric.unit != "s" || !line.metric.primary || count == k_most_metrics) continue;
    const auto newest =
        std::find_if(line.medians.rbegin(), line.medians.rend(), [](double value) { return std::isfinite(value); });
    if (newest == line.medians.rend()) continue;
    ++count;
    out += fmt::format(
        "perfwarden_benchmark_duration_seconds{{suite=\"{}\",benchmark=\"{}\",metric=\"{}\",branch=\"{}\"}} {}\n",
        label(line.series.id.suite), label(line.series.id.benchmark), label(line.series.id.metric), label(branch),
        *newest);
  }
  return out;
}

std::string xml(const std::string& text) {
  return text::escape_html(text::one_line(text));
}

std::string entry_of(const Alert& alert) {
  const AlertEvent& state = alert.state();
  const std::string title =
      fmt::format("{}: {} {} ({})", name_of(alert.direction), alert.series.path(),
                  format_change(alert.after / alert.before - 1), text::lower(name_of(state.status)));
  const CommitRange range = alert.range();
  return fmt::format(
      "<entry><id>urn:perfwarden:alert:{}</id><title>{}</title><link href=\"alerts/{}\"/>"
      "<published>{}</published><updated>{}</updated><author><name>{}</name></author>"
      "<summary>{}..{}: {} → {}. {}</summary></entry>\n",
      xml(alert.fingerprint), xml(title), alert.id, xml(alert.detected_at), xml(state.time), xml(state.who),
      xml(short_sha(range.last_before)), xml(short_sha(range.first_changed)),
      xml(format_value(alert.before, alert.unit)), xml(format_value(alert.after, alert.unit)), xml(state.why));
}

// Where a chart's points are on the picture.
struct Frame {
  double width = 800, height = 300, left = 70, right = 15, top = 40, bottom = 30;
  double first = 0, last = 1, low = 0, high = 1;
  [[nodiscard]] double x(double i) const {
    return left + (i - first) / std::max(last - first, 1.0) * (width - left - right);
  }
  [[nodiscard]] double y(double value) const {
    return height - bottom - (value - low) / (high - low) * (height - top - bottom);
  }
};

double number_of(const Json& json) {
  return json.is_number() ? json.get<double>() : k_nan;
}

Frame frame_of(const Json& points) {
  Frame out;
  double low = INFINITY;
  double high = -INFINITY;
  for (const char* key : {"min", "max", "value"})
    for (const Json& one : points[key])
      if (const double value = number_of(one); std::isfinite(value)) {
        low = std::min(low, value);
        high = std::max(high, value);
      }
  if (!std::isfinite(low)) low = 0, high = 1;
  const double pad = high > low ? (high - low) * 0.08 : std::max(std::abs(high) * 0.01, 1e-12);
  out.low = low - pad;
  out.high = high + pad;
  if (!points["i"].empty()) {
    out.first = number_of(points["i"].front());
    out.last = number_of(points["i"].back());
  }
  return out;
}

std::string path_of(const Frame& frame, const Json& points, const char* key, bool backwards) {
  std::string out;
  const std::size_t size = points["i"].size();
  for (std::size_t n = 0; n < size; ++n) {
    const std::size_t k = backwards ? size - 1 - n : n;
    const double value = number_of(points[key][k]);
    if (std::isfinite(value)) out += fmt::format("{:.1f},{:.1f} ", frame.x(number_of(points["i"][k])), frame.y(value));
  }
  return out;
}

}  // namespace

Result<std::string> open_metrics(const Desk& desk) {
  PW_TRY_ASSIGN(const std::shared_ptr<const Overview> overview, desk.overview());
  PW_TRY_ASSIGN(const auto alerts, desk.alerts());
  PW_TRY_ASSIGN(const Json status, status_answer(desk, {}));
  std::string out = alert_metrics(*alerts);
  out += gauge("series", "Series on record.") +
         fmt::format("perfwarden_series {}\n", status["counts"]["series"].get<std::size_t>());
  out += gauge("runs", "Runs on record.") +
         fmt::format("perfwarden_runs {}\n", status["counts"]["runs"].get<std::size_t>());
  if (status["gate"].is_object()) {
    out += gauge("gate_findings", "Findings of the newest run of the baseline branch.") +
           fmt::format("perfwarden_gate_findings {}\n", status["gate"]["findings"].get<std::size_t>());
    out += fmt::format(
        "# TYPE perfwarden_run info\n# HELP perfwarden_run The newest run of the baseline branch.\n"
        "perfwarden_run_info{{conclusion=\"{}\",branch=\"{}\"}} 1\n",
        label(status["gate"]["conclusion"].get<std::string>()), label(desk.setting.branch));
  }
  return out + suite_metrics(status) + benchmark_metrics(*overview, desk.setting.branch) + "# EOF\n";
}

Result<std::string> atom_feed(const Desk& desk) {
  PW_TRY_ASSIGN(std::vector<Alert> alerts, desk.store.alerts());
  std::stable_sort(alerts.begin(), alerts.end(),
                   [](const Alert& a, const Alert& b) { return a.state().time > b.state().time; });
  if (alerts.size() > k_feed_entries) alerts.resize(k_feed_entries);
  std::string out = fmt::format(
      "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n"
      "<id>urn:perfwarden:alerts</id><title>Alerts of {}</title><updated>{}</updated>"
      "<link rel=\"self\" href=\"alerts.atom\"/><author><name>perfwarden</name></author>\n",
      xml(desk.setting.branch), xml(alerts.empty() ? "1970-01-01T00:00:00Z" : alerts.front().state().time));
  for (const Alert& alert : alerts) out += entry_of(alert);
  return out + "</feed>\n";
}

std::string chart_svg(const Json& chart, bool dark) {
  const Json& points = chart["points"];
  const Frame frame = frame_of(points);
  const std::string unit = chart["unit"].get<std::string>();
  const char* const ground = dark ? "#111827" : "#ffffff";
  const char* const ink = dark ? "#e5e7eb" : "#1f2937";
  const char* const line = dark ? "#60a5fa" : "#1d4ed8";
  const char* const mark = dark ? "#fb923c" : "#c2410c";
  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" role=\"img\" "
      "font-family=\"sans-serif\" font-size=\"12\"><title>{2}</title><rect width=\"{0}\" height=\"{1}\" fill=\"{3}\"/>"
      "<text x=\"15\" y=\"22\" fill=\"{4}\" font-size=\"14\">{2}</text>",
      frame.width, frame.height, xml(text::truncate(text::one_line(chart["series"]["path"].get<std::string>()), 100)),
      ground, ink);
  for (int tick = 0; tick <= 4; ++tick) {
    const double value = frame.low + (frame.high - frame.low) * tick / 4;
    out += fmt::format(
        "<line x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\" stroke=\"{3}\" stroke-opacity=\"0.15\"/>"
        "<text x=\"{4}\" y=\"{5:.1f}\" fill=\"{3}\" text-anchor=\"end\">{6}</text>",
        frame.left, frame.width - frame.right, frame.y(value), ink, frame.left - 6, frame.y(value) + 4,
        xml(format_value(value, unit)));
  }
  out += fmt::format("<polygon points=\"{}{}\" fill=\"{}\" fill-opacity=\"0.18\"/>",
                     path_of(frame, points, "max", false), path_of(frame, points, "min", true), line);
  out += fmt::format("<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.5\"/>",
                     path_of(frame, points, "value", false), line);
  for (const Json& segment : chart["segments"]) {
    const double begin = std::max(number_of(segment["begin"]), frame.first);
    const double end = std::min(number_of(segment["end"]) - 1, frame.last);
    const double level = number_of(segment["level"]);
    if (begin <= end && std::isfinite(level))
      out += fmt::format(
          "<line x1=\"{0:.1f}\" x2=\"{1:.1f}\" y1=\"{3:.1f}\" y2=\"{3:.1f}\" stroke=\"{2}\" stroke-width=\"2\"/>",
          frame.x(begin), frame.x(end), ink, frame.y(level));
  }
  for (const Json& change : chart["changes"]) {
    const double at = number_of(change["i"]);
    if (at < frame.first || at > frame.last) continue;
    out += fmt::format(
        "<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\" stroke=\"{3}\" stroke-dasharray=\"4 3\"/>"
        "<text x=\"{4:.1f}\" y=\"{5}\" fill=\"{3}\">{6} {7}</text>",
        frame.x(at), frame.top - 6, frame.height - frame.bottom, mark, frame.x(at) + 4, frame.top + 4,
        xml(short_sha(change["commit"].get<std::string>())),
        xml(std::isfinite(number_of(change["change"])) ? format_change(number_of(change["change"])) : ""));
  }
  return out + "</svg>\n";
}

}  // namespace perfwarden::dashboard
