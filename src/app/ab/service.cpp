#include "app/ab/service.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/text.hpp"
#include "measure/command.hpp"
#include "model/unit.hpp"
#include "net/load.hpp"
#include "os/loopback.hpp"
#include "os/process/signals.hpp"

namespace perfwarden::app {
namespace {

constexpr std::size_t k_most_output = std::size_t{64} << 10;  // kept, for the message of a service that ends
constexpr double k_between_looks_s = 0.02;

os::Command command_of(const std::string& shell, int port, const measure::Children& children) {
  const std::string number = std::to_string(port);
  os::Command command;
  command.argv = {"/bin/sh", "-c", text::replace_all(shell, "{port}", number)};
  command.env = children.env;
  command.env["PORT"] = number;
  command.uid = children.uid;
  command.gid = children.gid;
  command.max_output_bytes = k_most_output;
  return command;
}

// Why it does not answer a request; empty when it does.
Result<std::string> asked_once(const std::string& url) {
  constexpr double k_patience_s = 1;
  net::LoadPlan plan;
  plan.url = url;
  plan.rate_per_s = plan.duration_s = 1;
  plan.timeout_s = k_patience_s;
  plan.stop = [] { return os::stop_count() > 0; };
  PW_TRY_ASSIGN(const net::Load load, net::drive(plan));
  return load.first_error;
}

}  // namespace

bool is_service_address(std::string_view given) {
  const std::size_t at = given.find("://");
  return at != std::string_view::npos && at > 0 && std::all_of(given.begin(), given.begin() + at, [](char c) {
           return text::is_alphanumeric(c) || c == '+' || c == '-' || c == '.';
         });
}

Result<Service> Service::begin(World& world, const std::string& side, const std::string& given,
                               const ServiceStart& start, const measure::Children& children) {
  Service out;
  out.side_ = side;
  out.url_ = given;
  if (is_service_address(given)) return out;
  PW_TRY_ASSIGN(out.port_, os::free_loopback_port());
  out.url_ = fmt::format("http://127.0.0.1:{}{}", out.port_, start.path);
  out.process_ = std::make_unique<os::Background>(world.processes, command_of(given, out.port_, children));
  PW_TRY(out.wait_until_ready(world, start));
  return out;
}

Status Service::wait_until_ready(World& world, const ServiceStart& start) {
  const double until_s = world.clock.monotonic_s() + start.ready_s;
  while (true) {
    PW_TRY(check());
    std::string why = "no connection";
    if (os::loopback_accepts(port_)) {
      if (!start.speaks_http) return Nothing{};
      PW_TRY_ASSIGN(why, asked_once(url_));
      if (why.empty()) return Nothing{};
    }
    if (os::stop_count() > 0)
      return Error{.kind = ErrorKind::interrupted, .what = "stopped by a signal before anything could be compared"};
    if (world.clock.monotonic_s() >= until_s)
      return Error{.kind = ErrorKind::benchmark,
                   .what = fmt::format("{} is not ready after {}: {} at {}", side_, format_duration(start.ready_s), why,
                                       text::one_line(url_)),
                   .hint =
                       "write {port} in the command where its port belongs, or let it read the variable PORT; "
                       "--path is what is asked, and --ready how long it may take"};
    world.clock.sleep_s(k_between_looks_s);
  }
}

Status Service::check() {
  const Result<os::ProcessResult>* const ended = process_ ? process_->ended() : nullptr;
  if (ended == nullptr) return Nothing{};
  if (*ended && (*ended)->interrupted)
    return Error{.kind = ErrorKind::interrupted, .what = "stopped by a signal before anything could be compared"};
  return Error{.kind = ErrorKind::benchmark,
               .what = fmt::format("{} has ended: {}", side_, measure::how_it_ended(*ended)),
               .hint = "a command has to serve until it is ended; an address begins with http:// or https://"};
}

}  // namespace perfwarden::app
