#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "profile/limits.hpp"
#include "profile/read/read.hpp"
#include "profile/write/folded.hpp"
#include "profile/write/folded_diff.hpp"

namespace {
using namespace perfwarden;

void demand(bool holds) {
  if (!holds) __builtin_trap();
}

void check(const Profile& profile) {
  demand(!profile.types.empty() && profile.types.size() <= profile::k_max_sample_types);
  demand(profile.self.size() == profile.types.size());
  demand(profile.default_type < profile.types.size());
  demand(!profile.count_type || *profile.count_type < profile.types.size());
  for (const auto& self : profile.self) {
    demand(self.size() == profile.tree.size());
    for (const double cost : self) demand(std::isfinite(cost));
  }
  for (NodeId id = 1; id < profile.tree.size(); ++id) {
    demand(profile.tree.node(id).parent < id);
    demand(profile.tree.name(id).size() <= profile::k_max_name_bytes + 8);  // an annotation may come on top
  }
  for (const FunctionCost& function : profile.functions) {
    demand(function.frame < profile.tree.frames.size());
    demand(function.self.size() == profile.types.size() && function.total.size() == profile.types.size());
  }
}

// What was folded is read back with the same costs.
void fold_and_read_again(const Profile& profile) {
  std::string text;
  if (!profile::write_folded(profile, profile.default_type, [&](std::string_view piece) { text += piece; })) return;
  if (const auto again = profile::read(text, "again", "folded")) check(*again);
}

}  // namespace

// Every profile format reads every text: an error that names the file, or a profile whose tables fit each other; packed
// bytes are inflated within limits.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const profile::Format* format : profile::formats()) {
    const auto profile = profile::read(bytes, "fuzz", format->name);
    if (!profile) {
      demand(!profile.error().what.empty() && profile.error().where.starts_with("fuzz"));
      continue;
    }
    check(*profile);
    fold_and_read_again(*profile);
  }
  if (const auto sniffed = profile::read(bytes, "fuzz")) check(*sniffed);
  const auto same = profile::diff_folded(bytes, bytes, {.strip_hex = true}, [](std::string_view) {});
  demand(same || !same.error().what.empty());
  return 0;
}
