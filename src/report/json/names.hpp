#pragma once

#include <array>
#include <string_view>

#include "base/names.hpp"
#include "model/report.hpp"

// The spellings of enumerations in perfwarden.report/1, for writing and reading alike.
namespace perfwarden::report {

inline constexpr Names<Presence, 3> k_presences{
    {{"both", Presence::both}, {"only_base", Presence::only_base}, {"only_head", Presence::only_head}}};
inline constexpr Names<Design, 3> k_designs{
    {{"interleaved", Design::interleaved}, {"same-machine", Design::same_machine}, {"cached", Design::cached}}};
inline constexpr Names<Significance, 3> k_significances{{{"distinct", Significance::distinct},
                                                         {"indistinct", Significance::indistinct},
                                                         {"undecidable", Significance::undecidable}}};
inline constexpr Names<Confidence, 3> k_confidences{
    {{"HIGH", Confidence::high}, {"MEDIUM", Confidence::medium}, {"LOW", Confidence::low}}};
inline constexpr Names<Better, 2> k_betters{{{"lower", Better::lower}, {"higher", Better::higher}}};
inline constexpr Names<Level, 5> k_levels{{{"pass", Level::pass},
                                           {"warn", Level::warn},
                                           {"inconclusive", Level::inconclusive},
                                           {"soft", Level::soft},
                                           {"hard", Level::hard}}};
inline constexpr Names<Outcome, 6> k_outcomes{{{"regression", Outcome::regression},
                                               {"improvement", Outcome::improvement},
                                               {"pass", Outcome::pass},
                                               {"inconclusive", Outcome::inconclusive},
                                               {"new", Outcome::added},
                                               {"vanished", Outcome::vanished}}};
inline constexpr Names<Conclusion, 5> k_conclusions{{{"pass", Conclusion::pass},
                                                     {"fail", Conclusion::fail},
                                                     {"inconclusive", Conclusion::inconclusive},
                                                     {"no-baseline", Conclusion::no_baseline},
                                                     {"skipped", Conclusion::skipped}}};
inline constexpr Names<Mode, 2> k_modes{{{"enforce", Mode::enforce}, {"observe", Mode::observe}}};
inline constexpr Names<Correction, 3> k_corrections{
    {{"none", Correction::none}, {"holm", Correction::holm}, {"benjamini-hochberg", Correction::benjamini_hochberg}}};
inline constexpr Names<OnInconclusive, 3> k_on_inconclusive{
    {{"pass", OnInconclusive::pass}, {"warn", OnInconclusive::warn}, {"fail", OnInconclusive::fail}}};
inline constexpr Names<FailFrom, 2> k_fail_from{{{"medium", FailFrom::medium}, {"high", FailFrom::high}}};
// Criterion::name points at one of these.
inline constexpr std::array<std::string_view, 5> k_criteria{"magnitude", "significance", "consistency",
                                                            "baseline-stable", "environment"};

}  // namespace perfwarden::report
