#include "app/history/background.hpp"

#include <utility>

namespace perfwarden::app {
namespace {

constexpr std::size_t k_most_events = 100'000;

}  // namespace

bool Background::config_differs(const std::string& a, const std::string& b) const {
  const auto first = config_of.find(a);
  const auto second = config_of.find(b);
  return first != config_of.end() && second != config_of.end() && !first->second.empty() && !second->second.empty() &&
         first->second != second->second;
}

Result<Background> background_of(store::Store& store, const std::string& branch) {
  Background out;
  PW_TRY_ASSIGN(out.commits, store.commits(branch));
  PW_TRY_ASSIGN(out.config_of, store.configs(branch));
  PW_TRY_ASSIGN(out.deployments, store.deployments());
  return out;
}

Result<std::vector<Bump>> bumps_of(store::Store& store) {
  PW_TRY_ASSIGN(const std::vector<store::Event> events, store.events(k_most_events));
  std::vector<Bump> out;
  for (const store::Event& event : events)
    if (event.kind == store::k_bumped)
      out.push_back({event.commit, event.time, event.subject, event.who, event.reason});
  return out;
}

}  // namespace perfwarden::app
