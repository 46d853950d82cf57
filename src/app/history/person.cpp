#include "app/history/person.hpp"

#include "app/pipe/checkouts.hpp"

namespace perfwarden::app {

std::string person(World& world) {
  if (const auto actor = world.environment.get("GITHUB_ACTOR")) return *actor;
  const Result<std::string> email = repository(world).run({"config", "user.email"});
  if (email && !email->empty()) return *email;
  return world.environment.get("USER").value_or("somebody");
}

}  // namespace perfwarden::app
