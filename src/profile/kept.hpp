#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/profile.hpp"

// What a run keeps of the profiles of one side, so that later runs can compare with them without running that side
// again (perfwarden.profiles/1). They lie beside the samples of the same side.
namespace perfwarden::profile {

inline constexpr std::size_t k_max_kept_bytes = std::size_t{64} << 20;  // of one file
inline constexpr std::size_t k_max_kept_values = 4'000'000;             // JSON values of one file

// The recordings of one benchmark, or of all benchmarks of a case where its program cannot run one alone.
struct KeptProfile {
  std::string suite, benchmark;
  std::vector<Profile> recordings;  // at least one
};

struct KeptProfiles {
  std::string commit;  // as in the samples beside them; empty = of no commit
  std::vector<KeptProfile> profiles;
  [[nodiscard]] const KeptProfile* find(std::string_view suite, std::string_view benchmark) const;
};

// The file of the profiles that belong to a samples file: "samples-head.json" → "samples-head.profiles.json".
[[nodiscard]] std::string kept_beside(std::string_view samples_file);

// `left_out`: how many benchmarks, from the last one on, the limits have no room for. Warnings of profiles are not
// kept.
struct KeptText {
  std::string text;
  std::size_t left_out = 0;
};
[[nodiscard]] KeptText write_kept(const KeptProfiles& kept);

// What write_kept wrote. Hostile: error (parse) for another schema, for numbers that are not finite, for trees that are
// not trees, or beyond limits.hpp and the limits above.
[[nodiscard]] Result<KeptProfiles> read_kept(std::string_view text, const std::string& name);

}  // namespace perfwarden::profile
