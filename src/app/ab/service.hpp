#pragma once

#include <memory>
#include <string>

#include "app/cli/world.hpp"
#include "base/result.hpp"
#include "measure/children.hpp"
#include "os/process/background.hpp"

namespace perfwarden::app {

// How a service that perfwarden starts becomes ready.
struct ServiceStart {
  std::string path = "/";   // of the addresses that are asked, from its first slash
  double ready_s = 30;      // it is given so long
  bool speaks_http = true;  // ready once it answers a request well; else once it takes a connection
};

// A Service is one side of `ab`: an address, or a command that serves on a port of 127.0.0.1 and runs until this is
// destroyed. A command is told its port as {port} and as the variable PORT.
class Service {
 public:
  // `side`: "base" or "head", for messages. Error (benchmark) when the command ends before it is ready, or is not ready
  // in time, with its last lines; (interrupted) when a signal came.
  [[nodiscard]] static Result<Service> begin(World& world, const std::string& side, const std::string& given,
                                             const ServiceStart& start, const measure::Children& children);
  [[nodiscard]] const std::string& url() const { return url_; }
  // Error (benchmark) when the command has ended meanwhile.
  [[nodiscard]] Status check();

 private:
  [[nodiscard]] Status wait_until_ready(World& world, const ServiceStart& start);

  std::string side_, url_;
  int port_ = 0;
  std::unique_ptr<os::Background> process_;  // null: an address
};

// Whether a side is given as an address, "https://a.example.org/", rather than as a command.
[[nodiscard]] bool is_service_address(std::string_view given);

}  // namespace perfwarden::app
