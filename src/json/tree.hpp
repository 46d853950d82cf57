#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "json/limits.hpp"

namespace perfwarden::json {

enum class Kind : std::uint8_t { null, boolean, number, non_finite, string, array, object };

class Tree;

// A Node points at one value of a Tree, which must outlive it.
class Node {
 public:
  Node(const Tree& tree, std::uint32_t index) : tree_(&tree), index_(index) {}
  [[nodiscard]] Kind kind() const;
  [[nodiscard]] bool is(Kind kind) const { return this->kind() == kind; }
  [[nodiscard]] int line() const;               // in the whole text, from 1
  [[nodiscard]] double number() const;          // of a number or boolean; NaN for anything else
  [[nodiscard]] std::string_view text() const;  // of a string; the token ("-nan", "1e999") of a non_finite
  // First member of that name; nullopt also when this is not an object. Linear in the members.
  [[nodiscard]] std::optional<Node> find(std::string_view key) const;
  // Calls visit(Node) for each element of an array; nothing for other kinds.
  template <class Visit>
  void each(Visit visit) const;
  // Calls visit(std::string_view key, Node) for each member of an object; nothing for other kinds.
  template <class Visit>
  void each_member(Visit visit) const;

 private:
  friend class Tree;
  const Tree* tree_;
  std::uint32_t index_;
};

// A Tree is a JSON text that was read as untrusted input: at most 64 levels deep and 16 million values, repeated keys
// found, every value with its line. Beyond RFC 8259 it takes the bare NaN, Infinity, -nan, inf, … that benchmark
// programs write, and numbers too large for a double, as Kind::non_finite, so that the reader can report them.
// Values lie in one array in document order, 16 bytes each.
class Tree {
 public:
  struct Options {
    std::size_t from = 0;        // offset where the value starts
    int line = 0;                // of that offset, where it is known, so that a text of many values is read in one pass
    bool trailing_text = false;  // text after the value is ignored, else an error
    bool repeated_keys = false;  // a repeated key is kept in repeated(), else an error
    std::string_view hint{};     // cure added to errors
    std::size_t most_values = Limits{}.values;  // keys counted
  };
  struct Repeated {
    std::string key;
    int line;
  };

  // `name` is for messages. Error (parse) with "name:line:column".
  [[nodiscard]] static Result<Tree> read(std::string_view text, std::string_view name, const Options& options);

  [[nodiscard]] Node root() const { return {*this, 0}; }
  [[nodiscard]] std::size_t end() const { return end_; }  // offset after the value in the text
  [[nodiscard]] int end_line() const { return end_line_; }
  [[nodiscard]] const std::vector<Repeated>& repeated() const { return repeated_; }

 private:
  friend class Node;
  friend class TreeBuilder;
  struct Text {
    std::uint32_t offset, size;
  };
  struct Slot {
    Kind kind;
    std::uint32_t line;
    union {
      double number;
      Text text;           // in strings_
      std::uint32_t past;  // of a container: index after its last descendant
    };
  };
  [[nodiscard]] std::uint32_t next(std::uint32_t index) const {
    const Slot& slot = slots_[index];
    return slot.kind == Kind::array || slot.kind == Kind::object ? slot.past : index + 1;
  }
  [[nodiscard]] std::string_view view(const Text& text) const {
    return std::string_view(strings_).substr(text.offset, text.size);
  }

  std::vector<Slot> slots_;
  std::string strings_;
  std::size_t end_ = 0;
  int end_line_ = 1;
  std::vector<Repeated> repeated_;
};

template <class Visit>
void Node::each(Visit visit) const {
  if (!is(Kind::array)) return;
  for (std::uint32_t i = index_ + 1; i < tree_->slots_[index_].past; i = tree_->next(i)) visit(Node(*tree_, i));
}

template <class Visit>
void Node::each_member(Visit visit) const {
  if (!is(Kind::object)) return;
  for (std::uint32_t i = index_ + 1; i < tree_->slots_[index_].past; i = tree_->next(i + 1))
    visit(tree_->view(tree_->slots_[i].text), Node(*tree_, i + 1));
}

[[nodiscard]] std::string_view name_of(Kind kind);  // "a number", "an array", … for messages

// Offset of the first `{` whose first key is `key`; nullopt when there is none. Finds a JSON object among log lines.
[[nodiscard]] std::optional<std::size_t> find_object(std::string_view text, std::string_view key, std::size_t from = 0);

}  // namespace perfwarden::json
