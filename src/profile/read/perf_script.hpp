#pragma once

#include "base/result.hpp"
#include "profile/format.hpp"

namespace perfwarden::profile {

// What frames of `perf script` are called; the defaults are those of the format's row.
struct PerfScriptOptions {
  bool pid = false;        // "comm-pid" at the root instead of "comm"
  bool tid = false;        // "comm-pid/tid"
  bool kernel = true;      // "_[k]" after functions of the kernel
  bool jit = true;         // "_[j]" after functions that a JIT compiler made
  bool addresses = false;  // "[libc.so.6 <7f12>]" where a symbol is missing, instead of "[libc.so.6]"
  // As the goldens of stackcollapse-perf.pl have it: the vdso is of the kernel, and a symbol that was printed but empty
  // is " ", where the module is known.
  bool as_goldens = false;
};

// Reads the text of `perf script`. Stacks are named as FlameGraph's stackcollapse-perf.pl names them, except where it
// cuts names wrongly: commands of one letter, samples without call chains, brackets within templates and lambdas, names
// of files with brackets, and inlined functions, which get "_[i]". Types: "samples"; then the event's name with its
// periods, where the text has them, which is then the default. Both are of the event that comes first; those of others
// follow ("samples of instructions", "instructions").
[[nodiscard]] Result<Profile> read_perf_script(const Document& document, const PerfScriptOptions& options);

}  // namespace perfwarden::profile
