#include "report/view/profile_diff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/table.hpp"
#include "base/text.hpp"
#include "model/unit.hpp"
#include "report/page/page.hpp"
#include "report/view/profile_table.hpp"
#include "report/view/sentences.hpp"

namespace perfwarden::report {
namespace {

constexpr std::size_t k_path_lines = 20;
constexpr std::size_t k_path_columns = 100;
constexpr std::size_t k_bar_columns = 10;
constexpr std::size_t k_groups = 5;
constexpr std::size_t k_patterns = 8;

// The sample type as people say it.
std::string_view type_key(const SampleType& type) {
  static constexpr std::array k_cpu{"cpu", "samples", "sample", "cycles", "cpu-clock", "task-clock", "cycles:u"};
  if (std::find(k_cpu.begin(), k_cpu.end(), type.name) != k_cpu.end()) return "profile_cpu";
  if (type.name == "alloc_space" || type.name == "allocated") return "profile_bytes";
  if (type.name == "alloc_objects" || type.name == "allocations") return "profile_allocations";
  return "";
}

bool is_worse(FrameChange change) {
  return change == FrameChange::regression || change == FrameChange::added;
}
bool is_better(FrameChange change) {
  return change == FrameChange::improvement || change == FrameChange::removed;
}

// Blocks that show |delta| against the largest of the table, in eighths of a column.
std::string bar(double delta, double largest) {
  static constexpr std::array<std::string_view, 8> k_eighths{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  if (!(largest > 0)) return "";
  const auto eighths = static_cast<std::size_t>(std::lround(std::abs(delta) / largest * k_bar_columns * 8));
  std::string out;
  for (std::size_t i = 0; i < eighths / 8; ++i) out += "█";
  out += k_eighths[eighths % 8];
  return out.empty() ? "▏" : out;
}

class Teller {
 public:
  Teller(const ProfileDiff& evidence, const Phrases& phrases, const EvidenceOptions& options)
      : evidence_(evidence), phrases_(phrases), options_(options) {}

  [[nodiscard]] std::string name(std::string_view hostile) const { return name_in(options_.medium, hostile); }
  [[nodiscard]] std::string prose(std::string_view hostile) const { return prose_in(options_.medium, hostile); }
  [[nodiscard]] Data named(const std::string& hostile) const { return some(hostile.empty() ? "" : name(hostile)); }
  [[nodiscard]] Data said(const std::string& hostile) const { return some(hostile.empty() ? "" : prose(hostile)); }

  [[nodiscard]] std::string type() const {
    const std::string_view key = type_key(evidence_.type);
    return key.empty() ? prose(evidence_.type.name) : phrases_.say(std::string(key));
  }

  // "1,500 → 2,200 samples (+47 %)"; what was counted where nothing was sampled.
  [[nodiscard]] std::string counts(const FrameDelta& frame) const {
    const auto& samples = frame.by_total ? frame.total_samples : frame.self_samples;
    const auto& costs = frame.by_total ? frame.total_cost : frame.self_cost;
    const bool sampled = !evidence_.exact && !std::isnan(samples[0]) && !std::isnan(samples[1]);
    Data data;
    if (sampled) {
      put(data, "base", grouped(samples[0]));
      put(data, "head", grouped(samples[1]));
    } else {
      const Unit unit =
          unit_of(evidence_.type.unit == "count" || evidence_.type.unit.empty() ? "1" : evidence_.type.unit);
      const auto [base, head] = format_pair(costs[0] * unit.factor, costs[1] * unit.factor, unit.base);
      put(data, "base", prose(base));
      put(data, "head", prose(head));
    }
    const auto& numbers = sampled ? samples : costs;
    // The number of samples of a side has no meaning when sides are compared by operation or time, or when one was
    // recorded more often.
    const bool comparable =
        !sampled ||
        (evidence_.base.runs == evidence_.head.runs &&
         (evidence_.normalization == Normalization::share || evidence_.normalization == Normalization::absolute));
    put(data, "change", comparable && numbers[0] > 0 ? Data(format_change(numbers[1] / numbers[0] - 1)) : Data(false));
    put(data, "sampled", sampled);
    return phrases_.say("profile_counts", data);
  }

  // The functions that came or went together with this one, outermost first: "run › … › step".
  [[nodiscard]] Data chain(const FrameDelta& frame) const {
    if (frame.chain.empty()) return Data(false);
    std::string out = name(frame.chain.front());
    if (frame.chain.size() > 2) out += " › …";
    if (frame.chain.size() > 1) out += " › " + name(frame.chain.back());
    return Data(out);
  }

  // The reading as shares of each side, where costs are compared as recorded and the sides' totals differ.
  [[nodiscard]] Data shares(const Share& share) const {
    constexpr double k_as_good_as_equal = 0.02;
    const double ratio = cost_of_one_run(evidence_.head) / cost_of_one_run(evidence_.base);
    const bool told_apart = evidence_.normalization == Normalization::absolute && !evidence_.exact &&
                            std::abs(ratio - 1) > k_as_good_as_equal;
    return told_apart ? Data(percent(share.base) + " → " + percent(share.head / ratio)) : Data(false);
  }

  [[nodiscard]] Data row(const FrameDelta& frame, double largest) const {
    const Share& share = telling_share(frame);
    const std::string state(change_word(frame.change));
    Data row;
    put(row, "state", state);
    put(row, "icon", phrases_.say((options_.medium == Medium::markdown ? "mark_" : "sign_") + state));
    put(row, "word", phrases_.say("frame_" + std::string(name_of(frame.change))));
    put(row, "name", name(frame.name));
    put(row, "base", percent(share.base));
    put(row, "head", percent(share.head));
    put(row, "points", points(share.delta()));
    put(row, "interval", some(interval_points(share.interval)));
    put(row, "p",
        std::isnan(share.p_adjusted) ? Data(false)
        : share.p_adjusted < 1e-4    ? Data(prose("< 0.0001"))
                                     : Data(fmt::format("{:.2g}", share.p_adjusted)));
    put(row, "bar", bar(share.delta(), largest));
    put(row, "counts", counts(frame));
    put(row, "shares", shares(share));
    put(row, "chain", chain(frame));
    put(row, "by_total", frame.by_total);
    put(row, "self", percent(frame.self.base) + " → " + percent(frame.self.head));
    put(row, "total", percent(frame.total.base) + " → " + percent(frame.total.head));
    put(row, "self_base", percent(frame.self.base));
    put(row, "self_head", percent(frame.self.head));
    put(row, "package", named(frame.package));
    put(row, "owner", said(frame.owner));
    put(row, "file", named(frame.file));
    put(row, "counterpart", named(frame.counterpart));
    put(row, "note", said(frame.note));
    return row;
  }

  [[nodiscard]] List rows(const std::vector<const FrameDelta*>& frames) const {
    double largest = 0;
    for (const FrameDelta* frame : frames) largest = std::max(largest, std::abs(telling_share(*frame).delta()));
    List out;
    for (const FrameDelta* frame : frames) out.push_back(row(*frame, largest));
    return out;
  }

  [[nodiscard]] std::string verdict() const {
    const auto first = [&](bool (*wanted)(FrameChange)) -> const FrameDelta* {
      const auto found = std::find_if(evidence_.frames.begin(), evidence_.frames.end(),
                                      [&](const FrameDelta& frame) { return wanted(frame.change); });
      return found == evidence_.frames.end() ? nullptr : &*found;
    };
    Data data;
    put(data, "type", type());
    put(data, "recorded", is_by_recorded_samples(evidence_));
    put(data, "underpowered", evidence_.underpowered);
    const double samples = std::fmin(evidence_.base.samples, evidence_.head.samples);
    put(data, "samples", std::isnan(samples) ? Data(false) : Data(grouped(samples)));
    put(data, "needed",
        evidence_.samples_needed > 0 ? Data(grouped(std::ceil(evidence_.samples_needed))) : Data(false));
    const FrameDelta* worst = first(is_worse);
    const FrameDelta* told = worst != nullptr ? worst : first(is_better);
    if (told == nullptr) {
      const FrameDelta* suspect = first([](FrameChange change) { return change == FrameChange::inconclusive; });
      put(data, "suspect", suspect == nullptr ? Data(false) : Data(name(suspect->name)));
      put(data, "counts", suspect == nullptr ? "" : counts(*suspect));
      put(data, "shares", suspect == nullptr ? Data(false) : shares(telling_share(*suspect)));
      return phrases_.say("profile_same", data);
    }
    const Share& share = telling_share(*told);
    put(data, "name", name(told->name));
    put(data, "base", percent(share.base));
    put(data, "head", percent(share.head));
    put(data, "points", points(share.delta()));
    put(data, "interval", some(interval_points(share.interval)));
    put(data, "level",
        std::isnan(share.interval.confidence) ? Data(false) : Data(format_level(share.interval.confidence)));
    put(data, "counts", counts(*told));
    put(data, "shares", shares(share));
    put(data, "by_total", told->by_total);
    const bool fresh = told->change == FrameChange::added, gone = told->change == FrameChange::removed;
    const char* key = worst != nullptr ? (fresh ? "profile_new" : "profile_worse")
                      : gone           ? "profile_gone"
                                       : "profile_better";
    return phrases_.say(key, data);
  }

  // The hottest path of both sides as a diff: what they share, then what only base had, then what head has.
  [[nodiscard]] std::vector<std::string> path_lines() const {
    const auto& base = evidence_.base_path;
    const auto& head = evidence_.head_path;
    std::size_t common = 0;
    while (common < base.size() && common < head.size() && base[common].name == head[common].name) ++common;
    std::vector<std::string> out;
    const auto line = [](char sign, std::size_t depth, const PathStep& step, const std::string& numbers) {
      const std::string indent(std::min<std::size_t>(depth, 24), ' ');
      const std::string shown = text::truncate_middle(text::one_line(step.name), k_path_columns - 40);
      return fmt::format("{} {}{}  {}", sign, indent, shown, numbers);
    };
    // Long common beginnings say little: their last frames are enough.
    const std::size_t tails = std::max(base.size(), head.size()) - common;
    const std::size_t room = k_path_lines > 2 * tails ? k_path_lines - 2 * tails : 4;
    const std::size_t from = common > room ? common - room : 0;
    if (from > 0) out.push_back(fmt::format("  … {} frames above", from));
    for (std::size_t i = from; i < common; ++i)
      out.push_back(line(' ', i - from, head[i], percent(head[i].base) + " → " + percent(head[i].head)));
    const auto add = [&](char sign, const std::vector<PathStep>& path) {
      for (std::size_t i = common; i < path.size() && i < common + k_path_lines / 2; ++i)
        out.push_back(line(sign, i - from, path[i], percent(path[i].base) + " → " + percent(path[i].head)));
      if (path.size() > common + k_path_lines / 2)
        out.push_back(fmt::format("{} … {} frames below", sign, path.size() - common - k_path_lines / 2));
    };
    add('-', base);
    add('+', head);
    return out;
  }

  // The hottest functions of one side by self, with their places.
  [[nodiscard]] List hottest(bool of_head) const {
    std::vector<const FrameDelta*> all;
    for (const FrameDelta& frame : evidence_.top) all.push_back(&frame);
    for (const FrameDelta& frame : evidence_.frames)
      if (std::none_of(all.begin(), all.end(), [&](const FrameDelta* one) { return one->name == frame.name; }))
        all.push_back(&frame);
    const auto cost = [&](const FrameDelta* frame) { return of_head ? frame->self.head : frame->self.base; };
    std::stable_sort(all.begin(), all.end(), [&](const auto* a, const auto* b) { return cost(a) > cost(b); });
    if (all.size() > options_.rows) all.resize(options_.rows);
    std::erase_if(all, [&](const FrameDelta* frame) { return cost(frame) <= 0; });
    List out;
    for (const FrameDelta* frame : all) {
      Data data;
      put(data, "name", name(frame->name));
      put(data, "share", percent(cost(frame)));
      put(data, "follows", !out.empty());
      out.push_back(std::move(data));
    }
    return out;
  }

  [[nodiscard]] List groups(const std::vector<GroupDelta>& all) const {
    List out;
    for (const GroupDelta& group : all) {
      if (out.size() >= k_groups) break;
      Data data;
      put(data, "state", std::string(change_word(group.change)));
      put(data, "word", phrases_.say("frame_" + std::string(name_of(group.change))));
      put(data, "name", name(group.name));
      put(data, "base", percent(group.self.base));
      put(data, "head", percent(group.self.head));
      put(data, "points", points(group.self.delta()));
      put(data, "interval", some(interval_points(group.self.interval)));
      out.push_back(std::move(data));
    }
    return out;
  }

  [[nodiscard]] List patterns() const {
    List out;
    for (const PatternHit& hit : evidence_.patterns) {
      if (out.size() >= k_patterns) break;
      Data data;
      put(data, "category", prose(hit.category));
      put(data, "frame", name(hit.frame));
      put(data, "culprit", named(hit.culprit));
      put(data, "head", percent(hit.share.head));
      put(data, "points", points(hit.share.delta()));
      put(data, "advice", prose(hit.advice));
      put(data, "unfair", hit.unfair);
      out.push_back(std::move(data));
    }
    return out;
  }

 private:
  const ProfileDiff& evidence_;
  const Phrases& phrases_;
  const EvidenceOptions& options_;
};

Data side_data(const Teller& teller, const ProfileSide& side) {
  Data data;
  put(data, "label", teller.said(side.label));
  put(data, "samples", std::isnan(side.samples) ? Data(false) : Data(grouped(side.samples)));
  put(data, "seconds", side.seconds > 0 ? Data(format_duration(side.seconds)) : Data(false));
  put(data, "depth_mean", std::isnan(side.depth_mean) ? Data(false) : Data(fmt::format("{:.1f}", side.depth_mean)));
  put(data, "depth_p95", std::to_string(side.depth_p95));
  put(data, "depth_max", std::to_string(side.depth_max));
  return data;
}

List findings_of(const ProfileDiff& evidence, std::span<const Finding> findings, const Teller& teller,
                 const Phrases& phrases) {
  static constexpr std::array k_rules{"cpu-regression", "allocation-regression", "new-hotspot", "stack-depth"};
  List out;
  for (const Finding& finding : findings) {
    const bool ours = std::find(k_rules.begin(), k_rules.end(), finding.rule) != k_rules.end() &&
                      finding.series.suite == evidence.suite && finding.series.benchmark == evidence.benchmark;
    if (!ours || finding.level == Level::pass) continue;
    Data data;
    put(data, "level", phrases.say("level_" + std::string(name_of(finding.level))));
    put(data, "rule", teller.prose(finding.rule));
    put(data, "reason", teller.prose(finding.reason));
    out.push_back(std::move(data));
  }
  return out;
}

}  // namespace

Data evidence_data(const ProfileDiff& evidence, std::span<const Finding> findings, const Phrases& phrases,
                   const EvidenceOptions& options) {
  const Teller teller(evidence, phrases, options);
  std::vector<const FrameDelta*> worse, better, other;
  for (const FrameDelta& frame : evidence.frames) {
    auto& into = is_worse(frame.change) ? worse : is_better(frame.change) ? better : other;
    if (frame.change != FrameChange::unchanged && into.size() < options.rows) into.push_back(&frame);
  }
  Data data;
  const std::string subject =
      evidence.suite + (evidence.benchmark.empty() || evidence.suite.empty() ? "" : "/") + evidence.benchmark;
  put(data, "subject", teller.named(subject));
  put(data, "change", evidence.benchmark_ratio ? Data(format_change(*evidence.benchmark_ratio - 1)) : Data(false));
  put(data, "explained",
      std::isnan(evidence.explained) ? Data(false) : Data(fmt::format("{:.0f} %", evidence.explained * 100)));
  put(data, "verdict", teller.verdict());
  put(data, "type", teller.type());
  put(data, "normalization",
      phrases.say("normalization_" + text::replace_all(std::string(name_of(evidence.normalization)), "-", "_")));
  put(data, "exact", evidence.exact);
  put(data, "overdispersion",
      evidence.overdispersion > 1 ? Data(fmt::format("{:.3g}", evidence.overdispersion)) : Data(false));
  put_list(data, "worse", teller.rows(worse));
  put_list(data, "better", teller.rows(better));
  put_list(data, "other", teller.rows(other));
  put_list(data, "top_base", teller.hottest(false));
  put_list(data, "top_head", teller.hottest(true));
  const std::vector<std::string> path = teller.path_lines();
  std::string path_text = text::join(path, "\n");
  put(data, "path", some(options.medium == Medium::html ? text::escape_html(path_text) : path_text));
  put(data, "fence", fence_for(path_text));
  put_list(data, "packages", teller.groups(evidence.packages));
  put_list(data, "owners", teller.groups(evidence.owners));
  put_list(data, "patterns", teller.patterns());
  put_list(data, "findings", findings_of(evidence, findings, teller, phrases));
  put_list(
      data, "lines",
      lines_of(options.medium == Medium::plain ? profile_table(evidence, phrases, 2 * options.rows, options.columns)
                                               : std::vector<std::string>()));
  put(data, "base_side", side_data(teller, evidence.base));
  put(data, "head_side", side_data(teller, evidence.head));
  List files, warnings;
  for (const std::string& file : evidence.files) {
    Data data_of_file("name", teller.name(file));
    put(data_of_file, "follows", !files.empty());
    files.push_back(std::move(data_of_file));
  }
  for (const Warning& warning : evidence.warnings) warnings.push_back(Data("text", teller.prose(warning.text)));
  put_list(data, "files", files);
  put_list(data, "warnings", warnings);
  return data;
}

}  // namespace perfwarden::report
