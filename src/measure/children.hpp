#pragma once

#include <map>
#include <optional>
#include <string>

namespace perfwarden::measure {

// The folder of each side and the environment of its processes.
struct Children {
  std::string base_directory;  // empty when the plan has one side
  std::string head_directory;
  std::map<std::string, std::string> env;  // os::Environment::for_children()
  std::optional<unsigned> uid, gid;        // run children as this user
  bool no_aslr = false;                    // run benchmarks without address space randomization
  // By PATH: the folder of compilers that align functions (os::align_compilers), put before it in builds and set-ups.
  std::map<std::string, std::string> compilers{};
};

}  // namespace perfwarden::measure
