#include "app/cli/completion.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <string>
#include <vector>

#include "app/cli/command.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/root.hpp"
#include "base/text.hpp"

namespace perfwarden::app {
namespace {

using Apps = std::vector<const CLI::App*>;

Apps children_of_app(const CLI::App& app) {
  const auto all = app.get_subcommands([](const CLI::App*) { return true; });
  return {all.begin(), all.end()};
}

// "--base --keep …", and the verbs below.
std::string words_after(const CLI::App& app) {
  std::vector<std::string> words;
  for (const CLI::App* child : children_of_app(app)) words.push_back(child->get_name());
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
  return text::join(words, " ");
}

std::string bash_text(const CLI::App& root) {
  std::string cases;
  for (const CLI::App* verb : children_of_app(root))
    cases += "    " + verb->get_name() + ") words=\"" + words_after(*verb) + "\" ;;\n";
  return "# bash completion of perfwarden: source <(perfwarden completion bash)\n"
         "_perfwarden() {\n"
         "  local words cur=${COMP_WORDS[COMP_CWORD]}\n"
         "  case ${COMP_WORDS[1]} in\n" +
         cases + "    *) words=\"" + words_after(root) +
         "\" ;;\n  esac\n"
         "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\"; [ \"$COMP_CWORD\" -gt 1 ] && compgen -f -- "
         "\"$cur\")\n"
         "}\ncomplete -o filenames -F _perfwarden perfwarden\n";
}

// Colons part a name from its description in zsh.
std::string for_zsh(std::string words) {
  words = text::replace_all(std::move(words), "'", "'\\''");
  return text::replace_all(std::move(words), ":", "\\:");
}

std::string zsh_text(const CLI::App& root) {
  std::string verbs;
  std::string cases;
  for (const CLI::App* verb : children_of_app(root)) {
    verbs += "    '" + verb->get_name() + ":" + for_zsh(verb->get_description()) + "'\n";
    cases += "      " + verb->get_name() + ") compadd -- " + words_after(*verb) + " ;;\n";
  }
  return "#compdef perfwarden\n# zsh completion of perfwarden: perfwarden completion zsh > "
         "\"${fpath[1]}/_perfwarden\"\n"
         "_perfwarden() {\n  local -a verbs=(\n" +
         verbs + "  )\n  if ((CURRENT == 2)); then\n    _describe command verbs\n  else\n    case $words[2] in\n" +
         cases + "    esac\n    _files\n  fi\n}\n_perfwarden \"$@\"\n";
}

std::string for_fish(const std::string& words) {
  return "'" + text::replace_all(text::replace_all(words, "\\", "\\\\"), "'", "\\'") + "'";
}

std::string fish_text(const CLI::App& root) {
  std::string out = "# fish completion of perfwarden: perfwarden completion fish | source\n";
  for (const CLI::App* verb : children_of_app(root)) {
    out += fmt::format("complete -c perfwarden -n __fish_use_subcommand -a {} -d {}\n", verb->get_name(),
                       for_fish(verb->get_description()));
    const std::string inside =
        fmt::format("complete -c perfwarden -n '__fish_seen_subcommand_from {}'", verb->get_name());
    for (const CLI::App* child : children_of_app(*verb))
      out += fmt::format("{} -a {} -d {}\n", inside, child->get_name(), for_fish(child->get_description()));
    for (const CLI::Option* option : verb->get_options())
      for (const std::string& name : option->get_lnames())
        out += fmt::format("{} -l {} -d {}\n", inside, name, for_fish(option->get_description()));
  }
  return out;
}

// A hyphen that is typed, and no line that begins with a command of troff.
std::string for_troff(std::string_view words) {
  std::string out;
  for (const std::string_view line : text::lines(words)) {
    std::string safe = text::replace_all(text::replace_all(std::string(line), "\\", "\\e"), "-", "\\-");
    if (safe.starts_with('.') || safe.starts_with('\'')) safe.insert(0, "\\&");
    out.append(safe).append("\n");
  }
  return out;
}

std::string man_text(const CLI::App& root) {
  std::string out =
      ".TH PERFWARDEN 1\n.SH NAME\nperfwarden \\- find performance regressions before they are merged\n"
      ".SH SYNOPSIS\n.B perfwarden\nCOMMAND [OPTIONS]\n.SH DESCRIPTION\n" +
      for_troff(root.get_description()) + ".SH COMMANDS\n";
  for (const CLI::App* verb : children_of_app(root)) {
    out += ".SS perfwarden " + verb->get_name() + "\n.nf\n" + for_troff(verb->help("perfwarden")) + ".fi\n";
  }
  out += ".SH EXIT STATUS\n";
  for (const ExitCode code : {k_pass, k_gate_failed, k_usage, k_not_measured, k_inconclusive, k_no_baseline,
                              k_not_published, k_bug, k_interrupted})
    out += ".TP\n" + std::to_string(code) + "\n" + for_troff(meaning_of(code));
  return out;
}

}  // namespace

std::string completion_text(std::string_view kind) {
  CLI::App root;
  declare_all(root, [](const Run&) {});
  if (kind == "zsh") return zsh_text(root);
  if (kind == "fish") return fish_text(root);
  return kind == "man" ? man_text(root) : bash_text(root);
}

}  // namespace perfwarden::app
