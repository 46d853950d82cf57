#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/alert.hpp"
#include "store/store.hpp"

// A whole history as text: one JSON object a line (perfwarden.history/1), each with a member "run" or "alert".
namespace perfwarden::app {

// Without a final newline.
[[nodiscard]] std::string line_of(const store::RunRecord& record);
[[nodiscard]] std::string line_of(const Alert& alert);
// What the line says of the alert.
[[nodiscard]] nlohmann::ordered_json json_of(const Alert& alert);

[[nodiscard]] bool is_history_text(std::string_view text);
struct HistoryText {
  std::vector<store::RunRecord> runs;
  std::vector<Alert> alerts;
};
// Error (parse) with "file:line".
[[nodiscard]] Result<HistoryText> read_history_text(std::string_view text, const std::string& file);

}  // namespace perfwarden::app
