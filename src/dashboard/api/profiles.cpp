#include "dashboard/api/profiles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "dashboard/api/line.hpp"
#include "dashboard/api/words.hpp"
#include "json/write.hpp"

namespace perfwarden::dashboard {
namespace {

constexpr std::size_t k_most_shown_functions = 10;
constexpr std::size_t k_shares_shown = 30;  // runs

Json profile_json(const store::NumberedProfile& one) {
  Json functions = Json::array();
  for (const FunctionShare& function : one.profile.functions)
    functions.push_back(
        {{"name", function.name}, {"self", json::number(function.self)}, {"total", json::number(function.total)}});
  return {{"id", one.number},
          {"suite", one.profile.suite},
          {"benchmark", one.profile.benchmark},
          {"type", one.profile.type.name},
          {"unit", one.profile.type.unit},
          {"samples", json::number(one.profile.samples)},
          {"functions", functions},
          {"stacks", one.has_stacks}};
}

// Of the benchmark itself where there are any, else of its case, else of the suite.
Result<std::vector<store::ProfiledRun>> nearest_profiles(const Desk& desk, const SeriesId& id) {
  PW_TRY_ASSIGN(std::vector<store::ProfiledRun> all, desk.store.browser().profiles_of(id.suite, id.benchmark));
  std::size_t longest = 0;
  for (const store::ProfiledRun& one : all) longest = std::max(longest, one.benchmark.size());
  std::erase_if(all, [&](const store::ProfiledRun& one) { return one.benchmark.size() != longest; });
  return all;
}

struct BothSides {
  const store::ProfiledRun *before = nullptr, *after = nullptr;
};

// The first profile with the change, and the last one without it; that of its own base where it was recorded beside it.
BothSides sides_of_change(const std::vector<store::ProfiledRun>& all, const Line& line, std::size_t last_before,
                          std::size_t first_changed) {
  BothSides out;
  std::size_t nearest = line.points.size();
  for (const store::ProfiledRun& one : all) {
    const auto place = line.place_of(one.commit);
    if (one.of_base || !place || *place < first_changed || *place >= nearest) continue;
    nearest = *place;
    out.after = &one;
  }
  if (out.after == nullptr) return out;
  std::size_t newest = 0;
  for (const store::ProfiledRun& one : all) {
    const auto place = line.place_of(one.commit);
    if (!place || *place > last_before) continue;
    const std::size_t rank = one.of_base && one.session == out.after->session ? line.points.size() + 1 : *place + 1;
    if (rank < newest) continue;
    newest = rank;
    out.before = &one;
  }
  return out;
}

// Functions of both, by how far their own shares moved.
Json moved_functions(const ProfileSummary& before, const ProfileSummary& after) {
  std::map<std::string, std::pair<double, double>> shares;
  for (const FunctionShare& one : before.functions) shares[one.name].first = one.self;
  for (const FunctionShare& one : after.functions) shares[one.name].second = one.self;
  std::vector<std::pair<double, std::string>> order;
  order.reserve(shares.size());
  for (const auto& [name, both] : shares) order.emplace_back(-std::abs(both.second - both.first), name);
  std::sort(order.begin(), order.end());
  Json out = Json::array();
  for (const auto& [moved, name] : order)
    out.push_back(
        {{"name", name}, {"before", json::number(shares[name].first)}, {"after", json::number(shares[name].second)}});
  return out;
}

Result<ProfileSummary> with_stacks(const Desk& desk, std::int64_t number) {
  store::Browser& history = desk.store.browser();
  PW_TRY_ASSIGN(auto found, history.profiles(std::span(&number, 1)));
  if (found.empty()) return not_there(fmt::format("there is no profile {}", number));
  ProfileSummary out = std::move(found.begin()->second.profile);
  PW_TRY_ASSIGN(out.stacks, history.stacks(number));
  if (out.stacks.empty()) return not_there("the stacks of this profile are not kept");
  return out;
}

}  // namespace

Result<Json> profiles_of(const Desk& desk, std::int64_t run) {
  PW_TRY_ASSIGN(const std::vector<store::NumberedProfile> all, desk.store.browser().profiles_in(run));
  Json out = Json::array();
  for (const store::NumberedProfile& one : all) out.push_back(profile_json(one));
  return out;
}

Result<Json> profile_change_of(const Desk& desk, const Line& line, const CommitRange& range) {
  const auto last_before = line.place_of(range.last_before);
  const auto first_changed = line.place_of(range.first_changed);
  if (!last_before || !first_changed || *last_before >= *first_changed) return Json();
  PW_TRY_ASSIGN(const std::vector<store::ProfiledRun> all, nearest_profiles(desk, line.series.id));
  const BothSides sides = sides_of_change(all, line, *last_before, *first_changed);
  if (sides.before == nullptr || sides.after == nullptr) return Json();
  const std::vector<std::int64_t> numbers{sides.before->number, sides.after->number};
  PW_TRY_ASSIGN(const auto found, desk.store.browser().profiles(numbers));
  if (found.size() != 2) return Json();  // pruned meanwhile
  const store::NumberedProfile& before = found.at(numbers[0]);
  const store::NumberedProfile& after = found.at(numbers[1]);
  if (!(before.profile.type == after.profile.type)) return Json();
  const auto side = [](const store::ProfiledRun& run) {
    return Json{{"profile", run.number}, {"run", run.run}, {"commit", run.commit}};
  };
  return Json{{"benchmark", sides.after->benchmark},
              {"type", after.profile.type.name},
              {"before", side(*sides.before)},
              {"after", side(*sides.after)},
              {"functions", moved_functions(before.profile, after.profile)},
              {"stacks", before.has_stacks && after.has_stacks}};
}

Result<Json> hot_functions_of(const Desk& desk, const Line& line) {
  PW_TRY_ASSIGN(std::vector<store::ProfiledRun> all, nearest_profiles(desk, line.series.id));
  std::erase_if(all, [&](const store::ProfiledRun& one) {
    return one.of_base || !line.timeline->place_of_run.contains(one.run);
  });
  if (all.size() > k_shares_shown) all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(k_shares_shown));
  if (all.empty()) return Json();
  std::vector<std::int64_t> numbers;
  numbers.reserve(all.size());
  for (const store::ProfiledRun& one : all) numbers.push_back(one.number);
  PW_TRY_ASSIGN(const auto profiles, desk.store.browser().profiles(numbers));
  std::erase_if(all,
                [&](const store::ProfiledRun& one) { return !profiles.contains(one.number); });  // pruned meanwhile
  if (all.empty()) return Json();
  const SampleType type = profiles.at(all.back().number).profile.type;
  std::map<std::string, std::vector<double>> shares;
  Json runs = Json::array();
  for (const store::ProfiledRun& run : all) {
    const ProfileSummary& profile = profiles.at(run.number).profile;
    if (!(profile.type == type)) continue;
    for (const FunctionShare& one : profile.functions) {
      shares[one.name].resize(runs.size());
      shares[one.name].push_back(one.self);
    }
    runs.push_back({{"run", run.run}, {"commit", run.commit}});
  }
  std::vector<std::pair<double, std::string>> hottest;
  for (auto& [name, of_runs] : shares) {
    of_runs.resize(runs.size());
    const double most = *std::max_element(of_runs.begin(), of_runs.end());
    if (most >= k_hot_share) hottest.emplace_back(-most, name);
  }
  std::sort(hottest.begin(), hottest.end());
  if (hottest.size() > k_most_shown_functions) hottest.resize(k_most_shown_functions);
  Json functions = Json::array();
  for (const auto& [most, name] : hottest)
    functions.push_back({{"name", name}, {"shares", numbers_json(shares[name])}});
  return Json{{"benchmark", all.back().benchmark}, {"type", type.name}, {"runs", runs}, {"functions", functions}};
}

Result<std::string> flame_svg(const Desk& desk, const Question& question) {
  PW_TRY_ASSIGN(const std::int64_t number, question.number("profile", 0, 1, std::int64_t{1} << 53));
  PW_TRY_ASSIGN(const std::int64_t base, question.number("base", 0, 1, std::int64_t{1} << 53));
  PW_TRY_ASSIGN(const ProfileSummary profile, with_stacks(desk, number));
  if (base == 0) return desk.setting.draw_profile(profile);
  PW_TRY_ASSIGN(const ProfileSummary before, with_stacks(desk, base));
  return desk.setting.draw_change(before, profile);
}

}  // namespace perfwarden::dashboard
