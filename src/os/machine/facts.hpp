#pragma once

#include <string>

#include "base/result.hpp"
#include "model/machine.hpp"

namespace perfwarden::os {

// Reads the facts of this machine from `root`/proc and `root`/sys ("" = the real ones; tests give a
// folder). Facts that cannot be read are omitted. Sealed.
[[nodiscard]] Machine read_machine(const std::string& root = "");

}  // namespace perfwarden::os
