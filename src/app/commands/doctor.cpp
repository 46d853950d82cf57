#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/cli/command.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/verb.hpp"
#include "app/doctor/diagnosis.hpp"
#include "app/doctor/noise.hpp"
#include "app/doctor/workload.hpp"
#include "app/pipe/tuned_machine.hpp"
#include "base/table.hpp"
#include "base/text.hpp"
#include "github/run_context.hpp"
#include "json/write.hpp"
#include "os/aligned_compilers.hpp"
#include "os/files/files.hpp"
#include "os/machine/control.hpp"
#include "os/machine/toolchain.hpp"
#include "os/process/user.hpp"

namespace perfwarden::app {
namespace {

using State = Check::State;

struct DoctorOptions {
  bool json = false, noise = false;
  std::optional<double> minutes;
  std::string workload;  // hidden: what --noise runs in fresh processes
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
  world.clock.sleep_s(0.5);  // perfwarden does nothing meanwhile: any load is from other programs
  const auto after = os::read_cpu_times();
  if (before && after) facts.shares = os::shares_between(*before, *after);
  facts.host = os::read_host();
  facts.why_no_events = world.processes.why_no_events();
  const auto shell = world.processes.run(program(world, {"/bin/sh", "-c", ":"}));
  if (!shell)
    facts.why_no_processes = shell.error().what;
  else if (!shell->ok())
    facts.why_no_processes = "/bin/sh does not work: " + shell->describe();
  const auto traced = world.processes.trace(program(world, {"/bin/sh", "-c", ":"}), "");
  facts.why_no_trace = traced ? traced->trace.not_known : traced.error().what;
  facts.may_set_machine = os::may_set_machine();
  const os::MachinePlaces places = os::machine_places(os::absolute_path(k_work_directory));
  facts.restored = os::restore_machine(places);
  facts.leftover = os::leftover_settings(places);
  look_at_git(world, facts);
  facts.directory = os::absolute_path(".");
  const std::string path = world.environment.get("PATH").value_or("");
  for (const auto& [name, file] : os::compilers_on(path)) facts.compilers.push_back(name);
  facts.has_go = !os::find_program(path, "go").empty();
  facts.owner = os::owner_of(facts.directory);
  facts.user = os::current_user();
  if (const std::optional<os::User> owner = os::unprivileged_owner_of(".")) {
    os::Command as_owner = program(world, {"/bin/sh", "-c", ":"});
    as_owner.uid = owner->uid;
    as_owner.gid = owner->gid;
    facts.becomes_owner = world.processes.run(as_owner).has_value();
  }
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

constexpr std::size_t k_columns = 80, k_text = 13;  // columns of a line, and where its text begins

std::string as_text(const std::vector<Check>& checks, bool color) {
  std::string out = verdict_of(checks) + "\n\n";
  for (const Check& check : checks) {
    std::vector<std::string> lines = text::wrap(fmt::format("x {:<10} {}", check.name, check.text), k_columns, k_text);
    lines.front() = mark_of(check.state, color) + lines.front().substr(1);
    out += text::join(lines, "\n") + "\n";
    if (check.cure.empty()) continue;
    for (const std::string& line : text::wrap(fmt::format("{:{}}→ {}", "", k_text, check.cure), k_columns, k_text + 2))
      out += line + "\n";
  }
  return out;
}

nlohmann::ordered_json json_of(const Noise& noise) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const NoiseOf& of : noise.of) {
    nlohmann::ordered_json seen = nlohmann::ordered_json::array();
    for (std::size_t i = 0; i < k_detection_s.size(); ++i)
      seen.push_back({{"seconds", k_detection_s[i]}, {"change", json::number(of.detectable[i])}});
    rows.push_back({{"workload", of.workload},
                    {"pairs", of.first_s.size()},
                    {"run_s", json::number(of.run_s)},
                    {"cv", json::number(of.cv)},
                    {"paired_sd", json::number(of.paired_sd)},
                    {"detectable", seen},
                    {"first_s", of.first_s},
                    {"second_s", of.second_s}});
  }
  nlohmann::ordered_json warnings = nlohmann::ordered_json::array();
  for (const Warning& warning : noise.warnings) warnings.push_back({{"code", warning.code}, {"text", warning.text}});
  return {{"seconds", noise.seconds},
          {"runs", noise.runs},
          {"disturbed", noise.disturbed},
          {"workloads", rows},
          {"warnings", warnings}};
}

std::string as_json(const std::vector<Check>& checks, const std::optional<Noise>& noise) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  bool possible = true;
  for (const Check& check : checks) {
    possible = possible && check.state != State::impossible;
    rows.push_back({{"name", check.name}, {"state", name_of(check.state)}, {"text", check.text}, {"cure", check.cure}});
  }
  nlohmann::ordered_json out{
      {"schema", "perfwarden.doctor/1"}, {"possible", possible}, {"summary", verdict_of(checks)}, {"checks", rows}};
  if (noise) out["noise"] = json_of(*noise);
  return json::pretty(out);
}

Result<ExitCode> work(World& world, const std::string& name) {
  PW_TRY_ASSIGN(const std::uint64_t done, do_workload(name));
  world.console.out(fmt::format("{}\n", done));
  return k_pass;
}

Result<ExitCode> doctor(World& world, const DoctorOptions& options) {
  if (!options.workload.empty()) return work(world, options.workload);
  const std::vector<Check> checks = diagnose(find_out(world));
  const bool possible =
      std::none_of(checks.begin(), checks.end(), [](const Check& check) { return check.state == State::impossible; });
  if (!options.json) world.console.out(as_text(checks, world.color));  // before the long part
  std::optional<Noise> noise;
  if (possible && (options.noise || options.minutes)) {
    PW_TRY_ASSIGN(Noise measured, measure_noise(world, options.minutes.value_or(0.5) * 60));
    noise = std::move(measured);
    if (!options.json) world.console.out("\n" + describe(*noise));
  }
  if (options.json) world.console.out(as_json(checks, noise));
  return possible ? k_pass : k_not_measured;
}

Run declare_doctor(Verb& verb) {
  auto options = std::make_shared<DoctorOptions>();
  verb.add_flag("--noise", options->noise,
                "Also measure the noise: how small a change can be detected here (half a minute)");
  verb.add_option("--minutes", options->minutes, "For how long to measure the noise").within(0.01, 120.0);
  verb.add_flag("--json", options->json, "Print perfwarden.doctor/1 instead of text");
  verb.add_option("--workload", options->workload, "").hidden();
  return [options](World& world) { return doctor(world, *options); };
}

}  // namespace

extern const Command k_command_doctor{"doctor",
                                      "Report what would disturb measuring on this machine, and the cure",
                                      declare_doctor,
                                      "  perfwarden doctor            what disturbs measuring here, and the cure\n"
                                      "  perfwarden doctor --noise    also how small a change could be seen",
                                      {}};

}  // namespace perfwarden::app
