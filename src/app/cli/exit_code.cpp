#include "app/cli/exit_code.hpp"

#include <algorithm>

#include "os/process/processes.hpp"

namespace perfwarden::app {
namespace {

constexpr int k_first_of_signals = 128;  // as shells count

}  // namespace

std::string_view meaning_of(ExitCode code) {
  switch (code) {
    case k_pass:
      return "pass";
    case k_gate_failed:
      return "a gate failed";
    case k_usage:
      return "command line or config is wrong";
    case k_not_measured:
      return "could not measure";
    case k_inconclusive:
      return "undecided, where the config says fail";
    case k_no_baseline:
      return "no baseline, where the config says fail";
    case k_not_published:
      return "result valid, but not published or stored";
    case k_bug:
      return "a bug in perfwarden";
    case k_interrupted:
    case k_terminated:
      break;
  }
  return "stopped by a signal";
}

ExitCode exit_code(const Error& error) {
  switch (error.kind) {
    case ErrorKind::usage:
    case ErrorKind::config:
      return k_usage;
    case ErrorKind::parse:
    case ErrorKind::benchmark:
    case ErrorKind::io:
      return k_not_measured;
    case ErrorKind::network:
    case ErrorKind::github:
    case ErrorKind::store:
      return k_not_published;
    case ErrorKind::gate:
      return k_gate_failed;
    case ErrorKind::interrupted:
      return k_interrupted;
  }
  return k_bug;
}

ExitCode exit_code(const Verdict& verdict, const Config& config, bool published) {
  const ExitCode otherwise = published ? k_pass : k_not_published;
  const bool is_observed = config.mode == Mode::observe || !config.gates_enabled;
  const bool fails = verdict.conclusion == Conclusion::fail && !is_observed;
  if (verdict.counts.failed > 0 && !fails) return k_not_measured;
  if (!fails && verdict.unmatched_budget() != nullptr) return k_usage;
  if (!fails && verdict.nothing_compared() != nullptr && !verdict.overridden) return k_not_measured;
  if (is_observed) return otherwise;
  switch (verdict.conclusion) {
    case Conclusion::fail:
      return k_gate_failed;
    case Conclusion::failed:
      return k_not_measured;
    case Conclusion::inconclusive:
      return config.statistics.inconclusive == OnInconclusive::fail ? k_inconclusive : otherwise;
    case Conclusion::no_baseline:
      return config.baseline.missing == OnMissing::fail ? k_no_baseline : otherwise;
    case Conclusion::pass:
    case Conclusion::skipped:
      return otherwise;
  }
  return k_bug;
}

ExitCode settled(ExitCode code) {
  const int signal = os::settle_stop_signal();
  const ExitCode out = signal == 0 ? code : static_cast<ExitCode>(k_first_of_signals + signal);
  os::set_exit_code(out);
  return out;
}

ExitCode exit_code(const Result<ExitCode>& verb, int signal, bool output_lost) {
  if (signal != 0) return static_cast<ExitCode>(k_first_of_signals + signal);
  const ExitCode code = verb ? *verb : exit_code(verb.error());
  return code == k_pass && output_lost ? k_not_published : code;
}

}  // namespace perfwarden::app
