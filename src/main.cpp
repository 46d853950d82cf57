#include <span>

#include "app/cli/command.hpp"
#include "app/cli/exit_code.hpp"

int main(int argc, char** argv) {
  using namespace perfwarden;
  os::install_signal_handlers();
  os::SystemProcesses processes;
  os::SystemClock clock;
  const os::Environment environment = os::Environment::of_process();
  if (environment.holds_secrets()) os::protect_secrets();
  os::SystemConsole console;
  net::CurlClient http(
      {.ca_file = environment.get("SSL_CERT_FILE").value_or(""), .stop = [] { return os::stop_signal() != 0; }});
  app::World world{processes, clock, environment, console, http};
  world.ancestors = os::our_ancestors();
  return app::run(world, std::span<const char* const>(argv, static_cast<std::size_t>(argc)));
}
