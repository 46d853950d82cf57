#include "config/type.hpp"

#include <fmt/format.h>

#include <array>

#include "config/commands.hpp"

namespace perfwarden::config {
namespace {

// JSON of the schema. What begins with R"( is a regular expression of ECMAScript within JSON.
constexpr std::string_view k_text_schema = R"({"type": "string", "minLength": 1, "pattern": "\\S"})";
constexpr std::string_view k_percent_schema = R"({"type": "string", "pattern": "^[0-9]+(\\.[0-9]+)?%$"})";
constexpr std::string_view k_path_schema =
    R"({"type": "string", "minLength": 1, "pattern": "^(?!/)(?!(.*/)?\\.\\.(/|$)).*\\S"})";
constexpr std::string_view k_cpus_schema = R"({"anyOf": [{"type": "integer", "minimum": 0, "maximum": 4095},
  {"type": "string", "pattern": "^[0-9]{1,4}(-[0-9]{1,4})?(,[0-9]{1,4}(-[0-9]{1,4})?)*$"}]})";
constexpr std::string_view k_size_schema =
    R"({"type": "string", "pattern": "^(?=.*[1-9])[0-9]+(\\.[0-9]+)? ?(B|bytes|kB|KB|KiB|MB|MiB|GB|GiB|TB|TiB)$"})";

constexpr Range k_duration_s{0.001, 7 * 86400.0};
constexpr Range k_age_s{86400.0, 36500 * 86400.0};

std::string reference(std::string_view definition) {
  return fmt::format(R"({{"$ref": "#/definitions/{}"}})", definition);
}

std::string as_is(const std::string& text) {
  return text;
}

std::optional<std::uint64_t> read_size(Reader& reader, const Node& node, std::string_view key) {
  constexpr double k_most = 1e15;
  const auto size = reader.quantity(node, key);
  if (size && size->base_unit == "B" && size->value >= 1 && size->value <= k_most)
    return static_cast<std::uint64_t>(size->value);
  if (size) reader.problem(node, fmt::format("'{}' must be a size", key), "write it like 5 GiB");
  return std::nullopt;
}

// In the largest unit that needs no fraction.
std::string print_size(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 5> k_binary{"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  for (; bytes != 0 && bytes % 1024 == 0 && unit + 1 < k_binary.size(); ++unit) bytes /= 1024;
  return fmt::format("{} {}", bytes, k_binary[unit]);
}

std::optional<std::vector<int>> read_cpus(Reader& reader, const Node& node, std::string_view key) {
  const auto written = reader.literal(node, key);
  if (!written) return std::nullopt;
  auto cpus = parse_cpus(*written);
  if (!cpus)
    reader.problem(node, fmt::format("'{}' must be CPU numbers, not {}", key, describe(node)),
                   fmt::format("write numbers and ranges up to {}: \"2-3,5\"", k_max_cpu));
  return cpus;
}

}  // namespace

std::string json_list(const std::vector<std::string>& words) {
  return words.empty() ? "[]" : "[\"" + text::join(words, "\", \"") + "\"]";
}

std::string code_list(const std::vector<std::string>& words) {
  return words.empty() ? "" : "`" + text::join(words, "`, `") + "`";
}

Type<std::string> text_type() {
  return {"text", std::string(k_text_schema),
          [](Reader& reader, const Node& node, std::string_view key) { return reader.text(node, key); }, as_is};
}

Type<bool> boolean_type() {
  return {"boolean", R"({"type": "boolean"})",
          [](Reader& reader, const Node& node, std::string_view key) { return reader.boolean(node, key); },
          [](bool value) { return std::string(value ? "true" : "false"); }};
}

Type<int> integer_type(int low, int high) {
  return {fmt::format("{} to {}", low, high),
          fmt::format(R"({{"type": "integer", "minimum": {}, "maximum": {}}})", low, high),
          [=](Reader& reader, const Node& node, std::string_view key) { return reader.integer(node, key, low, high); },
          [](int value) { return std::to_string(value); }};
}

Type<double> number_type(double low, double high) {
  return {fmt::format("{:g} to {:g}", low, high),
          fmt::format(R"({{"type": "number", "minimum": {:g}, "maximum": {:g}}})", low, high),
          [=](Reader& reader, const Node& node, std::string_view key) -> std::optional<double> {
            const auto word = reader.literal(node, key);
            const auto number = word ? text::to_double(*word) : std::nullopt;
            if (number && *number >= low && *number <= high) return number;
            if (word)
              reader.problem(node, fmt::format("'{}' cannot be {}", key, describe(node)),
                             fmt::format("write a number from {:g} to {:g}", low, high));
            return std::nullopt;
          },
          [](double number) { return fmt::format("{:.10g}", number); }};
}

Type<double> percent_type(Range percent) {
  const std::string range = fmt::format("{:g}% to {:g}%", percent.low, percent.high);
  return {range, std::string(k_percent_schema),
          [=](Reader& reader, const Node& node, std::string_view key) { return reader.percent(node, key, percent); },
          print_percent, range};
}

Type<double> duration_type() {
  return {
      "duration", reference("duration"),
      [](Reader& reader, const Node& node, std::string_view key) { return reader.duration_s(node, key, k_duration_s); },
      [](double seconds) { return fmt::format("{:.10g}s", seconds); }, "1ms to 7d"};
}

Type<double> age_type() {
  return {"duration", reference("duration"),
          [](Reader& reader, const Node& node, std::string_view key) { return reader.duration_s(node, key, k_age_s); },
          [](double seconds) { return fmt::format("{:.10g}d", seconds / k_age_s.low); }, "1d to 100y"};
}

Type<std::string> path_type() {
  return {"path", std::string(k_path_schema),
          [](Reader& reader, const Node& node, std::string_view key) { return reader.inner_path(node, key); }, as_is};
}

Type<std::vector<std::string>> list_type() {
  return {"list", fmt::format(R"({{"type": "array", "uniqueItems": true, "items": {}}})", k_text_schema),
          [](Reader& reader, const Node& node, std::string_view key) { return reader.strings(node, key); }, print_list};
}

Type<std::string> word_type(const std::vector<std::string>& words) {
  return {code_list(words), fmt::format("{{\"enum\": {}}}", json_list(words)),
          [words](Reader& reader, const Node& node, std::string_view key) { return reader.one_of(node, key, words); },
          as_is};
}

Type<Change> change_type() {
  return {"change", reference("change"),
          [](Reader& reader, const Node& node, std::string_view key) { return reader.change(node, key); },
          [](const Change& change) { return change.original; }};
}

Type<Quantity> quantity_type() {
  return {"value", reference("quantity"),
          [](Reader& reader, const Node& node, std::string_view key) { return reader.quantity(node, key); },
          [](const Quantity& value) { return value.original; }};
}

Type<std::uint64_t> size_type() {
  return {"size", std::string(k_size_schema), read_size, print_size};
}

Type<std::vector<int>> cpus_type() {
  return {"list of CPUs", std::string(k_cpus_schema), read_cpus, print_cpus};
}

Type<CommandLine> command_type(bool shell) {
  return {
      "command", reference("command"),
      [=](Reader& reader, const Node& node, std::string_view key) { return read_command(reader, node, key, shell); },
      print_command};
}

}  // namespace perfwarden::config
