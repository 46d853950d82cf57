#include "json/path.hpp"

#include <limits>

namespace perfwarden::json {

std::optional<nlohmann::json> parse(std::string_view text) {
  nlohmann::json value = nlohmann::json::parse(text, nullptr, false);
  if (value.is_discarded()) return std::nullopt;
  return value;
}

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

std::string dump(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace perfwarden::json
