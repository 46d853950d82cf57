#include "measure/command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "base/text.hpp"
#include "os/aligned_compilers.hpp"

namespace perfwarden::measure {
namespace {

constexpr std::string_view k_case = "{case}";
// Builds and the like take longer than one run; only what hangs is meant to be ended.
constexpr double k_build_timeout_s = 3600;
constexpr double k_setup_timeout_s = 600;

bool is_plain(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return text::is_alphanumeric(c) || std::string_view("_-./:=,+@%").find(c) != std::string_view::npos;
  });
}

std::string single_quoted(const std::string& word) {
  return "'" + text::replace_all(word, "'", "'\\''") + "'";
}

std::string for_double_quotes(const std::string& word) {
  std::string out;
  for (const char c : word) {
    if (c == '$' || c == '`' || c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

enum class Quotes { none, one, two };

std::string quoted_for(Quotes quotes, const std::string& name) {
  switch (quotes) {
    case Quotes::none:
      return single_quoted(name);
    case Quotes::one:
      return text::replace_all(name, "'", "'\\''");
    case Quotes::two:
      return for_double_quotes(name);
  }
  return "";
}

const CommandLine& line_of(const Suite& suite, Step::Kind kind) {
  switch (kind) {
    case Step::Kind::build:
      return suite.build;
    case Step::Kind::setup:
      return suite.setup;
    case Step::Kind::teardown:
      return suite.teardown;
    case Step::Kind::warmup:
    case Step::Kind::measure:
      break;
  }
  return suite.run;
}

double timeout_of(const Suite& suite, Step::Kind kind) {
  if (kind == Step::Kind::build) return std::max(suite.timeout_s, k_build_timeout_s);
  if (kind == Step::Kind::setup || kind == Step::Kind::teardown) return std::max(suite.timeout_s, k_setup_timeout_s);
  return suite.timeout_s;
}

}  // namespace

Result<std::string> put_into_shell(const std::string& line, std::string_view place, const std::string& value) {
  if (is_plain(value)) return text::replace_all(line, place, value);
  if (line.find(place) == std::string::npos) return line;
  static constexpr std::array<std::string_view, 6> cannot_follow{"`", "$(", "${", "$'", "<<", "#"};
  if (line.find("\\" + std::string(place)) != std::string::npos ||
      std::any_of(cannot_follow.begin(), cannot_follow.end(),
                  [&line](std::string_view sign) { return line.find(sign) != std::string::npos; }))
    return Error{
        .kind = ErrorKind::config,
        .what = fmt::format("'{}' cannot be put safely for {} into this shell line", text::one_line(value), place),
        .hint =
            "move what is quoted into a script; or write the command as a list; or let it be a text of "
            "letters, digits and _-./:=,+@%",
        .excerpt = "    " + text::one_line(line)};
  std::string out;
  Quotes quotes = Quotes::none;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (std::string_view(line).substr(i).starts_with(place)) {
      out += quoted_for(quotes, value);
      i += place.size() - 1;
      continue;
    }
    out += line[i];
    if (line[i] == '\\' && quotes != Quotes::one && i + 1 < line.size())
      out += line[++i];
    else if (line[i] == '\'' && quotes != Quotes::two)
      quotes = quotes == Quotes::one ? Quotes::none : Quotes::one;
    else if (line[i] == '"' && quotes != Quotes::one)
      quotes = quotes == Quotes::two ? Quotes::none : Quotes::two;
  }
  return out;
}

constexpr const char* k_one_time_for_all = "946684800";  // 2000-01-01

Result<os::Command> command_of(const Plan& plan, const Step& step, const Children& sides) {
  const Suite& suite = plan.suites[step.suite];
  const CommandLine& line = line_of(suite, step.kind);
  const bool runs = step.kind == Step::Kind::warmup || step.kind == Step::Kind::measure;
  const std::string name = runs && step.case_index < suite.cases.size() ? suite.cases[step.case_index] : "";
  const bool has_case = runs && !suite.cases.empty();
  os::Command command;
  if (line.shell.empty()) {
    command.argv = line.argv;
    if (has_case)
      for (std::string& word : command.argv) word = text::replace_all(word, k_case, name);
  } else if (has_case) {
    PW_TRY_ASSIGN(std::string shell, put_into_shell(line.shell, k_case, name));
    command.argv = {"/bin/sh", "-c", std::move(shell)};
  } else {
    command.argv = {"/bin/sh", "-c", line.shell};
  }
  if (line.shell.empty() && runs) command.argv.insert(command.argv.end(), step.only.begin(), step.only.end());
  command.cwd = step.side == Side::base ? sides.base_directory : sides.head_directory;
  if (!suite.working_directory.empty()) command.cwd += "/" + suite.working_directory;
  command.env = sides.env;
  for (const auto& [key, value] : suite.env) command.env[key] = value;
  const bool compiles = step.kind == Step::Kind::build || step.kind == Step::Kind::setup;
  if (const auto path = command.env.find("PATH"); compiles && path != command.env.end())
    if (const auto found = sides.compilers.find(path->second); found != sides.compilers.end())
      os::put_first(found->second, command.cwd, command.env);
  // What builds write the time into would differ between equal sources.
  if (compiles) command.env.try_emplace("SOURCE_DATE_EPOCH", k_one_time_for_all);
  if (const auto object = plan.first_objects.find(step.side); compiles && object != plan.first_objects.end())
    command.env[os::k_first_object] = object->second;
  if (runs) command.cpus = suite.cpus;
  command.no_aslr = runs && sides.no_aslr;
  command.timeout_s = timeout_of(suite, step.kind);
  command.count_events = step.kind == Step::Kind::measure;
  command.uid = sides.uid;
  command.gid = sides.gid;
  command.even_when_stopping = step.kind == Step::Kind::teardown;
  return command;
}

std::string text_of(const os::Command& command) {
  std::vector<std::string> words;
  for (const std::string& word : command.argv) {
    const std::string safe = text::one_line(word);
    words.push_back(is_plain(safe) ? safe : single_quoted(safe));
  }
  return text::join(words, " ");
}

std::vector<std::string> last_lines(const std::string& output, std::size_t lines) {
  constexpr std::size_t k_most_bytes = 16 << 10;  // more is not looked at
  const bool cut = output.size() > k_most_bytes;
  const std::string_view end = std::string_view(output).substr(cut ? output.size() - k_most_bytes : 0);
  std::vector<std::string> out;
  for (const std::string_view line : text::lines(end)) {
    std::string safe = text::truncate(text::one_line(line), 300);
    if (!text::trim(safe).empty()) out.push_back(std::move(safe));
  }
  if (out.size() > lines) out.erase(out.begin(), out.end() - static_cast<std::ptrdiff_t>(lines));
  return out;
}

std::string how_it_ended(const Result<os::ProcessResult>& result) {
  constexpr std::size_t k_shown = 3;
  if (!result) return text::one_line(result.error().what);
  std::vector<std::string> last = last_lines(result->err, k_shown);
  if (last.empty()) last = last_lines(result->out, k_shown);
  return result->describe() + (last.empty() ? "" : ": " + text::join(last, " | "));
}

std::string name_of(const Plan& plan, const Step& step) {
  const Suite& suite = plan.suites[step.suite];
  const bool runs = step.kind == Step::Kind::warmup || step.kind == Step::Kind::measure;
  if (!runs || step.case_index >= suite.cases.size()) return text::one_line(suite.name);
  return text::one_line(suite.name + "/" + suite.cases[step.case_index]);
}

}  // namespace perfwarden::measure
