#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "base/result.hpp"
#include "json/limits.hpp"

namespace perfwarden::json {

struct ParseOptions {
  std::string_view hint{};  // the cure that goes with every error
  Limits limits{};
};

// The whole text as one value, within limits that are checked before anything is parsed; of a repeated key the last one
// counts. `name` is for messages. Error (parse) with "name:line:column". Read the value by path.hpp where it may be of
// any shape, by cursor.hpp where it must be of one; tree.hpp reads benchmark outputs of any size.
[[nodiscard]] Result<nlohmann::json> parse(std::string_view text, std::string_view name = "JSON",
                                           const ParseOptions& options = {});

}  // namespace perfwarden::json
