#include "github/link.hpp"

#include "base/text.hpp"
#include "net/url.hpp"

namespace perfwarden::github {

std::optional<std::string> next_page(std::string_view header) {
  while (true) {
    const std::size_t open = header.find('<');
    if (open == std::string_view::npos) return std::nullopt;
    const std::size_t close = header.find('>', open);
    if (close == std::string_view::npos) return std::nullopt;
    const std::string_view target = header.substr(open + 1, close - open - 1);
    const std::size_t next = header.find('<', close);
    for (const std::string_view part : text::split(header.substr(close + 1, next - close - 1), ';')) {
      const std::string relation = text::lower(text::replace_all(std::string(text::trim(part)), " ", ""));
      if (relation.starts_with("rel=\"next\"") || relation == "rel=next" || relation == "rel=next,")
        return std::string(target);
    }
    if (next == std::string_view::npos) return std::nullopt;
    header.remove_prefix(next);
  }
}

std::optional<std::string> same_origin(std::string_view api_url, std::string_view location) {
  const auto api = net::parse_url(api_url);
  if (!api || location.empty()) return std::nullopt;
  if (location.starts_with('/') && !location.starts_with("//")) {
    const std::string whole = api->origin() + std::string(location);
    return net::parse_url(whole) ? std::optional(whole) : std::nullopt;
  }
  const auto target = net::parse_url(location);
  if (!target || target->origin() != api->origin()) return std::nullopt;
  return std::string(location);
}

}  // namespace perfwarden::github
