#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "json/tree.hpp"
#include "model/series.hpp"

namespace perfwarden::ingest {

inline constexpr std::string_view k_samples_schema = "perfwarden.samples/1";

// True when the text is certainly a samples file of some version.
[[nodiscard]] bool looks_like_samples(std::string_view head);
// As parse_samples, for a text that is already parsed as JSON.
[[nodiscard]] Result<Samples> samples_of(const json::Tree& tree, const std::string& file_name);

}  // namespace perfwarden::ingest
