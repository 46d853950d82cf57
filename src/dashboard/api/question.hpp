#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace perfwarden::dashboard {

using Json = nlohmann::ordered_json;

// A Question is an address below /api/v1: "alerts/7" and its parameters, decoded. Hostile text.
struct Question {
  std::vector<std::string> path;
  std::map<std::string, std::string> parameters;
  [[nodiscard]] std::string text(const std::string& key, const std::string& otherwise = "") const;
  [[nodiscard]] bool flag(const std::string& key) const;  // "1" or "true"
  // Error (usage) for anything but a whole number of that range.
  [[nodiscard]] Result<std::int64_t> number(const std::string& key, std::int64_t otherwise, std::int64_t least,
                                            std::int64_t most) const;
  [[nodiscard]] std::string key() const;  // the same for equal questions only
};

// A part of the results of a question that has many.
struct Part {
  std::size_t offset = 0, limit = 0;
};
[[nodiscard]] Result<Part> part_of(const Question& question, std::size_t limit, std::size_t most);

// "a=1&b=%20" decoded; nullopt when it is damaged, has a key twice, or more than 32 keys. '+' is a blank.
[[nodiscard]] std::optional<std::map<std::string, std::string>> read_parameters(std::string_view text);
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_blank);
[[nodiscard]] std::string percent_encoded(std::string_view text);  // all but letters, digits and -._~

// Nothing of that name is there. An Error of kind usage with this in `where` is answered with 404, others with 400.
inline constexpr std::string_view k_not_there = "404";
[[nodiscard]] Error not_there(std::string what, std::string hint = "");

}  // namespace perfwarden::dashboard
