#include "profile/write/speedscope.hpp"

#include <fmt/format.h>

#include <cmath>
#include <iterator>
#include <vector>

#include "base/text.hpp"
#include "json/write.hpp"
#include "profile/write/pprof_units.hpp"

namespace perfwarden::profile {
namespace {

void append_number(std::string& out, double number) {
  constexpr double k_exact = 9007199254740992.0;  // 2^53
  if (number == std::trunc(number) && std::abs(number) < k_exact)
    fmt::format_to(std::back_inserter(out), "{}", static_cast<long long>(number));
  else
    fmt::format_to(std::back_inserter(out), "{}", number);
}

// speedscope's units, by what pprof calls them.
std::string_view unit_of(const SampleType& type) {
  const std::string unit = scaled(1, type.unit, type.unit).unit;
  if (unit == "ns") return "nanoseconds";
  if (unit == "us") return "microseconds";
  if (unit == "ms") return "milliseconds";
  if (unit == "s") return "seconds";
  if (unit == "B") return "bytes";
  return "none";
}

std::string frames_of(const FrameTable& frames) {
  std::string out;
  for (FrameId id = 0; id < frames.size(); ++id) {
    out += id == 0 ? "\n" : ",\n";
    out += "{\"name\":" + json::quoted(frames.name(id));
    if (!frames.file(id).empty()) out += ",\"file\":" + json::quoted(frames.file(id));
    out += '}';
  }
  return out;
}

std::string sampled_profile(const CallTree& tree, const std::vector<double>& self, std::string_view name,
                            std::string_view unit) {
  std::string samples, weights;
  double end = 0;
  for (NodeId node = 0; node < tree.size(); ++node) {
    if (!(self[node] > 0)) continue;
    samples += samples.empty() ? "\n[" : ",\n[";
    bool first = true;
    for (const FrameId frame : tree.stack(node)) {
      fmt::format_to(std::back_inserter(samples), "{}{}", first ? "" : ",", frame);
      first = false;
    }
    samples += ']';
    if (!weights.empty()) weights += ',';
    append_number(weights, self[node]);
    end += self[node];
  }
  std::string out =
      fmt::format(R"({{"type":"sampled","name":{},"unit":"{}","startValue":0,"endValue":)", json::quoted(name), unit);
  append_number(out, end);
  return out + ",\"samples\":[" + samples + "],\n\"weights\":[" + weights + "]}";
}

std::string file_of(const FrameTable& frames, std::string_view name, std::size_t active,
                    const std::vector<std::string>& profiles) {
  return fmt::format(R"({{"$schema":"https://www.speedscope.app/file-format-schema.json",)"
                     R"("exporter":"perfwarden","name":{},"activeProfileIndex":{},)"
                     "\n\"shared\":{{\"frames\":[{}]}},\n\"profiles\":[\n{}]}}\n",
                     json::quoted(name), active, frames_of(frames), text::join(profiles, ",\n"));
}

std::string profile_of(const Profile& profile, std::size_t type) {
  const SampleType& is = profile.types[type];
  return sampled_profile(profile.tree, profile.self[type], is.name.empty() ? "samples" : is.name, unit_of(is));
}

bool is_worse(FrameChange change) {
  return change == FrameChange::regression || change == FrameChange::added;
}

// By how much each node's own normalised cost is higher in head than in base, in head's unit, where it or a node above
// it got worse.
std::vector<double> growth_of(const DiffTree& diff) {
  std::vector<bool> worse(diff.tree.size());
  std::vector<double> growth(diff.tree.size());
  for (NodeId node = 1; node < diff.tree.size(); ++node) {
    worse[node] = is_worse(diff.change[node]) || worse[diff.tree.node(node).parent];
    if (worse[node] && diff.scale[1] > 0)
      growth[node] = diff.self[1][node] - diff.self[0][node] * diff.scale[0] / diff.scale[1];
  }
  return growth;
}

}  // namespace

std::string write_speedscope(const Profile& profile, std::string_view name) {
  std::vector<std::string> profiles;
  for (std::size_t type = 0; type < profile.types.size(); ++type) profiles.push_back(profile_of(profile, type));
  return file_of(profile.tree.frames, name, profile.default_type, profiles);
}

std::string write_speedscope(const DiffTree& diff, const SampleType& type, const std::array<std::string, 2>& labels) {
  const std::string_view unit = unit_of(type);
  return file_of(diff.tree.frames, fmt::format("{} → {}", labels[0], labels[1]), 2,
                 {sampled_profile(diff.tree, diff.self[0], "base: " + labels[0], unit),
                  sampled_profile(diff.tree, diff.self[1], "head: " + labels[1], unit),
                  sampled_profile(diff.tree, growth_of(diff), "regressed only: head − base", unit)});
}

}  // namespace perfwarden::profile
