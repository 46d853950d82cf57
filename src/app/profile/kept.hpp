#pragma once

#include <string>

#include "app/cli/world.hpp"
#include "app/pipe/checkouts.hpp"
#include "base/result.hpp"
#include "model/report.hpp"
#include "profile/kept.hpp"

// Profiles that lie beside samples, so that a side need not run again to be compared.
namespace perfwarden::app {

// The text of the profiles beside a samples file; empty where there are none.
[[nodiscard]] Result<std::string> read_kept_beside(const std::string& samples_file);

// Writes them beside the samples file, and returns the text. When there are none, it removes those of an earlier run,
// and the text is empty. What there is no room for, or what cannot be written or removed, is a warning of the report.
[[nodiscard]] std::string keep_beside(const std::string& samples_file, const profile::KeptProfiles& kept,
                                      Report& report);

// The profiles of the report's base. Error (parse) for a text that is not one; (usage) for profiles of another commit
// than the samples, or of a machine that is not known to be head's: such numbers are not compared.
[[nodiscard]] Result<profile::KeptProfiles> kept_of_base(const std::string& text, const Report& report);

// The warning of a comparison whose base was not recorded beside head.
[[nodiscard]] Warning where_from(const Report& report, const std::string& base_label);

// Compares what both runs kept, benchmark by benchmark, and adds the differences to the report, as profile_worse does
// where it can run both. The caller then judges again. What cannot be compared is a warning of the report. False where
// nothing was compared. Pictures are written to `directory`, unless it is empty.
struct KeptTexts {
  std::string base, head;  // empty = none
};
[[nodiscard]] bool compare_kept(World& world, const Config& config, const Checkouts& sides,
                                const std::string& trusted_sha, const KeptTexts& texts, const std::string& directory,
                                Report& report);

}  // namespace perfwarden::app
