#include "app/cli/completion.hpp"

#include <memory>
#include <string>

#include "app/cli/command.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/verb.hpp"

namespace perfwarden::app {
namespace {

Run declare_completion(Verb& verb) {
  auto kind = std::make_shared<std::string>();
  verb.add_option("shell", *kind, "bash, zsh or fish; man: the manual page")
      .required()
      .one_of({"bash", "zsh", "fish", "man"});
  return [kind](World& world) -> Result<ExitCode> {
    world.console.out(completion_text(*kind));
    return k_pass;
  };
}

}  // namespace

extern const Command k_command_completion{"completion",
                                          "Print what a shell needs to complete command lines, or the manual page",
                                          declare_completion,
                                          "  source <(perfwarden completion bash)\n"
                                          "  perfwarden completion man > perfwarden.1",
                                          {}};

}  // namespace perfwarden::app
