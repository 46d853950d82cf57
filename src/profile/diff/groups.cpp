#include "profile/diff/groups.hpp"

#include <algorithm>
#include <map>

namespace perfwarden::profile {

std::vector<GroupDelta> roll_up(std::span<const Member> members, const GroupOverdispersion& overdispersion,
                                const Yardstick& yardstick, double dilution, const Thresholds& thresholds) {
  struct Sum {
    Samples2 self;
    double overdispersion = 1;  // the largest of its members: a group may be one of them and little else
  };
  std::map<std::string_view, Sum> sums;
  for (const Member& member : members) {
    if (member.group.empty()) continue;
    Sum& sum = sums[member.group];
    for (std::size_t side = 0; side < 2; ++side) sum.self[side] += member.self[side];
    sum.overdispersion = std::max(sum.overdispersion, member.overdispersion);
  }
  std::vector<GroupDelta> out;
  std::vector<const Sum*> behind;
  for (auto& [name, sum] : sums) {
    sum.overdispersion = overdispersion(sum.overdispersion, sum.self);
    const Share share = yardstick.compare(sum.self, sum.overdispersion);
    if (!worth_a_test(share)) continue;
    out.push_back({std::string(name), share, FrameChange::unchanged});
    behind.push_back(&sum);
  }
  std::vector<Share*> tested;
  tested.reserve(out.size());
  for (GroupDelta& group : out) tested.push_back(&group.self);
  adjust(tested);
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i].change =
        class_of(out[i].self, behind[i]->self, behind[i]->overdispersion, dilution, yardstick, thresholds).change;
  std::stable_sort(out.begin(), out.end(),
                   [](const GroupDelta& a, const GroupDelta& b) { return a.self.delta() > b.self.delta(); });
  return out;
}

}  // namespace perfwarden::profile
