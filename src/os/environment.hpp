#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace perfwarden::os {

// Environment is the process's variables, copied once at start. Only its system constructor calls getenv.
class Environment {
 public:
  Environment() = default;
  explicit Environment(std::map<std::string, std::string> variables) : variables_(std::move(variables)) {}
  static Environment of_process();

  // The value, or nullopt when unset. An empty value counts as unset: GitHub cannot tell the two
  // apart for inputs.
  [[nodiscard]] std::optional<std::string> get(const std::string& name) const;
  [[nodiscard]] const std::map<std::string, std::string>& all() const { return variables_; }
  // What a benchmark may see: without tokens, secrets, GITHUB_* command files, ACTIONS_*, INPUT_*,
  // PERFWARDEN_* and webhooks.
  [[nodiscard]] std::map<std::string, std::string> for_children() const;
  // The names of the variables that for_children() removes because they look like secrets, sorted.
  [[nodiscard]] std::vector<std::string> withheld() const;
  // True when a non-empty variable looks like a token or password: then call protect_secrets().
  [[nodiscard]] bool holds_secrets() const;

 private:
  std::map<std::string, std::string> variables_;
};

}  // namespace perfwarden::os
