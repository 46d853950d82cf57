#include "os/machine/toolchain.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "base/sha256.hpp"
#include "base/text.hpp"
#include "os/files/files.hpp"

namespace perfwarden::os {
namespace {
namespace fs = std::filesystem;

using Facts = std::vector<std::pair<std::string, std::string>>;

constexpr double k_version_timeout_s = 20;
constexpr std::size_t k_most_state_bytes = std::size_t{64} << 20;

struct BuildTool {
  const char* name;
  const char* version = "--version";  // null: not asked, since it is slow to answer and its file tells as much
};
constexpr std::array k_tools = std::to_array<BuildTool>({
    // clang-format off
    {"cc"}, {"c++"}, {"gcc"}, {"g++"}, {"clang"}, {"clang++"}, {"ld"}, {"as"}, {"ar"}, {"lld"}, {"mold"}, {"gfortran"},
    {"rustc"}, {"cargo"}, {"nvcc"}, {"go", "version"}, {"node"}, {"npm", nullptr}, {"deno"}, {"bun"}, {"python"}, {"python3"},
    {"pip", nullptr}, {"ruby"}, {"php"}, {"perl"}, {"java", "-version"}, {"javac", nullptr}, {"mvn", nullptr}, {"gradle", nullptr},
    {"dotnet"}, {"swift"}, {"julia"}, {"dart"}, {"ghc"}, {"zig", "version"}, {"cmake"}, {"meson"}, {"ninja"}, {"make"},
    {"bazel", nullptr}, {"ccache"}, {"sccache"}
    // clang-format on
});

// Small files whose text is the state; of others size and time are.
constexpr std::array k_state_files = std::to_array<const char*>(
    {"/etc/os-release", "/var/lib/dpkg/status", "/lib/apk/db/installed", "/usr/lib/apk/db/installed"});
constexpr std::array k_state_marks = std::to_array<const char*>(
    {"/var/lib/rpm/rpmdb.sqlite", "/var/lib/rpm/Packages", "/usr/lib/sysimage/rpm/rpmdb.sqlite",
     "/usr/lib/sysimage/rpm/Packages.db", "/var/lib/pacman/local"});
constexpr std::array k_local_folders =
    std::to_array<const char*>({"/usr/local/bin", "/usr/local/include", "/usr/local/lib", "/usr/local/lib64"});
constexpr std::array k_processor_facts = std::to_array<std::string_view>(
    {"vendor_id", "cpu family", "model", "model name", "stepping", "flags", "Features", "CPU implementer",
     "CPU architecture", "CPU variant", "CPU part", "CPU revision", "isa"});

// "<size> bytes, <time>"; empty when it is not there.
std::string mark_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return "";
  return fmt::format("{} bytes, {}.{:09}", status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
}

void add_if_any(Facts& facts, std::string name, std::string value) {
  if (!value.empty()) facts.emplace_back(std::move(name), std::move(value));
}

std::string digest_of_file(const std::string& path) {
  if (!exists(path)) return "";
  const Result<std::string> text = read_file(path, k_most_state_bytes);
  return text ? "sha256 " + sha256(*text) : mark_of(path);
}

// The names in a folder with their marks, in one digest.
std::string digest_of_folder(const std::string& path, bool contents) {
  const Result<std::vector<std::string>> names = list_directory(path);
  if (!names) return "";
  std::string all;
  for (const std::string& name : *names) {
    const std::string whole = fmt::format("{}/{}", path, name);
    all += fmt::format("{}\n{}\n", name, contents ? digest_of_file(whole) : mark_of(whole));
  }
  return "sha256 " + sha256(all);
}

std::string value_of(const std::map<std::string, std::string>& env, const std::string& name) {
  const auto found = env.find(name);
  return found == env.end() ? "" : found->second;
}

void add_system(Facts& facts) {
  struct utsname system {};
  if (::uname(&system) == 0) facts.emplace_back("architecture", system.machine);
  facts.emplace_back("processors", std::to_string(::sysconf(_SC_NPROCESSORS_ONLN)));
  std::string processor;
  if (const Result<std::string> info = read_file("/proc/cpuinfo", k_most_state_bytes); info)
    for (const std::string_view line : text::lines(*info)) {
      if (text::trim(line).empty()) break;  // the first one speaks for all
      const std::string_view name = text::trim(line.substr(0, line.find(':')));
      if (std::find(k_processor_facts.begin(), k_processor_facts.end(), name) != k_processor_facts.end())
        processor.append(line).append("\n");
    }
  if (!processor.empty()) facts.emplace_back("processor", "sha256 " + sha256(processor));
  for (const char* file : k_state_files) add_if_any(facts, file, digest_of_file(file));
  for (const char* file : k_state_marks) add_if_any(facts, file, mark_of(file));
  for (const char* folder : k_local_folders) add_if_any(facts, folder, digest_of_folder(folder, false));
}

// An update changes these, and not the shims on PATH.
void add_rustup(Facts& facts, const std::map<std::string, std::string>& env) {
  std::string home = value_of(env, "RUSTUP_HOME");
  if (home.empty() && !value_of(env, "HOME").empty()) home = value_of(env, "HOME") + "/.rustup";
  if (home.empty()) return;
  add_if_any(facts, "rustup settings", digest_of_file(home + "/settings.toml"));
  add_if_any(facts, "rustup toolchains", digest_of_folder(home + "/toolchains", false));
  add_if_any(facts, "rustup updates", digest_of_folder(home + "/update-hashes", true));
}

}  // namespace

std::string find_program(const std::string& path, const std::string& name) {
  for (const std::string_view folder : text::split(path, ':')) {
    std::string whole = fmt::format("{}/{}", folder, name);
    if (folder.starts_with('/') && ::access(whole.c_str(), X_OK) == 0 && !is_directory(whole)) return whole;
  }
  return "";
}

std::vector<std::pair<std::string, std::string>> read_toolchain(Processes& processes, const Command& like) {
  Facts facts;
  add_system(facts);
  add_rustup(facts, like.env);
  std::vector<Command> versions;
  std::vector<std::size_t> asked;  // places in facts
  for (const BuildTool& tool : k_tools) {
    const std::string program = find_program(value_of(like.env, "PATH"), tool.name);
    if (program.empty()) continue;
    std::error_code code;
    const fs::path real = fs::canonical(program, code);
    facts.emplace_back(fmt::format("tool {}", tool.name),
                       fmt::format("{} -> {}, {}", program, code ? program : real.string(), mark_of(program)));
    if (tool.version == nullptr) continue;
    Command command = like;
    command.argv = {program, tool.version};
    command.timeout_s = k_version_timeout_s;
    command.max_output_bytes = std::size_t{1} << 16;
    versions.push_back(std::move(command));
    asked.push_back(facts.size() - 1);
  }
  const std::vector<Result<ProcessResult>> said = processes.run_together(versions);
  for (std::size_t i = 0; i < said.size(); ++i) {
    const std::string answer =
        said[i] ? fmt::format("{}\n{}\n{}", said[i]->describe(), said[i]->out, said[i]->err) : said[i].error().what;
    const std::string first(text::lines(answer).size() > 1 ? text::lines(answer)[1] : std::string_view());
    facts[asked[i]].second += fmt::format("; {} (sha256 {})", text::one_line(first), sha256(answer).substr(0, 16));
  }
  return facts;
}

}  // namespace perfwarden::os
