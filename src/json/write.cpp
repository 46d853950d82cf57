#include "json/write.hpp"

#include <cmath>

namespace perfwarden::json {
namespace {

constexpr int k_one_line = -1;

template <class Json>
std::string text_of(const Json& value, int indent) {
  return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string dump(const nlohmann::json& value) {
  return text_of(value, k_one_line);
}
std::string dump(const nlohmann::ordered_json& value) {
  return text_of(value, k_one_line);
}
std::string pretty(const nlohmann::json& value, int indent) {
  return text_of(value, indent) + "\n";
}
std::string pretty(const nlohmann::ordered_json& value, int indent) {
  return text_of(value, indent) + "\n";
}

std::string quoted(std::string_view text) {
  return dump(nlohmann::json(text));
}

std::string valid_utf8(std::string_view text) {
  return nlohmann::json::parse(quoted(text)).get<std::string>();
}

nlohmann::ordered_json number(double value) {
  return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json();
}

nlohmann::ordered_json exact_number(double value) {
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  return number(value);
}

}  // namespace perfwarden::json
