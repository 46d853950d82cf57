#include "os/aligned_compilers.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "os/files/file_error.hpp"
#include "os/files/files.hpp"
#include "os/files/place.hpp"

namespace perfwarden::os {
namespace {
namespace fs = std::filesystem;

constexpr std::string_view k_rust = "rustc";
constexpr std::string_view k_rust_wrapper = "rustc-wrapper";

// `folder` is taken out of PATH before the next program is called: a compiler in front of the compiler (ccache, distcc)
// looks there once more. Whoever calls a script although its folder is not in PATH, as a CMake cache does after the
// run, gets the compiler as it is. Clang warns of a flag without use, as for assembler and a bare -v; -cc1 must be its
// first word.
constexpr std::string_view k_script = R"(#!/bin/sh
# Made by perfwarden (placement.align): {name} with {flag}, on behalf of
# {mark}
folder={folder}
rest=$PATH:
path=
flag=
while [ -n "$rest" ]; do
  one=${{rest%%:*}}
  rest=${{rest#*:}}
  if [ "$one" -ef "$folder" ]; then flag={flag}; else path=$path:$one; fi
done
[ -n "$flag" ] || exec {real} "$@"
first=$PERFWARDEN_FIRST_OBJECT
input=
for word do
  case $word in
    -c | -S | -E | -M | -MM | -r | -fsyntax-only | -print* | --print*) first= ;;
    -*) ;;
    *) input=yes ;;
  esac
  case $word in *.s | *.S | *.sx | assembler | assembler-with-cpp | -xassembler* | -cc1*) flag= ;; esac
done
[ "$*" != -v ] || flag=
[ -n "$input" ] || first=
PATH=${{path#:}}
exec {name} $flag ${{first:+"$first"}} "$@"
)";

// As RUSTC_WRAPPER it gets the compiler as its first word. LLVM takes the option only once. At the end, since the first
// word may be +toolchain.
constexpr std::string_view k_rust_script = R"(#!/bin/sh
# Made by perfwarden (placement.align): {name} with {flag}, on behalf of
# {mark}
folder={folder}
rest=$PATH:
path=
while [ -n "$rest" ]; do
  one=${{rest%%:*}}
  rest=${{rest#*:}}
  [ "$one" -ef "$folder" ] || path=$path:$one
done
[ "$PATH" != "${{path#:}}" ] || exec {real} "$@"
PATH=${{path#:}}
case "$*" in *align-all-functions*) exec {program}"$@" ;; esac
exec {program}"$@" {flag}
)";

bool is_version(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return text::is_digit(c) || c == '.'; });
}

// gcc, x86_64-linux-gnu-gcc, gcc-12; not gcc-ar, clang-format-14.
bool is_compiler(std::string_view name) {
  static constexpr std::array k_alone = std::to_array<std::string_view>({"cc", "c++", k_rust});
  static constexpr std::array k_stems = std::to_array<std::string_view>({"gcc", "g++", "clang", "clang++", "gfortran"});
  if (std::find(k_alone.begin(), k_alone.end(), name) != k_alone.end()) return true;
  if (const std::size_t dash = name.rfind('-'); dash != std::string_view::npos && is_version(name.substr(dash + 1)))
    name = name.substr(0, dash);
  return std::any_of(k_stems.begin(), k_stems.end(), [name](std::string_view stem) {
    return name == stem || (name.ends_with(stem) && name[name.size() - stem.size() - 1] == '-');
  });
}

std::string quoted(const std::string& text) {
  return "'" + text::replace_all(text, "'", "'\\''") + "'";
}

std::string script_of(const std::string& name, const std::string& real, const std::string& folder,
                      const struct stat& status) {
  const bool rust = name == k_rust || name == k_rust_wrapper;
  const std::string mark = fmt::format("{}, {} bytes, {}.{:09}", text::one_line(real), status.st_size,
                                       status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
  // The wrapper is given the compiler; alone, it is the compiler.
  const std::string real_word = name == k_rust_wrapper ? "" : quoted(real);
  return fmt::format(fmt::runtime(rust ? k_rust_script : k_script), fmt::arg("name", name),
                     fmt::arg("flag", rust ? k_align_flag_of_rust : k_align_flag), fmt::arg("real", real_word),
                     fmt::arg("mark", mark), fmt::arg("folder", quoted(folder)),
                     fmt::arg("program", name == k_rust ? "rustc " : ""));
}

// Executable, with the time of the compiler. A script that is already so is not touched: a build may be running it.
Status write_script(const UniqueFd& place, const std::string& path, const std::string& text,
                    const struct timespec& time) {
  const std::string name = fs::path(path).filename().string();
  struct stat status {};
  const bool there = ::fstatat(place.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
                     S_ISREG(status.st_mode) && (status.st_mode & 0777) == 0755 &&
                     status.st_mtim.tv_sec == time.tv_sec && status.st_mtim.tv_nsec == time.tv_nsec;
  if (there && read_file(path).value_or("") == text) return Nothing{};
  PW_TRY(write_file(path, text));
  const std::array<struct timespec, 2> times{time, time};
  if (::fchmodat(place.get(), name.c_str(), 0755, 0) != 0 ||
      ::utimensat(place.get(), name.c_str(), times.data(), AT_SYMLINK_NOFOLLOW) != 0)
    return file_error(errno, path, "set up");
  return Nothing{};
}

// In a config of Cargo's, which is looked for in every folder above, and in its home.
bool names_wrapper(const std::string& folder) {
  constexpr std::size_t k_most_bytes = 1 << 20;
  for (const char* name : {"/config.toml", "/config"})
    if (read_file(folder + name, k_most_bytes).value_or("").find("rustc-wrapper") != std::string::npos) return true;
  return false;
}

bool cargo_has_wrapper(const std::string& directory, const std::map<std::string, std::string>& env) {
  for (const char* name : {"RUSTC_WRAPPER", "CARGO_BUILD_RUSTC_WRAPPER"})
    if (env.contains(name)) return true;
  for (fs::path at = directory; !at.empty(); at = at.parent_path()) {
    if (names_wrapper((at / ".cargo").string())) return true;
    if (at == at.root_path()) break;
  }
  if (const auto home = env.find("CARGO_HOME"); home != env.end()) return names_wrapper(home->second);
  const auto home = env.find("HOME");
  return home != env.end() && names_wrapper(home->second + "/.cargo");
}

}  // namespace

std::map<std::string, std::string> compilers_on(const std::string& path) {
  std::map<std::string, std::string> found;
  for (const std::string_view part : text::split(path, ':')) {
    if (!part.starts_with('/')) continue;  // a folder of the repository
    const std::string folder(part);
    for (const std::string& name : list_directory(folder).value_or({})) {
      if (!is_compiler(name) || found.contains(name)) continue;
      std::string file = folder;
      file.append("/").append(name);
      if (::access(file.c_str(), X_OK) == 0 && !is_directory(file)) found.emplace(name, std::move(file));
    }
  }
  return found;
}

Result<bool> align_compilers(const std::string& folder, const std::string& path) {
  if (folder.find_first_of(": \t\n") != std::string::npos)
    return Error{.kind = ErrorKind::config,
                 .what = "a path with blanks or ':' cannot be put into PATH for every build system",
                 .where = folder,
                 .hint = "check out to a folder without them, or set placement: { align: off }"};
  std::map<std::string, std::string> compilers = compilers_on(path);
  if (compilers.empty()) return false;
  if (const auto rust = compilers.find(std::string(k_rust)); rust != compilers.end())
    compilers.emplace(k_rust_wrapper, rust->second);
  PW_TRY(make_directories(folder));
  PW_TRY_ASSIGN(const UniqueFd place, open_folder(folder, Missing::refused));
  // An earlier run's code may have left programs here that would be called before all others.
  PW_TRY_ASSIGN(const std::vector<std::string> names, list_directory(folder));
  for (const std::string& name : names)
    if (!compilers.contains(name)) PW_TRY(remove_all(fmt::format("{}/{}", folder, name)));
  for (const auto& [name, real] : compilers) {
    struct stat status {};
    if (::stat(real.c_str(), &status) != 0) return file_error(errno, real, "read");
    PW_TRY(
        write_script(place, fmt::format("{}/{}", folder, name), script_of(name, real, folder, status), status.st_mtim));
  }
  return true;
}

void put_first(const std::string& folder, const std::string& directory, std::map<std::string, std::string>& env) {
  const std::string wrapper = fmt::format("{}/{}", folder, k_rust_wrapper);
  if (exists(wrapper) && !cargo_has_wrapper(directory, env)) env["RUSTC_WRAPPER"] = wrapper;
  std::string& path = env["PATH"];
  path = path.empty() ? folder : folder + ":" + path;
}

}  // namespace perfwarden::os
