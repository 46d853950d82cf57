#pragma once

#include <string_view>

#include "base/result.hpp"
#include "model/report.hpp"

namespace perfwarden::app {

// The one table of exit codes. "Slower" and "the tool broke" never share a code. Explained in
// docs/commands.md#exit-codes; pinned by a test.
enum ExitCode : int {
  k_pass = 0,           // also warnings, observe mode, and what policy lets through
  k_gate_failed = 1,    // or was found to have failed, where that forbids what was asked for
  k_usage = 2,          // command line or configuration, also a budget that matches nothing
  k_not_measured = 3,   // a command failed or timed out, nothing parsed or nothing was compared; a benchmark fails on
                        // head and not on base
  k_inconclusive = 4,   // where policy says fail; bisect named no commit
  k_no_baseline = 5,    // where policy says fail
  k_not_published = 6,  // result valid and written, but storing failed, or publishing where policy says fail
  k_bug = 70,
  k_interrupted = 130,  // SIGINT; partial results kept. So 129 for SIGHUP, 131 for SIGQUIT
  k_terminated = 143,   // SIGTERM; partial results kept
};

// What the code says, in a few words for --help.
[[nodiscard]] std::string_view meaning_of(ExitCode code);

[[nodiscard]] ExitCode exit_code(const Error& error);
// Of a finished run. `published` is false when publishing or storing failed; a failed gate outranks
// that, and a budget that matches nothing.
[[nodiscard]] ExitCode exit_code(const Verdict& verdict, const Config& config, bool published);
// What the process will exit with although a verb came to `code`, if a signal came before; later ones change nothing,
// so that it can be printed.
[[nodiscard]] ExitCode settled(ExitCode code);
// Of the whole process, from its verb's result. A signal (0 = none) takes precedence over everything else; results that
// did not reach standard output (a full disk) are not a pass.
[[nodiscard]] ExitCode exit_code(const Result<ExitCode>& verb, int signal, bool output_lost);

}  // namespace perfwarden::app
