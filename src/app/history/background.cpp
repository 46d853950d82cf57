#include "app/history/background.hpp"

namespace perfwarden::app {

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

}  // namespace perfwarden::app
