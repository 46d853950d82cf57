#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "os/environment.hpp"

namespace perfwarden::os {

// A process that started us, or started that one, and the variables it was started with, which it shows to every
// process of its user (/proc/PID/environ).
struct Ancestor {
  pid_t pid = 0;
  unsigned uid = 0;
  std::string name;  // of its program, made safe to print
  Environment environment;
};

// The ancestors of `pid` whose variables we can read, nearest first.
[[nodiscard]] std::vector<Ancestor> ancestors_of(pid_t pid);
[[nodiscard]] std::vector<Ancestor> our_ancestors();

}  // namespace perfwarden::os
