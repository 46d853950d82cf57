#include "dashboard/api/question.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace perfwarden::dashboard {
namespace {

constexpr std::size_t k_most_parameters = 32;

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
  return std::nullopt;
}

}  // namespace

std::string Question::text(const std::string& key, const std::string& otherwise) const {
  const auto found = parameters.find(key);
  return found == parameters.end() || found->second.empty() ? otherwise : found->second;
}

bool Question::flag(const std::string& key) const {
  const std::string value = text(key);
  return value == "1" || value == "true";
}

Result<std::int64_t> Question::number(const std::string& key, std::int64_t otherwise, std::int64_t least,
                                      std::int64_t most) const {
  const std::string value = text(key);
  if (value.empty()) return otherwise;
  const auto number = text::to_integer(value);
  if (number && *number >= least && *number <= most) return static_cast<std::int64_t>(*number);
  return Error{.kind = ErrorKind::usage,
               .what = fmt::format("'{}' is not a number from {} to {}", text::one_line(value), least, most),
               .where = key};
}

std::string Question::key() const {
  std::string out;
  for (const std::string& segment : path) out += "/" + percent_encoded(segment);
  for (const auto& [key, value] : parameters)
    out += fmt::format("&{}={}", percent_encoded(key), percent_encoded(value));
  return out;
}

Result<Part> part_of(const Question& question, std::size_t limit, std::size_t most) {
  PW_TRY_ASSIGN(const std::int64_t offset, question.number("offset", 0, 0, 100'000'000));
  PW_TRY_ASSIGN(const std::int64_t wanted,
                question.number("limit", static_cast<std::int64_t>(limit), 1, static_cast<std::int64_t>(most)));
  return Part{static_cast<std::size_t>(offset), static_cast<std::size_t>(wanted)};
}

std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_blank) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const auto high = hex_digit(text[i + 1]);
      const auto low = hex_digit(text[i + 2]);
      if (!high || !low) return std::nullopt;
      out += static_cast<char>(*high * 16 + *low);
      i += 2;
    } else {
      out += plus_is_blank && text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

std::optional<std::map<std::string, std::string>> read_parameters(std::string_view text) {
  std::map<std::string, std::string> out;
  if (text.empty()) return out;
  for (const std::string_view pair : text::split(text, '&')) {
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    auto key = percent_decoded(pair.substr(0, equals), true);
    auto value = percent_decoded(equals == std::string_view::npos ? "" : pair.substr(equals + 1), true);
    if (!key || !value || out.size() >= k_most_parameters) return std::nullopt;
    if (!out.emplace(*std::move(key), *std::move(value)).second) return std::nullopt;
  }
  return out;
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (text::is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~')
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

Error not_there(std::string what, std::string hint) {
  return {
      .kind = ErrorKind::usage, .what = std::move(what), .where = std::string(k_not_there), .hint = std::move(hint)};
}

}  // namespace perfwarden::dashboard
