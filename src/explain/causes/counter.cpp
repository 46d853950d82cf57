#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/text.hpp"
#include "explain/causes/cause.hpp"

namespace perfwarden::explain {
namespace {

constexpr double k_noticeable_part =
    0.3;  // of the time that was added, from which waiting or the kernel is worth naming
constexpr double k_counter_change = 0.05;  // of a rate or a count, below which it explains nothing
constexpr double k_more_faults = 1.2, k_noticeable_faults = 1000;
constexpr double k_more_misses = 1.5, k_noticeable_misses = 0.5;  // for 1000 instructions

struct Count {
  double base = 0, head = 0;
  [[nodiscard]] double grown() const { return head - base; }
  [[nodiscard]] double ratio() const { return head / base; }
};

// What was counted of the suite's processes. Counts are of whole processes: where the suite has other benchmarks too,
// how much of this one's change they account for is not known.
class Counted {
 public:
  explicit Counted(const Slowdown& slowdown) : slowdown_(slowdown) {}

  // base > 0, so that head can be compared with it.
  [[nodiscard]] std::optional<Count> positive(std::string_view name) const {
    const auto found = slowdown_.counter(name);
    return found && found->base > 0 ? std::optional(Count{found->base, found->head}) : std::nullopt;
  }
  [[nodiscard]] std::optional<Count> any(std::string_view name) const {
    const auto found = slowdown_.counter(name);
    return found ? std::optional(Count{found->base, found->head}) : std::nullopt;
  }

  // `share` of the change, as far as it was measured of this benchmark.
  [[nodiscard]] Candidate found(std::string_view kind, std::string subject, double share,
                                std::vector<std::string> evidence, double bonus = 0) const {
    std::erase(evidence, "");
    if (!slowdown_.alone) {
      evidence.emplace_back("counted over all benchmarks of the suite");
      return {kind, std::move(subject), k_nan, std::move(evidence), k_rank_remote};
    }
    return {kind, std::move(subject), share, std::move(evidence), std::min(1.0, share) + bonus};
  }

  // The factors of time multiply (instructions, cycles for each, seconds for each), so that logarithms are the parts.
  [[nodiscard]] double part_of_ratio(double factor) const { return std::log(factor) / std::log(slowdown_.ratio()); }

  // A harness that adapts its rounds runs as long as before, whatever a round takes.
  [[nodiscard]] bool adapts() const {
    const auto wall = positive("wall_time");
    return wall && std::abs(wall->ratio() - 1) < slowdown_.change / 2;
  }

 private:
  const Slowdown& slowdown_;
};

std::string from_to(std::string_view what, const std::optional<Count>& count) {
  return count ? fmt::format("{}: {:.4g} -> {:.4g}", what, count->base, count->head) : "";
}

// waiting: of the wall time that was added, what the processor did not run for. A busy machine makes base wait too, in
// proportion to what it runs. system-calls, page-faults: what the kernel ran for.
void by_time(const Counted& counted, std::vector<Candidate>& out) {
  const auto wall = counted.positive("wall_time"), cpu = counted.positive("cpu_time");
  if (!wall || !cpu || !(wall->grown() > 0)) return;
  const double waited = (wall->head - cpu->head * wall->base / cpu->base) / wall->grown();
  if (waited > k_noticeable_part)
    out.push_back(
        counted.found("waiting", "time in which it did not run", waited,
                      {fmt::format("processor time grew by {:.3g} s of {:.3g} s", cpu->grown(), wall->grown()),
                       from_to("context switches", counted.any("context_switches"))},
                      -k_rank_specific));
  const auto system = counted.any("system_time"), faults = counted.any("page_faults");
  if (!system || !(cpu->grown() > 0)) return;
  const double in_kernel = system->grown() / cpu->grown() * std::clamp(1 - waited, 0.0, 1.0);
  const bool faulted = faults && faults->head > k_more_faults * faults->base && faults->grown() > k_noticeable_faults;
  if (in_kernel > k_noticeable_part || (faulted && in_kernel > 0))
    out.push_back(counted.found(
        faulted ? "page-faults" : "system-calls", faulted ? "first touches of memory" : "time in the kernel", in_kernel,
        {from_to("seconds in the kernel", system), from_to("page faults", faults)}, faulted ? k_rank_specific : 0));
}

// frequency: the same cycles take longer, since the clock is slower.
void by_frequency(const Counted& counted, std::vector<Candidate>& out) {
  const auto cycles = counted.positive("cycles"), cpu = counted.positive("cpu_time");
  if (!cycles || !cpu || !(cycles->head > 0) || !(cpu->head > 0)) return;
  const Count hertz{cycles->base / cpu->base, cycles->head / cpu->head};
  if (hertz.ratio() > 1 - k_counter_change) return;
  out.push_back(counted.found("frequency", "the processor's clock, which was slower for head,",
                              counted.part_of_ratio(1 / hertz.ratio()),
                              {fmt::format("clock: {:.2f} GHz -> {:.2f} GHz", hertz.base / 1e9, hertz.head / 1e9)}));
}

// cache-misses, branch-misses, worse-cycles: each instruction takes more cycles; the first two where the misses grew.
void by_cycles(const Counted& counted, const Count& instructions, const Count& cycles, std::vector<Candidate>& out) {
  const Count each{cycles.base / instructions.base, cycles.head / instructions.head};
  if (each.ratio() < 1 + k_counter_change) return;
  std::string_view kind = "worse-cycles";
  std::vector<std::string> evidence{fmt::format("cycles for each instruction: {:.2f} -> {:.2f}", each.base, each.head)};
  for (const auto& [name, meant] : {std::pair{"cache_misses", "cache-misses"}, {"branch_misses", "branch-misses"}}) {
    const auto misses = counted.any(name);
    if (!misses) continue;
    const Count rate{misses->base / instructions.base * 1000, misses->head / instructions.head * 1000};
    evidence.push_back(fmt::format("{} for 1000 instructions: {:.2f} -> {:.2f}", text::replace_all(name, "_", " "),
                                   rate.base, rate.head));
    const bool more = rate.head > k_more_misses * rate.base && rate.grown() > k_noticeable_misses;
    if (more && kind == "worse-cycles") kind = meant;
  }
  out.push_back(counted.found(kind, "the processor, which takes longer for each instruction,",
                              counted.part_of_ratio(each.ratio()), std::move(evidence)));
}

bool some_function_grew(const ProfileDiff& profile) {
  return std::any_of(profile.frames.begin(), profile.frames.end(), [](const FrameDelta& one) {
    return !one.by_total && (one.change == FrameChange::regression || one.change == FrameChange::added);
  });
}

// more-work: more instructions, spread over the functions as before. instructions: more of them, in some functions or
// where no profile says.
void by_instructions(const Slowdown& slowdown, const Counted& counted, const Count& instructions,
                     std::vector<Candidate>& out) {
  if (counted.adapts() || instructions.ratio() < 1 + k_counter_change) return;
  constexpr double k_evenly = 0.9, k_somewhere = 0.4;  // of the share, as a rank: what says where comes first
  const bool evenly = slowdown.profile != nullptr && !some_function_grew(*slowdown.profile);
  Candidate found = counted.found(
      evenly ? "more-work" : "instructions", "more instructions", counted.part_of_ratio(instructions.ratio()),
      {from_to("instructions", instructions), evenly ? "no function's share of the time grew" : ""});
  found.rank *= evenly ? k_evenly : k_somewhere;
  out.push_back(std::move(found));
}

}  // namespace

std::vector<Candidate> by_counter(const Slowdown& slowdown) {
  std::vector<Candidate> out;
  if (!slowdown.timed) return out;
  const Counted counted(slowdown);
  if (!counted.adapts()) by_time(counted, out);
  by_frequency(counted, out);
  const auto instructions = counted.positive("instructions"), cycles = counted.positive("cycles");
  if (instructions && cycles && instructions->head > 0 && cycles->head > 0) {
    by_cycles(counted, *instructions, *cycles, out);
    by_instructions(slowdown, counted, *instructions, out);
  }
  return out;
}

}  // namespace perfwarden::explain
