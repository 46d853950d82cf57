#include "config/reader.hpp"

#include <fmt/format.h>

#include <cmath>
#include <set>

#include "base/text.hpp"
#include "model/unit.hpp"

namespace perfwarden::config {
namespace {

constexpr std::string_view k_digits = "0123456789";
constexpr std::string_view k_units =
    "ns, us, ms, s, min, h; B, kB, KiB, MB, MiB, GB, GiB, TB, TiB; op/s, B/s, kB/s, MB/s, MiB/s, GB/s; J, mJ";

bool all_digits(std::string_view s) {
  return !s.empty() && s.find_first_not_of(k_digits) == std::string_view::npos;
}

// The number that `s` begins with, like "5" or "5.25". Empty when `s` does not begin with a number.
std::string_view leading_number(std::string_view s) {
  std::size_t end = std::min(s.find_first_not_of(k_digits), s.size());
  if (end == 0) return {};
  if (end + 1 < s.size() && s[end] == '.' && k_digits.find(s[end + 1]) != std::string_view::npos)
    end = std::min(s.find_first_not_of(k_digits, end + 1), s.size());
  return s.substr(0, end);
}

bool is_real(std::string_view s) {
  if (s.starts_with('+') || s.starts_with('-')) s.remove_prefix(1);
  const std::string low = text::lower(s);
  if (low == ".inf" || low == ".nan") return true;
  const std::size_t exponent = low.find('e');
  std::string_view mantissa = s.substr(0, exponent);
  if (exponent != std::string::npos) {
    std::string_view power = s.substr(exponent + 1);
    if (power.starts_with('+') || power.starts_with('-')) power.remove_prefix(1);
    if (!all_digits(power)) return false;
  }
  const std::size_t dot = mantissa.find('.');
  if (dot == std::string_view::npos) return all_digits(mantissa);
  const std::string_view whole = mantissa.substr(0, dot), part = mantissa.substr(dot + 1);
  if (whole.empty() && part.empty()) return false;
  return (whole.empty() || all_digits(whole)) && (part.empty() || all_digits(part));
}

// "<= 5 ms" → "max", "5 ms".
std::optional<std::pair<std::string_view, std::string_view>> comparison(std::string_view s) {
  for (const auto& [sign, key] : {std::pair<std::string_view, std::string_view>{"<=", "max"},
                                  {">=", "min"},
                                  {"≤", "max"},
                                  {"≥", "min"},
                                  {"<", "max"},
                                  {">", "min"}})
    if (s.starts_with(sign)) return std::pair{key, text::trim(s.substr(sign.size()))};
  return std::nullopt;
}

std::string unit_fault(std::string_view unit) {
  return fmt::format("unknown unit '{}'", text::one_line(unit));
}

// The change that a number without a unit, or a percentage without a sign, stands for: 5 and 5%, but also 0.05, 1.05
// and 105%, as other tools write +5%.
std::string percent_meant_by(std::string_view number, bool is_percentage) {
  const double value = text::to_double(number).value_or(0);
  double percent = value;
  if (!is_percentage && value > 0 && value < 1) percent = value * 100;
  if (!is_percentage && value > 1 && value < 2) percent = (value - 1) * 100;
  if (value > 100 && value <= 1000) percent = value - 100;
  return fmt::format("{:.4g}%", percent);
}

}  // namespace

ScalarType type_of(const Node& scalar) {
  if (scalar.quoted || scalar.given_outside()) return ScalarType::text;
  const std::string_view s = scalar.text;
  for (const std::string_view word : {"true", "True", "TRUE", "false", "False", "FALSE"})
    if (s == word) return ScalarType::boolean;
  const std::string_view unsigned_part = s.substr(s.starts_with('+') || s.starts_with('-') ? 1 : 0);
  if (all_digits(unsigned_part)) return ScalarType::integer;
  if (s.starts_with("0x") && s.size() > 2 && s.find_first_not_of("0123456789abcdefABCDEF", 2) == std::string_view::npos)
    return ScalarType::integer;
  if (s.starts_with("0o") && s.size() > 2 && s.find_first_not_of("01234567", 2) == std::string_view::npos)
    return ScalarType::integer;
  return is_real(s) ? ScalarType::real : ScalarType::text;
}

bool is_off(const Node& node) {
  if (node.kind != Node::Kind::scalar) return false;
  return node.text == "off" || (!node.quoted && text::lower(node.text) == "false");
}

std::string describe(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null:
      return "nothing";
    case Node::Kind::sequence:
      return "a list";
    case Node::Kind::map:
      return "a mapping";
    case Node::Kind::scalar:
      break;
  }
  const std::string shown = text::truncate(text::one_line(node.text), 60);
  if (node.text.empty()) return "empty text";
  const ScalarType type = type_of(node);
  if (type == ScalarType::integer || type == ScalarType::real) return "the number " + shown;
  return type == ScalarType::boolean ? shown : "'" + shown + "'";
}

void Reader::problem(const Node& node, std::string what, std::string cure) {
  std::size_t width = source.width(node.place, node.text);
  // A null value has the place of its key.
  if (node.kind == Node::Kind::null && !node.given_outside()) {
    const std::string_view rest = source.rest(node.place);
    if (width == 1) width = std::max<std::size_t>(text::trim(rest.substr(0, rest.find(':'))).size(), 1);
  }
  problems.add(node.place, width, std::move(what), std::move(cure));
}

void Reader::problem_within(const Node& node, std::size_t offset, std::size_t width, std::string what,
                            std::string cure) {
  Place at = node.place;
  std::string_view rest = source.rest(at);
  std::size_t skipped = 0;
  if (node.quoted && (rest.starts_with('"') || rest.starts_with('\''))) {
    rest.remove_prefix(1);
    skipped = 1;
  }
  if (node.given_outside() || !rest.starts_with(node.text)) return problem(node, std::move(what), std::move(cure));
  at.offset += static_cast<int>(skipped + offset);
  problems.add(at, width, std::move(what), std::move(cure));
}

void Reader::warn(std::string code, const Node& at, const std::string& what) {
  loaded.warnings.push_back({std::move(code), source.origin(at.place) + ": " + what});
}

void Reader::record(std::string key, std::string value, std::string origin) {
  loaded.origins.push_back({std::move(key), std::move(value), std::move(origin)});
}

bool Reader::is_map(const Node& node, std::string_view title) {
  if (node.kind == Node::Kind::map) return true;
  problem(node,
          node.kind == Node::Kind::null ? fmt::format("{} is empty", title)
                                        : fmt::format("{} must be a mapping, not {}", title, describe(node)),
          "write its keys on the lines below, indented");
  return false;
}

std::optional<std::string> Reader::text(const Node& node, std::string_view key) {
  if (node.kind == Node::Kind::null) {
    problem(node, fmt::format("'{}' has no value", key), "give one or take the key out");
  } else if (node.kind != Node::Kind::scalar) {
    problem(node, fmt::format("'{}' must be text, not {}", key, describe(node)), "");
  } else if (text::trim(node.text).empty()) {
    problem(node, fmt::format("'{}' is empty", key), "give a value or take the key out");
  } else if (type_of(node) != ScalarType::text) {
    problem(node, fmt::format("'{}' must be text, not {}", key, describe(node)),
            fmt::format("write it in quotes: \"{}\"", node.text));
  } else {
    return node.text;
  }
  return std::nullopt;
}

std::optional<std::string> Reader::literal(const Node& node, std::string_view key) {
  if (node.kind == Node::Kind::scalar) return node.text;
  problem(node, fmt::format("'{}' must be text or a number, not {}", key, describe(node)),
          node.kind == Node::Kind::null ? "write \"\" for empty text" : "");
  return std::nullopt;
}

std::optional<bool> Reader::boolean(const Node& node, std::string_view key) {
  if (node.kind == Node::Kind::scalar && !node.quoted) {
    const std::string low = text::lower(node.text);
    if (low == "true" && (node.given_outside() || type_of(node) == ScalarType::boolean)) return true;
    if (low == "false" && (node.given_outside() || type_of(node) == ScalarType::boolean)) return false;
  }
  problem(node, fmt::format("'{}' must be true or false, not {}", key, describe(node)),
          "write true or false, without quotes");
  return std::nullopt;
}

std::optional<int> Reader::integer(const Node& node, std::string_view key, int low, int high) {
  const bool number = node.kind == Node::Kind::scalar &&
                      (node.given_outside() || type_of(node) == ScalarType::integer) && !node.text.starts_with("0x") &&
                      !node.text.starts_with("0o");
  std::string_view digits = node.text;
  if (digits.starts_with('+')) digits.remove_prefix(1);
  const auto value = number ? text::to_integer(digits) : std::nullopt;
  if (value && *value >= low && *value <= high) return static_cast<int>(*value);
  const std::string bounds = fmt::format("write a whole number from {} to {}", low, high);
  if (value || (number && all_digits(digits)))
    problem(node, fmt::format("'{}' is out of range: {}", key, text::truncate(node.text, 40)), bounds);
  else
    problem(node, fmt::format("'{}' must be a whole number, not {}", key, describe(node)), bounds);
  return std::nullopt;
}

std::optional<double> Reader::percent(const Node& node, std::string_view key, Range percent) {
  const std::string bounds = fmt::format("write a percentage from {:g}% to {:g}%", percent.low, percent.high);
  const std::string_view whole = node.kind == Node::Kind::scalar ? std::string_view(node.text) : std::string_view();
  const std::string_view number = leading_number(whole);
  const auto value = text::to_double(number);
  const bool typed = node.kind == Node::Kind::scalar && type_of(node) == ScalarType::text;
  if (typed && value && whole.substr(number.size()) == "%") {
    if (*value >= percent.low && *value <= percent.high) return *value / 100;
    problem(node, fmt::format("'{}' is out of range: {}", key, whole), bounds);
  } else if (value && number.size() == whole.size()) {
    problem(node, fmt::format("'{}' needs a '%'", key),
            *value < 1 ? fmt::format("did you mean {:g}%?", *value * 100) : fmt::format("did you mean {}%?", number));
  } else {
    problem(node, fmt::format("'{}' must be a percentage, not {}", key, describe(node)), bounds);
  }
  return std::nullopt;
}

std::optional<double> Reader::duration_s(const Node& node, std::string_view key, Range seconds) {
  constexpr std::string_view k_cure = "write a number and ms, s, m, h, d or w: 90s, 10m";
  constexpr double k_day_s = 86400;
  const std::string_view whole = node.kind == Node::Kind::scalar ? std::string_view(node.text) : std::string_view();
  const std::string_view number = leading_number(whole);
  const std::string_view behind = whole.substr(number.size());
  const std::string_view unit = behind.starts_with(' ') ? behind.substr(1) : behind;
  const bool spaced = unit.starts_with(' ');
  if (number.empty()) {
    problem(node, fmt::format("'{}' must be a duration, not {}", key, describe(node)), std::string(k_cure));
  } else if (unit.empty()) {
    problem(node, fmt::format("'{}' needs a unit", key), fmt::format("did you mean {}s?", number));
  } else if (const auto value = parse_duration_s(whole); value && !spaced) {
    if (*value >= seconds.low && *value <= seconds.high) return value;
    problem(node, fmt::format("'{}' is out of range: {}", key, whole),
            fmt::format(
                "write a duration from {} to {:g}d",
                seconds.low < k_day_s ? fmt::format("{:g}s", seconds.low) : fmt::format("{:g}d", seconds.low / k_day_s),
                seconds.high / k_day_s));
  } else if (text::to_double(number) == 0.0) {
    problem(node, fmt::format("'{}' must be above zero", key), std::string(k_cure));
  } else {
    problem(node, fmt::format("{} of a duration in '{}'", unit_fault(unit), key), std::string(k_cure));
  }
  return std::nullopt;
}

std::optional<Change> Reader::change(const Node& node, std::string_view key) {
  if (node.kind != Node::Kind::scalar) {
    problem(node, fmt::format("'{}' must be a change like +5%, not {}", key, describe(node)), "");
    return std::nullopt;
  }
  const std::string_view whole = node.text;
  const bool signed_ = whole.starts_with('+') || whole.starts_with('-');
  const std::string_view body = signed_ ? whole.substr(1) : whole;
  const std::string_view number = leading_number(body);
  const std::string_view behind = body.substr(number.size());
  const std::string_view unit = behind.starts_with(' ') ? behind.substr(1) : behind;
  const Unit known = unit_of(unit);
  std::string shown = text::truncate(text::one_line(whole), 40);
  if (const auto compared = comparison(whole)) {
    problem(node, fmt::format("'{}' is not a change: '<=' and '>=' are not used here", shown),
            fmt::format("write {}: {}", compared->first, text::one_line(compared->second)));
  } else if (number.empty()) {
    problem(node, fmt::format("'{}' must be a change like +5% or +16 KiB, not {}", key, describe(node)), "");
  } else if (unit.empty()) {
    problem(node, fmt::format("'{}' needs a unit", shown),
            fmt::format("did you mean {}{}?", signed_ ? whole.substr(0, 1) : "+", percent_meant_by(number, false)));
  } else if (unit != "%" && known.dimension == Dimension::other) {
    problem(node, unit_fault(unit), fmt::format("known units: %; {}", k_units));
  } else if (!signed_) {
    const std::string meant = unit == "%" ? percent_meant_by(number, true) : shown;
    problem(node, fmt::format("'{}' has no sign", shown),
            fmt::format("write +{} (or -{} where smaller is worse): the sign is the bad direction", meant, meant));
  } else if (const auto value = text::to_double(number); value && std::isfinite(*value * known.factor)) {
    const double size = whole.front() == '-' ? -*value : *value;
    if (unit == "%" && size < -100) {
      problem(node, fmt::format("'{}' is out of range", shown), "nothing can fall by more than 100%");
      return std::nullopt;
    }
    if (unit == "%" && behind != "%") {
      problem(node, fmt::format("a space before '%' in '{}'", shown),
              fmt::format("write {}{}%", whole.substr(0, 1), number));
      return std::nullopt;
    }
    const bool relative = unit == "%";
    return Change{relative ? size / 100 : size * known.factor, relative, relative ? "" : known.base,
                  std::string(whole)};
  } else {
    problem(node, fmt::format("'{}' is out of range", shown), "write a smaller number");
  }
  return std::nullopt;
}

std::optional<Quantity> Reader::quantity(const Node& node, std::string_view key) {
  if (node.kind != Node::Kind::scalar) {
    problem(node, fmt::format("'{}' must be a value like 12 ms or 256 MiB, not {}", key, describe(node)), "");
    return std::nullopt;
  }
  const std::string_view whole = node.text;
  const std::string shown = text::truncate(text::one_line(whole), 40);
  const std::string_view number = leading_number(whole);
  const std::string_view behind = whole.substr(number.size());
  const std::string_view unit = behind.starts_with(' ') ? behind.substr(1) : behind;
  if (const auto compared = comparison(whole)) {
    problem(node, "'<=' and '>=' are not used here: 'max' and 'min' say it",
            fmt::format("write {}: {}", compared->first, text::one_line(compared->second)));
  } else if (whole.starts_with('+') || whole.starts_with('-')) {
    problem(node, fmt::format("'{}' is a bound on the value itself, not a change", key),
            fmt::format("write it without a sign, or use soft: {}", shown));
  } else if (number.empty()) {
    problem(node, fmt::format("'{}' must be a value like 12 ms or 256 MiB, not {}", key, describe(node)), "");
  } else if (unit_of(unit).dimension == Dimension::other) {
    problem(node, unit_fault(unit), fmt::format("known units: {}", k_units));
  } else if (const auto value = text::to_double(number); value && std::isfinite(*value * unit_of(unit).factor)) {
    const Unit known = unit_of(unit);
    return Quantity{*value * known.factor, known.base, std::string(whole)};
  } else {
    problem(node, fmt::format("'{}' is out of range", shown), "write a smaller number");
  }
  return std::nullopt;
}

std::optional<std::string> Reader::inner_path(const Node& node, std::string_view key) {
  auto path = text(node, key);
  if (!path) return std::nullopt;
  const auto segments = text::split(*path, '/');
  if (path->starts_with('/') || std::find(segments.begin(), segments.end(), "..") != segments.end()) {
    problem(node, fmt::format("'{}' must stay inside the checkout", key),
            "write a path relative to its root, without '..'");
    return std::nullopt;
  }
  return path;
}

std::optional<std::vector<std::string>> Reader::strings(const Node& node, std::string_view key) {
  std::vector<std::string> out;
  if (node.kind == Node::Kind::scalar && node.given_outside()) {
    for (const std::string_view word : text::split(node.text, ','))
      if (!text::trim(word).empty()) out.emplace_back(text::trim(word));
    return out;
  }
  if (node.kind != Node::Kind::sequence) {
    problem(node, fmt::format("'{}' must be a list, not {}", key, describe(node)),
            node.kind == Node::Kind::scalar ? fmt::format("write [{}]", text::one_line(node.text)) : "write [a, b]");
    return std::nullopt;
  }
  std::set<std::string> seen;
  bool good = true;
  for (const Node& item : node.items) {
    const auto word = text(item, key);
    if (word && !seen.insert(*word).second) {
      problem(item, fmt::format("'{}' holds '{}' twice", key, text::one_line(*word)), "take one out");
      good = false;
    }
    good = good && word;
    if (word) out.push_back(*word);
  }
  if (!good) return std::nullopt;
  return out;
}

std::optional<std::string> Reader::one_of(const Node& node, std::string_view key, std::span<const std::string> words) {
  std::string cure;
  if (node.kind == Node::Kind::scalar) {
    if (std::find(words.begin(), words.end(), node.text) != words.end()) return node.text;
    const auto longer = std::find_if(words.begin(), words.end(), [&](const std::string& word) {
      return node.text.size() >= 3 && word.starts_with(node.text);
    });
    const auto near = longer != words.end() ? std::optional(*longer) : text::nearest(node.text, words);
    if (near) cure = fmt::format("did you mean '{}'?", *near);
  }
  problem(node, fmt::format("'{}' must be one of {}, not {}", key, quote_list(words), describe(node)), std::move(cure));
  return std::nullopt;
}

std::string print_percent(double fraction) {
  return fmt::format("{:.10g}%", fraction * 100);
}

std::string print_list(const std::vector<std::string>& words) {
  return words.empty() ? "[]" : "[" + text::join(words, ", ") + "]";
}

std::string quote_list(std::span<const std::string> words) {
  return text::join(words, ", ");
}

}  // namespace perfwarden::config
