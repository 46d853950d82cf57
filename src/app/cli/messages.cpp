#include "app/cli/messages.hpp"

#include <span>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "github/workflow_commands.hpp"

namespace perfwarden::app {

void fail(World& world, const Error& error) {
  world.console.err("perfwarden: " + text::printable(error.text()) + "\n");
  if (world.environment.get("GITHUB_ACTIONS") != "true") return;
  const std::vector<std::string_view> place = text::split(error.where, ':');
  github::Annotation annotation;
  annotation.level = github::Annotation::Level::error;
  annotation.title = "perfwarden";
  annotation.message = error.what + (error.hint.empty() ? "" : "\n" + error.hint);
  // A place may also be a variable ("environment PERFWARDEN_MODE") or a source of output, which is not a path.
  if (place[0].find(' ') == std::string_view::npos) annotation.file = std::string(place[0]);
  if (place.size() > 1 && !annotation.file.empty())
    annotation.line = static_cast<int>(text::to_integer(place[1]).value_or(0));
  world.console.command(github::annotations(std::span(&annotation, 1)));
}

void warn(World& world, std::string_view text) {
  world.console.err("perfwarden: warning: " + text::printable(text) + "\n");
}

void note(World& world, std::string_view text) {
  if (!world.quiet) world.console.err("perfwarden: " + text::printable(text) + "\n");
}

os::Patience patience(World& world) {
  return {.say = [&world](const std::string& text) { note(world, text); }};
}

Error wrong_usage(std::string what, std::string hint) {
  return {.kind = ErrorKind::usage, .what = std::move(what), .hint = std::move(hint)};
}

}  // namespace perfwarden::app
