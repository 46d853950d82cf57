#include "json/cursor.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "base/text.hpp"

namespace perfwarden::json {
namespace {

constexpr std::size_t k_longest_text = 1U << 20U;
constexpr std::size_t k_shown = 60;

const nlohmann::json& nothing() {
  static const nlohmann::json null;
  return null;
}

}  // namespace

void Cursor::fail(std::string what) const {
  if (failed()) return;
  problem_->place = place_.empty() ? "/" : place_;
  problem_->what = std::move(what);
}

void Cursor::expected(std::string_view what) const {
  fail(fmt::format("expected {}, found {}", what, value_->type_name()));
}

void Cursor::fail_unknown(const std::string& given) const {
  fail(fmt::format("unknown value '{}'", text::truncate(text::one_line(given.substr(0, k_shown * 4)), k_shown)));
}

std::string Cursor::escaped(std::string_view name) {
  std::string out = text::truncate(text::one_line(name.substr(0, k_shown * 4)), k_shown);
  out = text::replace_all(std::move(out), "~", "~0");
  return text::replace_all(std::move(out), "/", "~1");
}

Cursor Cursor::operator[](const char* key) const {
  const std::string place = place_ + "/" + key;
  if (!value_->is_object()) {
    expected("an object");
  } else if (const auto found = value_->find(key); found != value_->end()) {
    return {*found, place, *problem_};
  } else {
    Cursor(nothing(), place, *problem_).fail("missing");
  }
  return {nothing(), place, *problem_};
}

std::string Cursor::text() const {
  if (!value_->is_string()) {
    expected("a string");
    return "";
  }
  const auto& s = value_->get_ref<const std::string&>();
  if (s.size() > k_longest_text) {
    fail(fmt::format("a string longer than {} KiB", k_longest_text / 1024));
    return "";
  }
  return s;
}

double Cursor::number() const {
  if (value_->is_number()) return value_->get<double>();
  if (value_->is_string()) {
    const auto& s = value_->get_ref<const std::string&>();
    if (s == "inf") return std::numeric_limits<double>::infinity();
    if (s == "-inf") return -std::numeric_limits<double>::infinity();
  }
  if (!value_->is_null()) expected("a number, null, \"inf\" or \"-inf\"");
  return std::numeric_limits<double>::quiet_NaN();
}

bool Cursor::flag() const {
  if (!value_->is_boolean()) expected("true or false");
  return value_->is_boolean() && value_->get<bool>();
}

std::size_t Cursor::size() const {
  constexpr std::uint64_t k_most = 1ULL << 53U;
  if (value_->is_number_unsigned() && value_->get<std::uint64_t>() <= k_most) return value_->get<std::size_t>();
  expected("a whole number from 0 up");
  return 0;
}

std::int64_t Cursor::integer() const {
  if (value_->is_number_unsigned() &&
      value_->get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    fail("a whole number that is too large");
    return 0;
  }
  if (value_->is_number_integer()) return value_->get<std::int64_t>();
  expected("a whole number");
  return 0;
}

bool Cursor::is_array(std::size_t most) const {
  if (!value_->is_array()) {
    expected("an array");
    return false;
  }
  if (value_->size() > most) fail(fmt::format("more than {} items", most));
  return value_->size() <= most;
}

bool Cursor::is_object(std::size_t most) const {
  if (!value_->is_object()) {
    expected("an object");
    return false;
  }
  if (value_->size() > most) fail(fmt::format("more than {} members", most));
  return value_->size() <= most;
}

}  // namespace perfwarden::json
