#include "app/selftest/layouts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "app/cli/messages.hpp"
#include "app/pipe/aligned_builds.hpp"
#include "app/pipe/layouts.hpp"
#include "app/selftest/twins.hpp"
#include "base/text.hpp"
#include "model/unit.hpp"
#include "os/clock.hpp"

namespace perfwarden::app {
namespace {

Config of_suites(Config config, const std::vector<std::string>& names) {
  std::erase_if(config.suites, [&names](const Suite& suite) {
    return !names.empty() && std::find(names.begin(), names.end(), suite.name) == names.end();
  });
  return config;
}

Result<Report> against_itself(World& world, const Config& config, const TunedMachine& machine,
                              const std::string& object, std::uint64_t seed, std::vector<std::string>& not_moved) {
  PW_TRY_ASSIGN(const Twins twins, Twins::make(world, config));
  PW_TRY_ASSIGN(Layout layout,
                measure_layout(world, config, {}, machine, twins.checkouts(), {{Side::head, object}}, seed));
  for (const std::string& suite : with_equal_digests(program_digests(config, layout.sides.base_directory),
                                                     program_digests(config, layout.sides.head_directory)))
    if (std::find(not_moved.begin(), not_moved.end(), suite) == not_moved.end()) not_moved.push_back(suite);
  return std::move(layout.report);
}

}  // namespace

Result<MeasuredLayouts> measure_layouts(World& world, const Config& given, const TunedMachine& machine,
                                        const LayoutOptions& options) {
  const Config config = with_pairs(of_suites(given, options.suites), options.pairs);
  const bool builds = std::any_of(config.suites.begin(), config.suites.end(),
                                  [](const Suite& suite) { return !suite.build.empty() || !suite.setup.empty(); });
  if (!builds)
    return Error{.kind = ErrorKind::usage,
                 .what = "no suite is built, so that its code cannot be moved",
                 .hint = "add `build:` to the suite"};
  UnusedCode unused(world, options.seed);
  MeasuredLayouts out;
  std::vector<Report> reports;
  for (std::size_t i = 0; i < options.layouts; ++i) {
    note(world, fmt::format("layout {} of {}", i + 1, options.layouts));
    PW_TRY_ASSIGN(const std::string object, unused.next());
    PW_TRY_ASSIGN(Report report, against_itself(world, config, machine, object, options.seed + i, out.not_moved));
    reports.push_back(std::move(report));
  }
  out.ranges.ranges = ranges_of(reports);
  std::erase_if(out.ranges.ranges, [&out](const PlacementRange& one) {
    return std::find(out.not_moved.begin(), out.not_moved.end(), one.id.suite) != out.not_moved.end();
  });
  out.ranges.layouts = reports.size();
  out.ranges.commit = repository(world).resolve("HEAD").value_or("");
  out.ranges.time = os::rfc3339(world.clock.unix_s());
  out.ranges.fingerprint = machine.machine().fingerprint;
  return out;
}

std::vector<PlacementRange> ranges_of(const std::vector<Report>& layouts) {
  std::map<SeriesId, PlacementRange> found;
  std::map<SeriesId, std::vector<double>> errors;
  for (const Report& layout : layouts)
    for (const Comparison& one : layout.comparisons) {
      const bool timed = !one.metric.deterministic && (one.metric.unit == "s" || one.metric.unit.ends_with("/s"));
      if (!timed || !std::isfinite(one.ratio)) continue;
      PlacementRange& range = found.try_emplace(one.id, PlacementRange{.id = one.id}).first->second;
      range.low = std::min(range.low, one.ratio - 1);
      range.high = std::max(range.high, one.ratio - 1);
      if (std::isfinite(one.ratio_interval.low) && std::isfinite(one.ratio_interval.high))
        errors[one.id].push_back((one.ratio_interval.high - one.ratio_interval.low) / 2);
    }
  std::vector<PlacementRange> out;
  for (auto& [id, range] : found) {
    std::vector<double>& all = errors[id];
    if (!all.empty()) {
      const auto middle = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
      std::nth_element(all.begin(), middle, all.end());
      range.error = *middle;
    }
    out.push_back(range);
  }
  return out;
}

std::string text_of(const MeasuredLayouts& layouts) {
  std::string out =
      fmt::format("What placement alone does, over {} layouts of the same code\n\n", layouts.ranges.layouts);
  for (const PlacementRange& one : layouts.ranges.ranges) {
    const double most = std::max(std::abs(one.low), one.high);
    out +=
        fmt::format("  {} {}: {} … {}, each ± {:.1f} %; {}\n", text::one_line(one.id.suite + "/" + one.id.benchmark),
                    text::one_line(one.id.metric), format_change(one.low), format_change(one.high), one.error * 100,
                    most > one.error ? fmt::format("a change below {:.1f} % cannot be told from placement", most * 100)
                                     : "that is no more than the noise of this measurement");
  }
  for (const std::string& suite : layouts.not_moved)
    out += fmt::format(
        "  {}: not known, since its program came out the same: its build does not link by a compiler on PATH\n",
        text::one_line(suite));
  return out;
}

}  // namespace perfwarden::app
