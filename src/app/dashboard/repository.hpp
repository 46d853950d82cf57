#pragma once

#include <map>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

#include "app/cli/world.hpp"
#include "app/history/background.hpp"
#include "dashboard/desk.hpp"

namespace perfwarden::app {

// The repository of the current folder, as the dashboard asks for it. What git said of commits is remembered, since
// they do not change, until the history knows more; git runs for one thread at a time.
class GitRepository final : public dashboard::Repository {
 public:
  GitRepository(World& world, std::string history, std::string branch)
      : world_(&world), history_(std::move(history)), branch_(std::move(branch)) {}
  [[nodiscard]] dashboard::Origins origins(const CommitRange& range) override;
  [[nodiscard]] std::string subject(const std::string& commit) override;

 private:
  void read_subjects();
  void read_background();

  World* world_;
  std::string history_, branch_;
  Background background_;
  double background_read_s_ = -1;  // when; below 0: not yet
  std::mutex lock_;
  std::map<std::pair<std::string, std::string>, dashboard::Origins> origins_;
  std::unordered_map<std::string, std::string> subjects_;
  double subjects_read_s_ = -1;  // when; below 0: not yet
};

}  // namespace perfwarden::app
