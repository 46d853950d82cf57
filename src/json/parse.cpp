#include "json/parse.hpp"

#include <fmt/format.h>

#include "json/source.hpp"

namespace perfwarden::json {

Result<nlohmann::json> parse(std::string_view text, std::string_view name, const ParseOptions& options) {
  const Source source{text, name, options.hint};
  PW_TRY_ASSIGN(const Extent extent, find_value(source, options.limits));
  if (extent.values > options.limits.values)
    return source.fault(extent.begin, fmt::format("the JSON holds more than {} values", options.limits.values));
  const std::string_view value = text.substr(extent.begin, extent.size);
  try {
    return nlohmann::json::parse(value.begin(), value.end());
  } catch (const nlohmann::json::parse_error& e) {
    const std::size_t offset = e.byte == 0 ? 0 : e.byte - 1;
    return offset >= value.size() ? source.cut_off() : source.unexpected(extent.begin + offset);
  } catch (const nlohmann::json::exception&) {
    return source.fault(extent.begin, "a number in the JSON is too large");
  }
}

}  // namespace perfwarden::json
