#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "config/source.hpp"

namespace perfwarden::config {

// A Node is one YAML value with its place. Aliases are already replaced by copies of the values that they name.
struct Node {
  enum class Kind { null, scalar, sequence, map };
  Kind kind = Kind::null;
  bool quoted = false;      // a scalar in quotes or a block scalar: always text
  std::string text;         // of a scalar
  std::vector<Node> keys;   // of a map; as many as items
  std::vector<Node> items;  // of a map or a sequence
  Place place;

  [[nodiscard]] bool given_outside() const { return !place.given_by.empty(); }
  [[nodiscard]] const Node* find(std::string_view key) const;  // null when this is not a map or has no such key
  [[nodiscard]] const Node* key(std::string_view key) const;   // the key's own node
};

// The size of a node, with everything below it.
struct Weight {
  std::size_t nodes = 0, bytes = 0;
};
[[nodiscard]] Weight weight_of(const Node& node);

// Limits on the size of a file and its tree, counted after aliases are replaced.
inline constexpr std::size_t k_max_file = std::size_t{1} << 20;
inline constexpr std::size_t k_max_nodes = 10'000;
inline constexpr std::size_t k_max_text = std::size_t{4} << 20;
inline constexpr std::size_t k_max_depth = 64;

// Reads the one YAML document of `source`. nullopt when the tree cannot be made; the reason is then the last problem.
// Duplicate keys, tags and control characters are problems too, but a tree is returned nevertheless.
[[nodiscard]] std::optional<Node> read_tree(const Source& source, Problems& problems);

// A syntax error, explained to a person who does not know YAML's grammar.
struct SyntaxProblem {
  Place at;
  std::string what, cure;
};
[[nodiscard]] SyntaxProblem explain_syntax(const Source& source, const Place& at, const std::string& message);

}  // namespace perfwarden::config
