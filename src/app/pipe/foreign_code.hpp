#pragma once

#include <string>

#include "app/cli/world.hpp"
#include "base/result.hpp"
#include "github/command_files.hpp"
#include "measure/children.hpp"

namespace perfwarden::app {

// ForeignCode stands around the time in which commands of the repository run, builds and benchmarks alike: a pull
// request may have written them. They get a folder of their own as RUNNER_TEMP, and what they did to the files by which
// a step commands the runner is undone.
class ForeignCode {
 public:
  // Error (io) when the folder cannot be made.
  [[nodiscard]] static Result<ForeignCode> begin(const World& world, measure::Children children);
  ~ForeignCode();
  ForeignCode(ForeignCode&& other) noexcept;
  ForeignCode& operator=(ForeignCode&&) = delete;
  ForeignCode(const ForeignCode&) = delete;
  ForeignCode& operator=(const ForeignCode&) = delete;

  [[nodiscard]] const measure::Children& children() const { return children_; }
  // To be called when all of it has ended, before anything is believed or written. Error (benchmark) when it wrote to a
  // command file; that is undone in any case, also when this is not called.
  [[nodiscard]] Status end();

 private:
  ForeignCode(measure::Children children, github::CommandFiles files)
      : children_(std::move(children)), files_(std::move(files)) {}

  measure::Children children_;
  github::CommandFiles files_;
  bool ended_ = false;
  std::string temporary_;  // empty: none was needed, or moved from
};

}  // namespace perfwarden::app
