#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/format.hpp"
#include "ingest/parts.hpp"
#include "json/tree.hpp"

// What the formats that read JSON share.
namespace perfwarden::ingest {

[[nodiscard]] std::string string_of(const json::Node& object, std::string_view key);  // empty when it is not a string
[[nodiscard]] double number_of(const json::Node& object, std::string_view key, double otherwise);
// A number, or NaN where there is none (null, "12", NaN). Table::add ignores NaN with a note.
[[nodiscard]] double number_or_nan(const json::Node& node);
[[nodiscard]] double number_or_nan(const json::Node& object, std::string_view key);
// The text of a string; a number, true, false or null as JSON would spell it; empty for arrays and objects.
[[nodiscard]] std::string scalar_text(const json::Node& node);

// The document as one JSON value whose root is an object or array. Error (parse) with the place and the cure.
[[nodiscard]] Result<json::Tree> read_whole(const Document& document, json::Kind root, std::string_view cure,
                                            bool repeated_keys = false);
// A note that the record at this place does not have the expected shape and is ignored.
void note_bad_record(Table& table, const json::Node& node, std::string_view what, std::string_view expected);

// An Outline is the shape of the first bytes of a JSON text, which may be cut off anywhere: the keys down to three
// levels, each as a path in which * stands for the elements of an array: "results/*/command".
class Outline {
 public:
  struct Member {
    std::string path, key;
    std::size_t depth;  // of the object that holds it; the root is 1
    char opening;       // first character of the value; '\0' when the text ends before it
  };
  explicit Outline(std::string_view head);
  [[nodiscard]] char root() const { return root_; }  // '{', '[' or, when it is neither, '\0'
  [[nodiscard]] bool has(std::string_view path) const;
  [[nodiscard]] const std::vector<Member>& members() const { return members_; }  // in order, at most k_members

 private:
  static constexpr std::size_t k_members = 4000;
  void scan(std::string_view text);
  char root_ = '\0';
  std::vector<Member> members_;
};

}  // namespace perfwarden::ingest
