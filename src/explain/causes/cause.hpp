#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/report.hpp"

// One file for each source of evidence: what it must show for a cause to be named, and how much of the change that
// cause then accounts for. kinds.cpp has the words of every cause and the command that would refute it.
namespace perfwarden::explain {

// A Slowdown is one benchmark that surely got slower, with all that was measured of it.
struct Slowdown {
  const Report* report = nullptr;
  std::string suite, benchmark;
  double change = 0;  // of what was measured, as a fraction of base, > 0: of a rate that of the time it stands for
  std::string shown;  // the change as the report shows it: "+9.8 %", of a rate "-9.8 %"
  double profile_ratio = 1;  // head's whole profile by base's, for the same work
  bool timed = true;         // the change is one of time, so that shares of time can account for it
  const ProfileDiff* profile =
      nullptr;                         // of time; of memory where the change is one of memory; null when there is none
  const ChangeCause* cause = nullptr;  // null where the programs of both sides were not compared
  bool alone = true;  // it is the only benchmark of its suite, so that counts of whole processes are about it

  [[nodiscard]] double ratio() const { return 1 + change; }
  // The part of the change that a share's growth makes up; NaN where the share is one of something else.
  [[nodiscard]] double part_of_change(const Share& share) const;
  // nullopt where one side has no such count.
  [[nodiscard]] std::optional<CounterChange> counter(std::string_view name) const;
  // The function differs between base and head, and ran.
  [[nodiscard]] bool changed_and_ran(std::string_view function) const;
  // All that differs and ran is code that the linker adds to every program, which runs once.
  [[nodiscard]] bool changed_only_startup() const;
  // What the programs and files of both sides differ in; null where that is not known or nothing does.
  [[nodiscard]] const SuiteIdentity* differing() const;
};

// Where a cause stands among the others: its share of the change, 0 to 1, or one of these.
inline constexpr double k_rank_other_build = 3, k_rank_other_machine = 2;  // the comparison itself is not a fair one
inline constexpr double k_rank_possible = 0.3, k_rank_remote = 0.2;        // without a share
inline constexpr double k_rank_specific = 0.05;  // added to a share: of two causes, the one that says more

// A Candidate is what a rule found.
struct Candidate {
  std::string_view kind;  // a row of cause_kinds()
  std::string subject;    // begins the claim: "malloc under parse"; hostile text
  double share = k_nan;   // of the change; may exceed 1; NaN: not known
  std::vector<std::string> evidence;
  double rank = 0;
};

using CauseRule = std::vector<Candidate> (*)(const Slowdown&);
[[nodiscard]] std::vector<Candidate> by_build(const Slowdown& slowdown);     // optimisation, sanitizer, compiler, flags
[[nodiscard]] std::vector<Candidate> by_machine(const Slowdown& slowdown);   // machine, busy-machine, steal, quota
[[nodiscard]] std::vector<Candidate> by_pattern(const Slowdown& slowdown);   // categories of config/patterns.yml
[[nodiscard]] std::vector<Candidate> by_function(const Slowdown& slowdown);  // changed-code, new-hotspot, hotspot
[[nodiscard]] std::vector<Candidate> by_counter(const Slowdown& slowdown);   // waiting, page-faults, frequency, …
[[nodiscard]] std::vector<Candidate> by_program(const Slowdown& slowdown);   // changed-code, input, dependency

// Share as "2.0 % -> 32.0 %", with the interval of its growth where that is known.
[[nodiscard]] std::string growth_of(const Share& share);

}  // namespace perfwarden::explain
