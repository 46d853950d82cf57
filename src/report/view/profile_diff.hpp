#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "model/report.hpp"
#include "report/page/medium.hpp"
#include "report/page/page.hpp"

namespace perfwarden::report {

struct EvidenceOptions {
  Medium medium = Medium::plain;
  std::size_t rows = 5;      // of each table
  std::size_t columns = 80;  // plain only
};

// One ProfileDiff as the data that profile.*.mustache is filled with; names in templates/README.md. `findings`: of all
// gates; only the findings about this ProfileDiff are shown.
[[nodiscard]] Data evidence_data(const ProfileDiff& evidence, std::span<const Finding> findings, const Phrases& phrases,
                                 const EvidenceOptions& options);

}  // namespace perfwarden::report
