#pragma once

#include <string>
#include <utility>
#include <vector>

#include "os/process/processes.hpp"

namespace perfwarden::os {

// The first file of that name on `path`, a PATH, that can be run; empty when there is none.
[[nodiscard]] std::string find_program(const std::string& path, const std::string& name);

// What a build started here may use besides its own files, as (name, value): system release, state of the package
// databases (dpkg, apk, rpm, pacman), what is installed below /usr/local, state of rustup, processor, and of each usual
// compiler, runtime and build tool on PATH the file behind its name (path, size, time) and the version it reports (`cc
// --version`), since the name may be a shim that chooses among several. The tools run like `like`: in its folder, with
// its environment, as its user. Not included: a library below another prefix, a compiler in a container that the build
// starts, a package that the build downloads. The result is the same on an unchanged machine.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> read_toolchain(Processes& processes,
                                                                              const Command& like);

}  // namespace perfwarden::os
