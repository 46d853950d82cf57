#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.hpp"

// Builds whose functions start at cache lines, without touching what a project sets: a folder with scripts of the
// compilers' names, to be put first in PATH. A script calls the next program of its name on PATH and adds one flag
// before all others, so that the project's own flags win. Variables such as CFLAGS and RUSTFLAGS stay as they are:
// setting one would replace what a Makefile (`?=`), a configure script (`-g -O2`) or Cargo's config says.
// CCC_OVERRIDE_OPTIONS is not used either: ccache does not see it, and would hand out aligned objects to other builds.
namespace perfwarden::os {

inline constexpr std::string_view k_align_flag = "-falign-functions=64";
// Names an object file that the scripts link before all others, where they are called to link.
inline constexpr const char* k_first_object = "PERFWARDEN_FIRST_OBJECT";
inline constexpr std::string_view k_align_flag_of_rust = "-C llvm-args=-align-all-functions=6";  // 2^6 bytes

// The compilers that can be told to align functions, as they are called by name on `path`: name → file. C, C++ and
// Fortran of GCC and Clang under all their names (cc, g++-12, x86_64-linux-gnu-gcc, …), and rustc.
[[nodiscard]] std::map<std::string, std::string> compilers_on(const std::string& path);

// Makes `folder`, an absolute path, the folder of scripts for what is on `path`. Whatever else was in it is removed. On
// an unchanged machine the scripts stay as they are, and their time is that of the compiler that they stand for, since
// ccache takes both for the compiler's identity. False when there is no compiler on `path`, and nothing was made. Error
// (config) when the folder's path cannot stand in PATH; Error (io).
[[nodiscard]] Result<bool> align_compilers(const std::string& folder, const std::string& path);

// Puts such a folder first in the PATH of a command that runs in `directory`. Cargo gets its script as RUSTC_WRAPPER,
// unless the environment or a config of Cargo's names a wrapper.
void put_first(const std::string& folder, const std::string& directory, std::map<std::string, std::string>& env);

}  // namespace perfwarden::os
