#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "app/cli/command.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/messages.hpp"
#include "app/cli/verb.hpp"
#include "app/cli/vocabulary.hpp"
#include "app/init/config_text.hpp"
#include "app/init/detect.hpp"
#include "app/init/rehearsal.hpp"
#include "app/pipe/event_base.hpp"
#include "base/text.hpp"
#include "config/load.hpp"
#include "ingest/format.hpp"
#include "os/files/files.hpp"

namespace perfwarden::app {
namespace {

struct InitOptions {
  std::string directory = ".";
  Proposal own;  // a suite that the command line gives
  std::vector<std::string> workflows;
  bool force = false, dry_run = false, yes = false, no_run = false;
};

struct Target {
  std::string path;  // relative to the directory
  std::string text;
};

Error nothing_found(const InitOptions& options, const Detection& found) {
  std::string what = "no benchmark that perfwarden can read was found";
  if (!found.ecosystems.empty()) what += " (here is " + text::join(found.ecosystems, ", ") + ")";
  std::string hint = "name the command that runs them: " + (found.form.empty() ? "perfwarden init --run './build/bench "
                                                                                 "--benchmark_format=json'"
                                                                               : found.form);
  for (const std::string& doubt : found.doubts) hint += "\nnote: " + text::one_line(doubt);
  return {.kind = ErrorKind::usage, .what = what, .where = options.directory, .hint = hint};
}

Result<Detection> find_suites(World& world, const InitOptions& options) {
  Detection found = detect(options.directory);
  Proposal own = options.own;
  if (own.run.empty() && found.suites.empty() && !options.yes && !options.dry_run)
    own.run = world.console.ask("No benchmark was found. Which command runs them? (Enter: none) ");
  if (!own.run.empty()) {
    own.suite = suite_name(own.suite);
    if (!own.output_file.empty()) own.unversioned.push_back(own.output_file);
    found.suites = {std::move(own)};
    found.doubts.clear();
  }
  if (found.suites.empty()) return nothing_found(options, found);
  return found;
}

void show_found(World& world, const Detection& found) {
  if (!found.ecosystems.empty()) world.console.out("found " + text::join(found.ecosystems, ", ") + "\n");
  for (const Proposal& suite : found.suites)
    world.console.out(fmt::format("  {}: {}{}{}\n", suite.suite, suite.run,
                                  suite.cwd.empty() ? "" : "   in " + suite.cwd,
                                  suite.harness.empty() ? "" : "   (" + suite.harness + ")"));
}

// Runs every suite once; the parser of one that shows its own. The number of those that gave nothing.
Result<std::size_t> rehearse_all(World& world, const InitOptions& options, Detection& found) {
  std::size_t failed = 0;
  for (Proposal& suite : found.suites) {
    note(world, suite.suite + ": building, and running it once …");
    const Result<Rehearsal> rehearsal = rehearse(world, options.directory, suite);
    if (rehearsal) {
      suite.parser = rehearsal->parser;
      world.console.out(fmt::format("  {}: read as {}: {}\n", suite.suite, suite.parser, rehearsal->text));
      continue;
    }
    if (rehearsal.error().kind == ErrorKind::interrupted) return rehearsal.error();
    ++failed;
    warn(world, suite.suite + " does not work yet: " + rehearsal.error().text());
  }
  return failed;
}

// What is written, without what is there already.
std::vector<Target> targets_of(World& world, const InitOptions& options, const std::string& config,
                               const Detection& found, const std::string& branch) {
  std::vector<Target> out;
  if (config::find_file(options.directory) && !options.force)
    note(world, "kept the existing budget file; --force replaces it");
  else
    out.push_back({"perfwarden.yml", config});
  std::vector<std::string> kinds = options.workflows;
  kinds.insert(kinds.end(), {"pull-request", "accept"});
  for (const Workflow& workflow : workflows(kinds, found.suites, branch)) {
    const std::string path = ".github/workflows/" + workflow.file;
    if (os::exists(options.directory + "/" + path) && !options.force)
      note(world, "kept " + path + "; --force replaces it");
    else
      out.push_back({path, workflow.text});
  }
  std::string ignore = os::read_file(options.directory + "/.gitignore").value_or("");
  const std::vector<std::string> lines = missing_lines(found.suites, ignore);
  if (!lines.empty()) {
    if (!ignore.empty() && !ignore.ends_with('\n')) ignore += "\n";
    out.push_back({".gitignore", ignore + text::join(lines, "\n") + "\n"});
  }
  return out;
}

// The branch that pull requests go to; empty outside of a repository.
std::string branch_of(World& world, const std::string& directory) {
  const checkout::Git git(world.processes, directory, world.environment.for_children());
  if (!git.is_repository().value_or(false)) return "";
  const std::string usual = usual_branch(git, {});
  return git.resolve(usual) || git.resolve("origin/" + usual) ? usual : git.branch().value_or(usual);
}

bool agrees(World& world, const InitOptions& options) {
  if (options.yes || options.dry_run) return true;
  const std::string answer = text::lower(world.console.ask(
      options.no_run ? "Write perfwarden.yml? [Y/n] " : "Build and run each once, and write perfwarden.yml? [Y/n] "));
  return answer.empty() || answer.starts_with('y');
}

Result<ExitCode> init(World& world, const InitOptions& options) {
  PW_TRY_ASSIGN(Detection found, find_suites(world, options));
  const std::string branch = branch_of(world, options.directory);
  PW_TRY(config::parse(config_text(found.suites, branch), "perfwarden.yml", vocabulary()));
  show_found(world, found);
  if (!agrees(world, options)) {
    world.console.out("nothing was written; to choose yourself: perfwarden init --run 'COMMAND'\n");
    return k_pass;
  }
  const bool runs = !options.dry_run && !options.no_run;
  std::size_t failed = 0;
  if (runs) {
    PW_TRY_ASSIGN(failed, rehearse_all(world, options, found));
  }
  const std::vector<Target> targets = targets_of(world, options, config_text(found.suites, branch), found, branch);
  for (const Target& target : targets) {
    if (!options.dry_run) PW_TRY(os::write_file(options.directory + "/" + target.path, target.text));
    world.console.out((options.dry_run ? "would write " : "wrote ") + target.path + "\n");
  }
  for (const std::string& doubt : found.doubts) world.console.out("check: " + text::one_line(doubt) + "\n");
  if (options.dry_run) {
    for (const Target& target : targets) world.console.out("\n# " + target.path + "\n" + target.text);
    return k_pass;
  }
  if (failed > 0) {
    warn(world, "mend what the suites above say in perfwarden.yml, then try it: perfwarden run");
    return k_not_measured;
  }
  world.console.out(
      "next: git add . && git commit, change something, commit it, then: perfwarden check --base HEAD~1\n");
  return k_pass;
}

Run declare_init(Verb& verb) {
  auto options = std::make_shared<InitOptions>();
  std::vector<std::string> parsers{"auto"};
  for (const ingest::Format* format : ingest::formats()) {
    if (format->name != "regex") parsers.emplace_back(format->name);  // it needs a pattern: written by hand
  }
  verb.add_option("directory", options->directory, "Working tree to look at (default: this one)");
  verb.add_option("--run", options->own.run, "Measure this command; do not look for benchmarks");
  verb.add_option("--build", options->own.build, "Command that builds what --run needs").needs("--run");
  verb.add_option("--setup", options->own.setup, "Command after --build").needs("--run");
  verb.add_option("--cwd", options->own.cwd, "Folder that these commands run in (default: the root)").needs("--run");
  verb.add_option("--output-file", options->own.output_file, "File that --run writes its results to (default: stdout)")
      .needs("--run");
  verb.add_option("--parser", options->own.parser, "Format of what --run writes (default: as one run shows)")
      .needs("--run")
      .one_of(parsers);
  verb.add_option("--workflow", options->workflows,
                  "Write a workflow for push, nightly or weekly runs too (may be repeated)")
      .one_of({"push", "nightly", "weekly"});
  verb.add_flag("-y,--yes", options->yes, "Ask nothing");
  verb.add_flag("--no-run", options->no_run, "Do not build and run the benchmarks once to see what they give");
  verb.add_flag("--force", options->force, "Replace existing files");
  verb.add_flag("--dry-run", options->dry_run, "Print what would be written; write and run nothing");
  return [options](World& world) { return init(world, *options); };
}

}  // namespace

extern const Command k_command_init{"init",
                                    "Find the benchmarks here, run each once, and write perfwarden.yml and a workflow",
                                    declare_init,
                                    "  perfwarden init                      look, ask, run each benchmark once, write\n"
                                    "  perfwarden init --dry-run            show what would be written\n"
                                    "  perfwarden init --yes --workflow nightly\n"
                                    "  perfwarden init --build 'make bench' --run './bench --benchmark_format=json'",
                                    {k_not_measured}};

}  // namespace perfwarden::app
