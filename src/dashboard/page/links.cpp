#include "dashboard/page/links.hpp"

#include <fmt/format.h>

#include "dashboard/api/question.hpp"

namespace perfwarden::dashboard {

std::string Links::page(std::string_view name) const {
  if (as_files) return fmt::format("{}{}.html", root, name == "status" ? "index" : name);
  const std::string address = root + (name == "status" ? "" : std::string(name));
  return address.empty() ? "./" : address;
}

std::string Links::one(std::string_view kind, std::int64_t id) const {
  if (id <= 0 || (has && !has(kind, id))) return "";
  if (as_files) return fmt::format("{}{}-{}.html", root, kind, id);
  return fmt::format("{}{}/{}", root, kind == "alert" ? "alerts" : kind == "run" ? "runs" : kind, id);
}

std::string Links::query(std::string_view name, std::string_view parameters) const {
  return as_files ? "" : fmt::format("{}?{}", page(name), parameters);
}

std::string Links::flame(std::int64_t base, std::int64_t profile) const {
  if (has_flame && !has_flame(flame_file(base, profile))) return "";
  if (as_files) return fmt::format("{}{}", root, flame_file(base, profile));
  return fmt::format("{}chart/flame.svg?{}profile={}", root, base > 0 ? fmt::format("base={}&", base) : "", profile);
}

std::string flame_file(std::int64_t base, std::int64_t profile) {
  return base > 0 ? fmt::format("flame-{}-{}.svg", base, profile) : fmt::format("flame-{}.svg", profile);
}

std::string Links::compare(const std::string& base, const std::string& head) const {
  if (base.empty() || head.empty()) return "";
  return query("compare", fmt::format("base={}&head={}", percent_encoded(base), percent_encoded(head)));
}

}  // namespace perfwarden::dashboard
