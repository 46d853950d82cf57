#pragma once

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/load.hpp"
#include "config/source.hpp"
#include "config/tree.hpp"
#include "model/config.hpp"

namespace perfwarden::config {

// A Choice is one word of a closed list and what it stands for.
template <class E>
using Choice = std::pair<std::string_view, E>;

struct Range {
  double low, high;
};

// What a plain scalar is by YAML 1.2's core schema; texts from outside the file have no type and are always `text`.
enum class ScalarType { text, boolean, integer, real };
[[nodiscard]] ScalarType type_of(const Node& scalar);
[[nodiscard]] bool is_off(const Node& node);           // `off`, or what YAML 1.1 makes of it: false
[[nodiscard]] std::string describe(const Node& node);  // "a list", "the number 5", "'abc'"

// A Reader turns nodes into values, one function a type. Each gives nullopt after adding a problem that names `key`.
class Reader {
 public:
  Reader(const Source& of, Problems& into, Loaded& result) : source(of), problems(into), loaded(result) {}

  void problem(const Node& node, std::string what, std::string cure = "");
  // The same about some bytes of a scalar, where they stand on one line of the file as they are.
  void problem_within(const Node& node, std::size_t offset, std::size_t width, std::string what, std::string cure);
  void warn(std::string code, const Node& at, const std::string& what);
  // What is effective, for `config show` and the hash.
  void record(std::string key, std::string value, std::string origin);
  [[nodiscard]] std::string origin(const Node* node) const { return node ? source.origin(node->place) : "default"; }

  [[nodiscard]] bool is_map(const Node& node, std::string_view title);
  [[nodiscard]] std::optional<std::string> text(const Node& node, std::string_view key);     // not empty, no number
  [[nodiscard]] std::optional<std::string> literal(const Node& node, std::string_view key);  // any scalar, as written
  [[nodiscard]] std::optional<bool> boolean(const Node& node, std::string_view key);
  [[nodiscard]] std::optional<int> integer(const Node& node, std::string_view key, int low, int high);
  [[nodiscard]] std::optional<double> percent(const Node& node, std::string_view key, Range percent);  // a fraction
  [[nodiscard]] std::optional<double> duration_s(const Node& node, std::string_view key, Range seconds);
  [[nodiscard]] std::optional<Change> change(const Node& node, std::string_view key);
  [[nodiscard]] std::optional<Quantity> quantity(const Node& node, std::string_view key);
  // A path below the checkout: not absolute, never climbing out.
  [[nodiscard]] std::optional<std::string> inner_path(const Node& node, std::string_view key);
  // Texts, each once. From outside the file: separated by commas.
  [[nodiscard]] std::optional<std::vector<std::string>> strings(const Node& node, std::string_view key);
  // The node itself as text; its problem names what may stand there.
  [[nodiscard]] std::optional<std::string> one_of(const Node& node, std::string_view key,
                                                  std::span<const std::string> words);

  template <class E, std::size_t N>
  [[nodiscard]] std::optional<E> choice(const Node& node, std::string_view key,
                                        const std::array<Choice<E>, N>& choices) {
    std::vector<std::string> words;
    words.reserve(N);
    for (const auto& [word, value] : choices) words.emplace_back(word);
    const auto chosen = one_of(node, key, words);
    if (!chosen) return std::nullopt;
    for (const auto& [word, value] : choices)
      if (word == *chosen) return value;
    return std::nullopt;
  }

  const Source& source;
  Problems& problems;
  Loaded& loaded;
};

template <class E, std::size_t N>
[[nodiscard]] std::string word_of(E value, const std::array<Choice<E>, N>& choices) {
  for (const auto& [word, one] : choices)
    if (one == value) return std::string(word);
  return "";
}

[[nodiscard]] std::string print_percent(double fraction);  // 0.05 → "5%"
[[nodiscard]] std::string print_list(const std::vector<std::string>& words);
[[nodiscard]] std::string quote_list(std::span<const std::string> words);  // "a, b, c"

// A Section is one mapping whose keys are known. Making one tells of unknown keys, with the nearest.
class Section {
 public:
  // `node` may be null: every key is then at its default. `title` is how a message names it: "suite 'core'".
  Section(Reader& reader, const Node* node, std::string path, std::string title,
          std::span<const std::string_view> known);

  [[nodiscard]] const Node* find(std::string_view key) const;
  [[nodiscard]] const Node* node() const { return node_; }
  [[nodiscard]] bool all_known() const { return all_known_; }  // no unknown key was told of
  [[nodiscard]] std::string path(std::string_view key) const;  // dotted

  // Reads `key` into `target` if it is given, and records what is then effective.
  template <class T, class Read, class Print>
  void take(std::string_view key, T& target, Read read, Print print) {
    const Node* given = find(key);
    if (given) {
      if (auto value = read(*given, key))
        target = std::move(*value);
      else
        given = nullptr;
    }
    reader_.record(path(key), print(target), reader_.origin(given));
  }
  template <class E, std::size_t N>
  void take_choice(std::string_view key, E& target, const std::array<Choice<E>, N>& choices) {
    take(
        key, target, [&](const Node& n, std::string_view k) { return reader_.choice(n, k, choices); },
        [&](E value) { return word_of(value, choices); });
  }
  void take_text(std::string_view key, std::string& target);
  void take_boolean(std::string_view key, bool& target);
  void take_percent(std::string_view key, double& target, Range percent);
  void take_strings(std::string_view key, std::vector<std::string>& target);

 private:
  Reader& reader_;
  const Node* node_;
  std::string path_;
  bool all_known_ = true;
};

// The parts of a config; each reads its nodes into reader.loaded.config.
void read_suites(Reader& reader, const Node& root);
void read_metrics(Reader& reader, const Node* node);
void read_budgets(Reader& reader, const Node* node);  // after suites and metrics: it checks names against them
void read_statistics(Reader& reader, const Node* node);
void read_machine(Reader& reader, const Node* node);
void read_profile_gates(Reader& reader, const Node* node);
void read_patterns_file(Reader& reader, const Node* node);
[[nodiscard]] Profiling read_profiling(Reader& reader, const Section& suite);  // its key `profile`
void read_baseline(Reader& reader, const Node* node);
void read_build_cache(Reader& reader, const Node* node);
void read_report(Reader& reader, const Node* node);
void read_overrides(Reader& reader, const Node* node);
void read_benchmarks(Reader& reader, const Node* node);
void read_history(Reader& reader, const Node* node);

}  // namespace perfwarden::config
