#include "app/pipe/aligned_builds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <optional>
#include <set>
#include <utility>

#include "base/hash.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "identity/alignment.hpp"
#include "model/report.hpp"
#include "os/aligned_compilers.hpp"
#include "os/files/files.hpp"

namespace perfwarden::app {
namespace {

constexpr double k_in_part = 0.5;  // a share of functions below which most of the program was compiled before
constexpr std::size_t k_most_text = 1 << 20;

bool compiles(const Suite& suite) {
  return !suite.build.empty() || !suite.setup.empty();
}

// The words of a command, also of a shell line, as far as that can be told without a shell.
std::vector<std::string> command_words(const CommandLine& command) {
  if (command.shell.empty()) return command.argv;
  std::vector<std::string> words;
  std::string word;
  for (const char c : command.shell + " ") {
    if (std::string_view(" \t\n'\"<>|;&()").find(c) == std::string_view::npos) {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::exchange(word, ""));
    }
  }
  return words;
}

bool calls(const Suite& suite, std::string_view program) {
  const auto is_it = [program](const std::string& word) {
    return word == program || word.ends_with("/" + std::string(program));
  };
  for (const CommandLine* command : {&suite.build, &suite.setup, &suite.run}) {
    const std::vector<std::string> words = command_words(*command);
    if (std::any_of(words.begin(), words.end(), is_it)) return true;
  }
  return false;
}

bool mentions(const Suite& suite, std::string_view flag) {
  const auto has = [flag](const std::string& text) { return text.find(flag) != std::string::npos; };
  for (const CommandLine* command : {&suite.build, &suite.setup, &suite.run})
    if (has(command->shell) || std::any_of(command->argv.begin(), command->argv.end(), has)) return true;
  return std::any_of(suite.env.begin(), suite.env.end(), [&has](const auto& one) { return has(one.second); });
}

// One suite's checkout on one side.
struct Tree {
  std::string directory;  // of the side
  std::string below;      // where the suite runs, relative to it: "" or "bench/"
  [[nodiscard]] std::string read(const std::string& name, std::size_t most = k_most_text) const {
    return os::read_file_below(directory, name, most).value_or("");
  }
};

struct Seen {
  std::string program;  // relative to the side's checkout
  identity::FunctionAlignment found;
};

std::optional<Seen> seen_in(const Tree& tree, const std::string& name) {
  const Result<std::string> bytes = os::read_file_below(tree.directory, name);
  if (!bytes || !bytes->starts_with("\177ELF")) return std::nullopt;
  const Result<identity::FunctionAlignment> found = identity::function_alignment(*bytes);
  if (!found) return std::nullopt;
  return Seen{name, *found};
}

// Where Cargo puts what `cargo bench --bench NAME` runs. The name has a hash that changes with the flags of the build.
std::optional<Seen> seen_by_cargo(const Tree& tree, const Suite& suite) {
  const std::string folder = tree.below + "target/release/deps";
  std::string wanted;
  for (std::size_t i = 0; i + 1 < suite.run.argv.size(); ++i)
    if (suite.run.argv[i] == "--bench" || suite.run.argv[i] == "--bin") wanted = suite.run.argv[i + 1];
  const std::string stem = text::replace_all(wanted, "-", "_");
  for (const std::string& name : os::list_directory(tree.directory + "/" + folder).value_or({})) {
    if (name.find('.') != std::string::npos) continue;
    if (!wanted.empty() && !name.starts_with(wanted + "-") && !name.starts_with(stem + "-")) continue;
    if (std::optional<Seen> seen = seen_in(tree, fmt::format("{}/{}", folder, name))) return seen;
  }
  return std::nullopt;
}

// The suite's program: the first word of its run command that is an image below the checkout.
std::optional<Seen> seen_in(const Tree& tree, const Suite& suite) {
  if (!suite.binary.empty())
    if (std::optional<Seen> seen = seen_in(tree, suite.binary)) return seen;
  if (calls(suite, "cargo"))
    if (std::optional<Seen> seen = seen_by_cargo(tree, suite)) return seen;
  for (std::string word : command_words(suite.run)) {
    if (word.starts_with("./")) word.erase(0, 2);
    if (word.empty() || word.starts_with('/') || word.starts_with('-')) continue;
    const std::string name = tree.below + word;
    if (std::optional<Seen> seen = seen_in(tree, name)) return seen;
    const std::size_t slash = name.rfind('/') == std::string::npos ? 0 : name.rfind('/') + 1;
    // Where libtool keeps the program that its script starts.
    if (std::optional<Seen> seen = seen_in(tree, name.substr(0, slash) + ".libs/" + name.substr(slash))) return seen;
  }
  return std::nullopt;
}

// What a CMake cache says beside or above the program.
struct CMakeCache {
  std::string path;  // empty: there is none
  std::string text;
  // Of the first of these entries that it has: "CMAKE_C_COMPILER:".
  [[nodiscard]] std::string value_of(std::initializer_list<std::string_view> keys) const {
    for (const std::string_view line : text::lines(text))
      for (const std::string_view key : keys)
        if (const std::size_t equals = line.find('='); line.starts_with(key) && equals != std::string_view::npos)
          return std::string(line.substr(equals + 1));
    return "";
  }
};

CMakeCache cmake_cache_of(const Tree& tree, const std::string& program) {
  for (std::size_t end = program.rfind('/'); end != std::string::npos && end > 0; end = program.rfind('/', end - 1)) {
    const std::string path = program.substr(0, end) + "/CMakeCache.txt";
    if (std::string text = tree.read(path); !text.empty()) return {path, std::move(text)};
  }
  return {};
}

bool has_any(const Tree& tree, std::initializer_list<const char*> names) {
  return std::any_of(names.begin(), names.end(), [&tree](const char* name) {
    return os::file_size_below(tree.directory, tree.below + name).has_value() ||
           os::file_size_below(tree.directory, name).has_value();
  });
}

constexpr std::string_view k_cure_of_bazel = "write `build --copt=-falign-functions=64` into .bazelrc";
constexpr std::string_view k_cure_of_go = "with Go 1.25 or later, give `go` the option -ldflags=-funcalign=64";

// The line that helps in this build system.
std::string cure_for(const Tree& tree, const Suite& suite, const std::string& program) {
  if (calls(suite, "bazel") || calls(suite, "bazelisk")) return std::string(k_cure_of_bazel);
  if (calls(suite, "go")) return std::string(k_cure_of_go);
  if (calls(suite, "cargo") && !compiles(suite)) return "let `build` compile what runs: build: cargo bench --no-run";
  if (calls(suite, "cargo"))
    return "write `rustflags = [\"-C\", \"llvm-args=-align-all-functions=6\"]` into .cargo/config.toml, below [build]";
  const CMakeCache cache = cmake_cache_of(tree, program);
  if (const std::string file = cache.value_of({"CMAKE_TOOLCHAIN_FILE:"}); !file.empty())
    return fmt::format("name the compiler without its path in the toolchain file {}", text::one_line(file));
  if (const std::string compiler = cache.value_of({"CMAKE_CXX_COMPILER:", "CMAKE_C_COMPILER:"}); !compiler.empty())
    return fmt::format(
        "{} has the compiler {}: configure afresh, and name the compiler without its path "
        "(-DCMAKE_CXX_COMPILER=g++), or give cmake -DCMAKE_CXX_FLAGS=-falign-functions=64",
        text::one_line(cache.path), text::one_line(compiler));
  if (has_any(tree, {"meson.build"}))
    return "configure afresh (`meson setup --wipe`), and name compilers in native files without their paths";
  if (has_any(tree, {"configure"})) return "give ./configure the compiler without its path: CC=gcc CXX=g++";
  if (has_any(tree, {"GNUmakefile", "makefile", "Makefile"}))
    return "name the compiler in the makefile without its path (CC = gcc), or add -falign-functions=64 to its flags";
  return "let the build find its compiler on PATH, or add -falign-functions=64 to its flags";
}

std::string share_text(const identity::FunctionAlignment& found) {
  if (found.functions == 0) return "its program has no symbols";
  return fmt::format("{:.0f} % of {} functions", std::floor(found.share() * 100), found.functions);
}

// Of what is not an image below the checkout, only the commands can tell.
std::optional<Warning> told_by_commands(const Suite& suite) {
  const auto warning = [&suite](std::string_view why, std::string_view cure) {
    return Warning{std::string(k_functions_not_aligned),
                   fmt::format("{}: {}: {}", text::one_line(suite.name), why, cure)};
  };
  if ((calls(suite, "bazel") || calls(suite, "bazelisk")) && !mentions(suite, "-falign-functions"))
    return warning("whether Bazel's compiler aligns functions cannot be seen", k_cure_of_bazel);
  if (calls(suite, "go") && !mentions(suite, "-funcalign"))
    return warning("Go's linker does not align functions to cache lines by itself", k_cure_of_go);
  return std::nullopt;
}

}  // namespace

Machine with_builds(Machine machine, const Config& config) {
  const bool any = std::any_of(config.suites.begin(), config.suites.end(), compiles);
  if (!config.placement.align || !any) return machine;
  machine.facts.emplace_back("builds", os::k_align_flag);
  seal(machine);
  return machine;
}

std::map<std::string, std::string> aligned_compilers(const Plan& plan, const std::map<std::string, std::string>& env,
                                                     std::vector<Warning>& warnings) {
  std::map<std::string, std::string> folders;
  if (!plan.align_functions) return folders;
  std::set<std::string> paths;
  for (const Suite& suite : plan.suites) {
    if (!compiles(suite)) continue;
    const auto own = suite.env.find("PATH");
    const auto common = env.find("PATH");
    if (own != suite.env.end())
      paths.insert(own->second);
    else if (common != env.end())
      paths.insert(common->second);
  }
  const Result<std::string> work = work_folder();
  if (!work) {
    warnings.push_back({std::string(k_functions_not_aligned), "builds do not align functions: " + work.error().text()});
    return folders;
  }
  const std::string root = *work + "/compilers";
  for (const std::string& path : paths) {
    const std::string folder = fmt::format("{}/{}", root, hex16(fnv1a(path)));
    Result<bool> made = os::align_compilers(folder, path);
    if (made && *made) folders.emplace(path, folder);
    if (!made)
      warnings.push_back(
          {std::string(k_functions_not_aligned), "builds do not align functions: " + made.error().text()});
  }
  if (!folders.empty())
    if (const Status given = os::give_to_owner_of(root, "."); !given)
      warnings.push_back({std::string(k_functions_not_aligned), given.error().text()});
  return folders;
}

std::vector<Warning> look_at_alignment(const Config& config, const Plan& plan, const Checkouts& sides) {
  std::vector<Warning> warnings;
  if (!config.placement.align) return warnings;
  std::vector<std::string> shares;
  for (const Suite& suite : plan.suites) {
    if (suite.life == Life::gone || !(compiles(suite) || calls(suite, "cargo") || calls(suite, "go"))) continue;
    const std::string below = suite.working_directory.empty() ? "" : suite.working_directory + "/";
    const Tree head{sides.head_directory, below};
    const std::optional<Seen> ours = seen_in(head, suite);
    if (!ours) {
      if (std::optional<Warning> warning = told_by_commands(suite)) warnings.push_back(*std::move(warning));
      continue;
    }
    const std::optional<Seen> theirs =
        sides.base_directory.empty() ? std::nullopt : seen_in({sides.base_directory, below}, suite);
    const std::string name = text::one_line(suite.name);
    const bool differ = theirs && theirs->found.is_asked_for != ours->found.is_asked_for;
    if (!ours->found.is_asked_for || differ)
      warnings.push_back(
          {std::string(k_functions_not_aligned),
           fmt::format("{}: {} ({} of {}): {}", name,
                       differ ? "only one side's build aligns functions, so that placement differs between the sides"
                              : "the build does not align functions, so that a change may seem slower only because it "
                                "moved code",
                       share_text(ours->found), text::one_line(ours->program), cure_for(head, suite, ours->program))});
    else
      shares.push_back(fmt::format("{}: {}{}", name, share_text(ours->found),
                                   ours->found.functions > 0 && ours->found.share() < k_in_part
                                       ? ", since the rest was compiled before, as Rust's std and static libraries are"
                                       : ""));
  }
  if (!shares.empty())
    warnings.push_back({std::string(k_functions_aligned),
                        fmt::format("Measured builds align functions to 64 bytes ({}); shipped ones may not",
                                    text::join(shares, "; "))});
  return warnings;
}

std::map<std::string, std::string> program_digests(const Config& config, const std::string& side) {
  std::map<std::string, std::string> out;
  for (const Suite& suite : config.suites) {
    const std::string below = suite.working_directory.empty() ? "" : suite.working_directory + "/";
    const std::optional<Seen> seen = seen_in({side, below}, suite);
    if (!seen) continue;
    if (const Result<std::string> bytes = os::read_file_below(side, seen->program)) out[suite.name] = sha256(*bytes);
  }
  return out;
}

std::vector<std::string> with_equal_digests(const std::map<std::string, std::string>& one,
                                            const std::map<std::string, std::string>& other) {
  std::vector<std::string> out;
  for (const auto& [suite, digest] : one)
    if (const auto found = other.find(suite); found != other.end() && found->second == digest) out.push_back(suite);
  return out;
}

}  // namespace perfwarden::app
