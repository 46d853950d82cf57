#include "app/cli/exit_code.hpp"

#include <algorithm>

namespace perfwarden::app {

int exit_code(const Error& error) {
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
    case ErrorKind::interrupted:
      return k_interrupted;
  }
  return k_bug;
}

int exit_code(const Verdict& verdict, const Config& config, bool published) {
  const int otherwise = published ? k_pass : k_not_published;
  if (config.mode == Mode::observe || !config.gates_enabled) return otherwise;
  switch (verdict.conclusion) {
    case Conclusion::fail:
      return k_gate_failed;
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

}  // namespace perfwarden::app
