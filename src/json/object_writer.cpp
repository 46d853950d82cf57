#include "json/object_writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace perfwarden::json {
namespace {

void put_quoted(std::string& out, std::string_view text) {
  const bool plain =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < '\x7f' && c != '"' && c != '\\'; });
  if (!plain) {
    out += quoted(text);
    return;
  }
  out += '"';
  out += text;
  out += '"';
}

// nlohmann's form of a double, as `dump` has it.
void put_finite(std::string& out, double value) {
  std::array<char, 64> digits{};
  const char* const end = nlohmann::detail::to_chars(digits.data(), digits.data() + digits.size(), value);
  out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

void put_number(std::string& out, double value) {
  if (std::isfinite(value)) return put_finite(out, value);
  out += "null";
}

void put_exact(std::string& out, double value) {
  if (!std::isinf(value)) return put_number(out, value);
  out += value > 0 ? "\"inf\"" : "\"-inf\"";
}

void put_whole(std::string& out, std::size_t value) {
  std::array<char, 32> digits{};
  out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
}

template <class Number, class Put>
void put_all(std::string& out, std::span<const Number> values, Put put) {
  out += '[';
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out += ',';
    put(out, values[i]);
  }
  out += ']';
}

}  // namespace

void ObjectWriter::begin(std::string_view key) {
  if (!first_) out_ += ',';
  first_ = false;
  out_ += '"';
  out_ += key;
  out_ += "\":";
}

void ObjectWriter::text(std::string_view key, std::string_view value) {
  begin(key);
  put_quoted(out_, value);
}

void ObjectWriter::number(std::string_view key, double value) {
  begin(key);
  put_number(out_, value);
}

void ObjectWriter::exact(std::string_view key, double value) {
  begin(key);
  put_exact(out_, value);
}

void ObjectWriter::exact(std::string_view key, std::span<const double> values) {
  begin(key);
  put_all(out_, values, put_exact);
}

void ObjectWriter::numbers(std::string_view key, std::span<const double> values) {
  begin(key);
  put_all(out_, values, put_number);
}

void ObjectWriter::whole(std::string_view key, std::size_t value) {
  begin(key);
  put_whole(out_, value);
}

void ObjectWriter::wholes(std::string_view key, std::span<const std::uint32_t> values) {
  begin(key);
  put_all(out_, values, put_whole);
}

void ObjectWriter::flag(std::string_view key, bool value) {
  begin(key);
  out_ += value ? "true" : "false";
}

void ObjectWriter::null(std::string_view key) {
  begin(key);
  out_ += "null";
}

nlohmann::ordered_json ordered(std::string_view own_text) {
  return nlohmann::ordered_json::parse(own_text);
}

}  // namespace perfwarden::json
