#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/names.hpp"
#include "base/text.hpp"
#include "config/reader.hpp"

namespace perfwarden::config {

// A Type is one kind of value: how people write it, its JSON Schema, how it is read and printed.
template <class V>
struct Type {
  std::string value;   // for people, in Markdown
  std::string schema;  // JSON
  std::function<std::optional<V>(Reader&, const Node&, std::string_view key)> read;
  std::function<std::string(const V&)> print;
  std::string range = {};  // "50% to 99.99%": the part of `value` that the schema cannot express
};

// JSON of a list of texts: ["a", "b"]. The words need no escapes.
[[nodiscard]] std::string json_list(const std::vector<std::string>& words);
[[nodiscard]] std::string code_list(const std::vector<std::string>& words);  // "`a`, `b`"

[[nodiscard]] Type<std::string> text_type();
[[nodiscard]] Type<bool> boolean_type();
[[nodiscard]] Type<int> integer_type(int low, int high);
[[nodiscard]] Type<double> number_type(double low, double high);
[[nodiscard]] Type<double> percent_type(Range percent);  // a fraction
[[nodiscard]] Type<double> duration_type();              // seconds, from 1 ms to 7 days
[[nodiscard]] Type<double> age_type();                   // seconds, from 1 day to 100 years
[[nodiscard]] Type<std::string> path_type();             // below the checkout
[[nodiscard]] Type<std::vector<std::string>> list_type();
[[nodiscard]] Type<std::string> word_type(const std::vector<std::string>& words);
[[nodiscard]] Type<Change> change_type();
[[nodiscard]] Type<Quantity> quantity_type();
[[nodiscard]] Type<std::uint64_t> size_type();  // bytes
[[nodiscard]] Type<std::vector<int>> cpus_type();
[[nodiscard]] Type<CommandLine> command_type(bool shell = false);

// One word of a closed list, and the value that it means.
template <class E>
[[nodiscard]] Type<E> choice_type(std::vector<std::pair<std::string_view, E>> choices) {
  std::vector<std::string> words;
  words.reserve(choices.size());
  for (const auto& choice : choices) words.emplace_back(choice.first);
  Type<E> type;
  type.value = code_list(words);
  type.schema = "{\"enum\": " + json_list(words) + "}";
  type.read = [choices, words](Reader& reader, const Node& node, std::string_view key) -> std::optional<E> {
    const auto chosen = reader.one_of(node, key, words);
    for (const auto& [word, value] : choices)
      if (chosen && word == *chosen) return value;
    return std::nullopt;
  };
  type.print = [choices](const E& value) {
    for (const auto& [word, one] : choices)
      if (one == value) return std::string(word);
    return std::string();
  };
  return type;
}

// For an enumeration: the words are its k_names.
template <Named E>
[[nodiscard]] Type<E> choice_type() {
  return choice_type<E>({k_names<E>.begin(), k_names<E>.end()});
}

}  // namespace perfwarden::config
