#include "os/environment.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/text.hpp"

extern char** environ;  // NOLINT: POSIX names it so

namespace perfwarden::os {
namespace {

std::string upper(std::string_view name) {
  std::string out(name);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return out;
}

// Dashes count as underscores: GitHub keeps them in INPUT_ names, and people copy that.
std::string canonical(std::string_view name) {
  std::string out = upper(name);
  std::replace(out.begin(), out.end(), '-', '_');
  return out;
}

bool is_secret_name(std::string_view name) {
  static constexpr std::array anywhere = {"TOKEN",      "SECRET",      "PASSWORD",    "PASSWD",  "PASSPHRASE",
                                          "CREDENTIAL", "API_KEY",     "APIKEY",      "WEBHOOK", "PRIVATE_KEY",
                                          "ACCESS_KEY", "AUTH_CONFIG", "DATABASE_URL"};
  static constexpr std::array endings = {"_KEY", "_PASS", "_PWD", "_PAT", "_DSN", "_AUTH", "_CREDS", "_COOKIE"};
  static constexpr std::array whole = {"PGPASSFILE", "SSH_AUTH_SOCK", "SSH_AGENT_PID", "GIT_ASKPASS", "SSH_ASKPASS"};
  return std::any_of(anywhere.begin(), anywhere.end(),
                     [&](std::string_view part) { return name.find(part) != std::string_view::npos; }) ||
         std::any_of(endings.begin(), endings.end(), [&](std::string_view end) { return name.ends_with(end); }) ||
         std::any_of(whole.begin(), whole.end(), [&](std::string_view word) { return name == word; });
}

// Files and addresses by which a step talks back to GitHub's runner, or to us.
bool is_runner_channel(std::string_view name) {
  static constexpr std::array prefixes = {"ACTIONS_", "INPUT_", "PERFWARDEN_", "STATE_", "AI_GATE_", "AI_ANALYSIS_"};
  static constexpr std::array whole = {"GITHUB_OUTPUT",        "GITHUB_ENV",          "GITHUB_PATH",
                                       "GITHUB_STATE",         "GITHUB_STEP_SUMMARY", "GITHUB_ARTIFACTS",
                                       "GITHUB_ARTIFACTS_LIST"};
  return std::any_of(prefixes.begin(), prefixes.end(), [&](std::string_view p) { return name.starts_with(p); }) ||
         std::any_of(whole.begin(), whole.end(), [&](std::string_view word) { return name == word; });
}

// Secrets under harmless names, such as git's http.extraheader in GIT_CONFIG_VALUE_0.
bool is_secret_value(std::string_view value) {
  static constexpr std::array prefixes = {"ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"};
  for (const std::string_view prefix : prefixes) {
    const std::size_t at = value.find(prefix);
    if (at != std::string_view::npos && value.size() >= at + prefix.size() + 16) return true;
  }
  const std::string low = text::lower(value);
  return low.find("hooks.slack.com/") != std::string::npos || low.starts_with("authorization:") ||
         low.find("-----begin ") != std::string::npos;
}

}  // namespace

Environment Environment::of_process() {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view line(*entry);
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    variables.emplace(line.substr(0, equals), line.substr(equals + 1));
  }
  return Environment(std::move(variables));
}

std::optional<std::string> Environment::get(const std::string& name) const {
  const auto found = variables_.find(name);
  if (found == variables_.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

std::map<std::string, std::string> Environment::for_children() const {
  std::map<std::string, std::string> out;
  for (const auto& [name, value] : variables_) {
    const std::string canon = canonical(name);
    if (is_secret_name(canon) || is_runner_channel(canon) || is_secret_value(value)) continue;
    out.emplace(name, value);
  }
  return out;
}

std::vector<std::string> Environment::withheld() const {
  std::vector<std::string> out;
  for (const auto& [name, value] : variables_) {
    const std::string canon = canonical(name);
    if (!value.empty() && !is_runner_channel(canon) && (is_secret_name(canon) || is_secret_value(value)))
      out.push_back(name);
  }
  return out;
}

bool Environment::holds_secrets() const {
  return std::any_of(variables_.begin(), variables_.end(), [](const auto& variable) {
    return !variable.second.empty() && (is_secret_name(canonical(variable.first)) || is_secret_value(variable.second));
  });
}

}  // namespace perfwarden::os
