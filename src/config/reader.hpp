#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/load.hpp"
#include "config/source.hpp"
#include "config/tree.hpp"
#include "model/config.hpp"

namespace perfwarden::config {

struct Range {
  double low, high;
};

// The type of a plain scalar by YAML 1.2's core schema; texts from outside the file have no type and are always `text`.
enum class ScalarType { text, boolean, integer, real };
[[nodiscard]] ScalarType type_of(const Node& scalar);
[[nodiscard]] bool is_off(const Node& node);           // `off`, or false, as which YAML 1.1 reads it
[[nodiscard]] std::string describe(const Node& node);  // "a list", "the number 5", "'abc'"

// A Reader turns nodes into values, one function a type. Each returns nullopt after adding a problem that names `key`.
class Reader {
 public:
  Reader(const Source& of, Problems& into, Loaded& result, const Vocabulary& names)
      : source(of), problems(into), loaded(result), vocabulary(names) {}

  void problem(const Node& node, std::string what, std::string cure = "");
  // A problem about some bytes of a scalar, if the scalar is on one line of the file exactly as written.
  void problem_within(const Node& node, std::size_t offset, std::size_t width, std::string what, std::string cure);
  void warn(std::string code, const Node& at, const std::string& what);
  // Records a value in effect, for `config show` and the hash.
  void record(std::string key, std::string value, std::string origin);
  [[nodiscard]] std::string origin(const Node* node) const { return node ? source.origin(node->place) : "default"; }

  [[nodiscard]] bool is_map(const Node& node, std::string_view title);
  [[nodiscard]] std::optional<std::string> text(const Node& node, std::string_view key);     // not empty, not a number
  [[nodiscard]] std::optional<std::string> literal(const Node& node, std::string_view key);  // any scalar, as written
  [[nodiscard]] std::optional<bool> boolean(const Node& node, std::string_view key);
  [[nodiscard]] std::optional<int> integer(const Node& node, std::string_view key, int low, int high);
  [[nodiscard]] std::optional<double> percent(const Node& node, std::string_view key, Range percent);  // a fraction
  [[nodiscard]] std::optional<double> duration_s(const Node& node, std::string_view key, Range seconds);
  [[nodiscard]] std::optional<Change> change(const Node& node, std::string_view key);
  [[nodiscard]] std::optional<Quantity> quantity(const Node& node, std::string_view key);
  // A path below the checkout: not absolute, and without '..'.
  [[nodiscard]] std::optional<std::string> inner_path(const Node& node, std::string_view key);
  // Texts, each once. From outside the file: separated by commas.
  [[nodiscard]] std::optional<std::vector<std::string>> strings(const Node& node, std::string_view key);
  // One of `words`; the problem lists them.
  [[nodiscard]] std::optional<std::string> one_of(const Node& node, std::string_view key,
                                                  std::span<const std::string> words);

  const Source& source;
  Problems& problems;
  Loaded& loaded;
  const Vocabulary& vocabulary;
};

[[nodiscard]] std::string print_percent(double fraction);  // 0.05 → "5%"
[[nodiscard]] std::string print_list(const std::vector<std::string>& words);
[[nodiscard]] std::string quote_list(std::span<const std::string> words);  // "a, b, c"

}  // namespace perfwarden::config
