#include "app/ab/generator.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "measure/command.hpp"
#include "model/plan.hpp"
#include "model/raw.hpp"

namespace perfwarden::app {
namespace {

constexpr std::array<Side, 2> k_sides{Side::base, Side::head};
constexpr int k_warm = -1;  // in place of a pair's number

class Generator {
 public:
  Generator(const GeneratorPlan& plan, os::Processes& processes, const measure::Children& children,
            const Config& config)
      : plan_(plan), processes_(processes), config_(config), random_(plan.seed) {
    Suite suite;
    suite.name = "ab";
    suite.parser = plan.parser;
    suite.run.argv = {"load"};  // the name of a benchmark that has none of its own
    suites_.suites.push_back(std::move(suite));
    suites_.two_sided = true;
    command_.env = children.env;
    command_.uid = children.uid;
    command_.gid = children.gid;
    command_.timeout_s = plan.timeout_s;
  }

  Result<ingest::SidedSamples> go() {
    PW_TRY(ingest::check_parser(suites_.suites.front()));
    for (std::size_t which = 0; which < k_sides.size(); ++which) {
      PW_TRY_ASSIGN(lines_.at(which), line_for(plan_.urls.at(which)));
    }
    PW_TRY(run_pair(k_warm));
    for (std::size_t pair = 0; pair < plan_.pairs && !raw_.interrupted; ++pair) {
      PW_TRY(run_pair(static_cast<int>(pair)));
      if (plan_.on_pair && !raw_.interrupted) plan_.on_pair(pair + 1, plan_.pairs);
    }
    constexpr std::size_t k_least_runs = 4;
    if (raw_.interrupted && raw_.invocations.size() < k_least_runs)
      return Error{.kind = ErrorKind::interrupted, .what = "stopped by a signal before anything could be compared"};
    return ingest::read(raw_, suites_, config_);
  }

 private:
  Result<std::string> line_for(const std::string& url) const {
    PW_TRY_ASSIGN(const std::string line, measure::put_into_shell(plan_.command, "{url}", url));
    PW_TRY_ASSIGN(const std::string at_rate,
                  measure::put_into_shell(line, "{rate}", fmt::format("{:g}", plan_.rate_per_s)));
    return measure::put_into_shell(at_rate, "{seconds}", fmt::format("{:g}", plan_.block_s));
  }

  // Both runs of a pair, or none of them when a signal comes.
  Status run_pair(int pair) {
    const std::size_t first = pair == k_warm ? 0 : random_.below(2);
    std::vector<RawInvocation> both;
    for (const std::size_t which : {first, 1 - first}) {
      PW_TRY_ASSIGN(RawInvocation one, run(which, pair));
      if (raw_.interrupted) return Nothing{};
      if (plan_.check) PW_TRY(plan_.check());
      both.push_back(std::move(one));
    }
    if (pair == k_warm) return look_at_first(std::move(both));
    for (RawInvocation& one : both) raw_.invocations.push_back(std::move(one));
    return Nothing{};
  }

  Result<RawInvocation> run(std::size_t which, int pair) {
    command_.argv = {"/bin/sh", "-c", lines_.at(which)};
    PW_TRY_ASSIGN(os::ProcessResult result, processes_.run(command_));
    raw_.interrupted = raw_.interrupted || result.interrupted;
    RawInvocation out;
    out.step.side = k_sides.at(which);
    out.step.invocation = pair;
    out.usage = result.usage;
    out.ok = result.ok();
    out.output_name = fmt::format("--load ({}{})", name_of(k_sides.at(which)),
                                  pair == k_warm ? ", to warm up" : fmt::format(", run {}", pair + 1));
    if (!out.ok) out.failure = measure::how_it_ended(result);
    out.output = std::move(result.out);
    return out;
  }

  // What cannot be read now would be measured for nothing.
  Status look_at_first(std::vector<RawInvocation> both) const {
    for (RawInvocation& one : both) {
      if (!one.ok)
        return Error{.kind = ErrorKind::benchmark,
                     .what = one.failure,
                     .where = one.output_name,
                     .hint = "try it by hand: " + lines_.at(one.step.side == Side::base ? 0 : 1)};
      one.step.invocation = 0;
    }
    Raw first;
    first.invocations = std::move(both);
    PW_TRY_ASSIGN(const ingest::SidedSamples samples, ingest::read(first, suites_, config_));
    return Nothing{};
  }

  const GeneratorPlan& plan_;
  os::Processes& processes_;
  const Config& config_;
  SplitMix64 random_;
  Plan suites_;  // of which there is one
  os::Command command_;
  std::array<std::string, 2> lines_;
  Raw raw_;
};

}  // namespace

Result<ingest::SidedSamples> measure_generator(const GeneratorPlan& plan, os::Processes& processes,
                                               const measure::Children& children, const Config& config) {
  return Generator(plan, processes, children, config).go();
}

}  // namespace perfwarden::app
