#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/alert.hpp"
#include "store/store.hpp"

// A whole history as text: one JSON object a line (perfwarden.history/1), each with a member "run", "alert", "event" or
// "deployment".
namespace perfwarden::app {

// Without a final newline.
[[nodiscard]] std::string line_of(const store::RunRecord& record);
[[nodiscard]] std::string line_of(const Alert& alert);
[[nodiscard]] std::string line_of(const store::Event& event);
[[nodiscard]] std::string line_of(const Deployment& deployment);
// What the line says of the alert.
[[nodiscard]] nlohmann::ordered_json json_of(const Alert& alert);

[[nodiscard]] bool is_history_text(std::string_view text);
struct HistoryText {
  std::vector<store::RunRecord> runs;
  std::vector<Alert> alerts;
  std::vector<store::Event> events;
  std::vector<Deployment> deployments;
};
// Error (parse) with "file:line".
[[nodiscard]] Result<HistoryText> read_history_text(std::string_view text, const std::string& file);

}  // namespace perfwarden::app
