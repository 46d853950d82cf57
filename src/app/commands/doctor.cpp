#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/command.hpp"
#include "app/common.hpp"
#include "app/diagnosis.hpp"
#include "app/exit_code.hpp"
#include "base/text.hpp"
#include "github/run_context.hpp"
#include "os/files.hpp"

namespace perfwarden::app {
namespace {

using State = Check::State;

struct Options {
  bool json = false;
};

os::Command program(const World& world, std::vector<std::string> argv) {
  os::Command command;
  command.argv = std::move(argv);
  command.env = world.environment.for_children();
  command.env["LC_ALL"] = "C";  // git's words are looked at
  command.timeout_s = 10;
  command.max_output_bytes = 65536;
  return command;
}

void look_at_git(World& world, Facts& facts) {
  const auto version = world.processes.run(program(world, {"git", "--version"}));
  if (!version || !version->ok()) {
    facts.repository = Facts::Repository::no_git;
    return;
  }
  facts.git_version = std::string(text::trim(version->out));
  const auto inside = world.processes.run(program(world, {"git", "rev-parse", "--is-inside-work-tree"}));
  if (!inside || inside->ok()) return;
  facts.repository = inside->err.find("dubious ownership") != std::string::npos ? Facts::Repository::refused
                                                                                : Facts::Repository::outside;
}

Facts find_out(World& world) {
  Facts facts;
  const auto before = os::read_cpu_times();
  world.clock.sleep_s(0.5);  // doing nothing: what is busy now is somebody else
  const auto after = os::read_cpu_times();
  if (before && after) facts.shares = os::shares_between(*before, *after);
  facts.host = os::read_host();
  facts.why_no_events = world.processes.why_no_events();
  const auto shell = world.processes.run(program(world, {"/bin/sh", "-c", ":"}));
  if (!shell)
    facts.why_no_processes = shell.error().what;
  else if (!shell->ok())
    facts.why_no_processes = "/bin/sh does not work: " + shell->describe();
  look_at_git(world, facts);
  facts.directory = os::absolute_path(".");
  facts.owner = os::owner_of(facts.directory);
  facts.user = os::current_user();
  facts.free_bytes = os::free_disk_bytes(facts.directory);
  facts.in_actions = world.environment.get("GITHUB_ACTIONS") == "true";
  facts.has_token = !github::token(world.environment).empty();
  return facts;
}

std::string_view name_of(State state) {
  switch (state) {
    case State::good:
      return "ok";
    case State::doubtful:
      return "doubtful";
    case State::impossible:
      return "impossible";
    case State::unknown:
      break;
  }
  return "unknown";
}

std::string mark_of(State state, bool color) {
  const auto painted = [color](std::string_view mark, int paint) {
    return color ? fmt::format("\x1b[{}m{}\x1b[0m", paint, mark) : std::string(mark);
  };
  switch (state) {
    case State::good:
      return painted("✓", 32);
    case State::doubtful:
      return painted("!", 33);
    case State::impossible:
      return painted("✗", 31);
    case State::unknown:
      break;
  }
  return painted("?", 2);
}

std::string verdict_of(const std::vector<Check>& checks) {
  const auto count = [&checks](State state) {
    return std::count_if(checks.begin(), checks.end(), [state](const Check& check) { return check.state == state; });
  };
  if (count(State::impossible) > 0) return "Nothing can be measured here; see the lines marked ✗";
  const auto doubtful = count(State::doubtful);
  std::string out = doubtful == 0   ? "Measuring works here"
                    : doubtful == 1 ? "Measuring works here; 1 thing may disturb it"
                                    : fmt::format("Measuring works here; {} things may disturb it", doubtful);
  if (const auto unknown = count(State::unknown); unknown > 0)
    out += fmt::format("; {} could not be found out", unknown);
  return out;
}

std::string as_text(const std::vector<Check>& checks, bool color) {
  std::string out = verdict_of(checks) + "\n\n";
  for (const Check& check : checks) {
    out += fmt::format("{} {:<10} {}\n", mark_of(check.state, color), check.name, check.text);
    if (!check.cure.empty()) out += fmt::format("{:13}→ {}\n", "", check.cure);
  }
  return out;
}

std::string as_json(const std::vector<Check>& checks) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  bool possible = true;
  for (const Check& check : checks) {
    possible = possible && check.state != State::impossible;
    rows.push_back({{"name", check.name}, {"state", name_of(check.state)}, {"text", check.text}, {"cure", check.cure}});
  }
  const nlohmann::ordered_json out{
      {"schema", "perfwarden.doctor/1"}, {"possible", possible}, {"summary", verdict_of(checks)}, {"checks", rows}};
  return out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

int doctor(World& world, const Options& options) {
  const std::vector<Check> checks = diagnose(find_out(world));
  world.console.out(options.json ? as_json(checks) : as_text(checks, world.color));
  const bool possible =
      std::none_of(checks.begin(), checks.end(), [](const Check& check) { return check.state == State::impossible; });
  return possible ? k_pass : k_not_measured;
}

std::function<int(World&)> declare(CLI::App& verb) {
  auto options = std::make_shared<Options>();
  verb.add_flag("--json", options->json, "Print perfwarden.doctor/1 instead of text");
  return [options](World& world) { return doctor(world, *options); };
}

}  // namespace

extern const Command k_command_doctor{"doctor", "Say what would disturb measuring on this machine, and the cure",
                                      declare};

}  // namespace perfwarden::app
