#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/names.hpp"

namespace perfwarden {

// Whether base and head of a suite run the same program (docs/identity.md).
enum class SameProgram { identical, different, not_known };
template <>
inline constexpr Names<SameProgram, 3> k_names<SameProgram>{{{"identical", SameProgram::identical},
                                                             {"different", SameProgram::different},
                                                             {"not-known", SameProgram::not_known}}};

// A SuiteIdentity is the answer for one suite.
struct SuiteIdentity {
  std::string suite;
  SameProgram answer = SameProgram::not_known;
  bool measured = true;                // base beside head; false only when identical
  std::vector<std::string> reasons{};  // differences, or why it is not known, one sentence each; hostile text
  std::size_t files = 0;               // that were compared
  friend bool operator==(const SuiteIdentity&, const SuiteIdentity&) = default;
};

// What a flagged change comes from.
enum class Cause { placement, changed_code, not_known };
template <>
inline constexpr Names<Cause, 3> k_names<Cause>{
    {{"placement", Cause::placement}, {"changed-code", Cause::changed_code}, {"not-known", Cause::not_known}}};

// A ChangeCause is the cause of what was flagged of one benchmark. Placement: no function that differs was entered even
// once on either side, and everything else is equal; so the same instructions ran, only from other addresses.
struct ChangeCause {
  std::string suite, benchmark;
  Cause cause = Cause::not_known;
  std::size_t changed = 0;         // functions that differ
  std::vector<std::string> ran{};  // those of them that ran: the suspects; hostile text
  std::string reason{};            // why it is not known, in a sentence; hostile text
  friend bool operator==(const ChangeCause&, const ChangeCause&) = default;
};

}  // namespace perfwarden
