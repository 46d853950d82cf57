#pragma once

#include <string>
#include <utility>
#include <vector>

#include "model/config.hpp"

// Configurations to make plans of.
namespace perfwarden::plan::test {

// Runs "./name" so often a side.
inline Suite suite_of(const std::string& name, int runs, int warmup = 0) {
  Suite suite;
  suite.name = name;
  suite.run.argv = {"./" + name};
  suite.iterations = {runs, runs, 300};
  suite.warmup = warmup;
  return suite;
}

inline Config config_of(std::vector<Suite> suites) {
  Config config;
  config.suites = std::move(suites);
  return config;
}

}  // namespace perfwarden::plan::test
