#include "json/path.hpp"

#include <cmath>
#include <limits>

namespace perfwarden::json {

const nlohmann::json* at(const nlohmann::json& value, std::initializer_list<std::string_view> path) {
  const nlohmann::json* here = &value;
  for (const std::string_view key : path) {
    if (!here->is_object()) return nullptr;
    const auto found = here->find(key);
    if (found == here->end()) return nullptr;
    here = &*found;
  }
  return here;
}

std::string string_at(const nlohmann::json& value, std::initializer_list<std::string_view> path) {
  const nlohmann::json* found = at(value, path);
  return found != nullptr && found->is_string() ? found->get<std::string>() : "";
}

std::int64_t integer_at(const nlohmann::json& value, std::initializer_list<std::string_view> path) {
  const nlohmann::json* found = at(value, path);
  if (found == nullptr || !found->is_number_integer()) return 0;
  constexpr auto k_most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (found->is_number_unsigned() && found->get<std::uint64_t>() > k_most) return 0;
  return found->get<std::int64_t>();
}

const nlohmann::json& member(const nlohmann::json& value, std::string_view key) {
  static const nlohmann::json none;
  const nlohmann::json* found = at(value, {key});
  return found == nullptr ? none : *found;
}

std::string_view text_of(const nlohmann::json& value) {
  const auto* text = value.get_ptr<const nlohmann::json::string_t*>();
  return text == nullptr ? std::string_view{} : std::string_view(*text);
}

std::optional<double> number_of(const nlohmann::json& value) {
  if (!value.is_number()) return std::nullopt;
  const auto number = value.get<double>();
  return std::isfinite(number) ? std::optional(number) : std::nullopt;
}

std::optional<std::int64_t> whole_number_of(const nlohmann::json& value) {
  const std::optional<double> number = number_of(value);
  constexpr double k_exact = 9007199254740992.0;  // 2^53
  if (!number || std::abs(*number) > k_exact || *number != std::trunc(*number)) return std::nullopt;
  return static_cast<std::int64_t>(*number);
}

std::optional<std::size_t> index_of(const nlohmann::json& value, std::size_t size) {
  const std::optional<std::int64_t> number = whole_number_of(value);
  if (!number || *number < 0 || static_cast<std::size_t>(*number) >= size) return std::nullopt;
  return static_cast<std::size_t>(*number);
}

}  // namespace perfwarden::json
