#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "json/limits.hpp"

namespace perfwarden::json {

// Line and column of an offset, both from 1; columns count bytes.
struct Place {
  int line = 1;
  int column = 1;
};
[[nodiscard]] Place place_of(std::string_view text, std::size_t offset);

// A Source is an untrusted JSON text, with its name and hint for messages.
struct Source {
  std::string_view text;
  std::string_view name;  // of the file, or what the text is
  std::string_view hint;  // the cure that goes with every fault; may be empty

  // An Error (parse) with "name:line:column" of the offset.
  [[nodiscard]] Error fault(std::size_t offset, std::string what) const;
  [[nodiscard]] Error unexpected(std::size_t offset) const;  // names the text found there
  [[nodiscard]] Error cut_off() const;                       // the text ends inside of its value
};

// An Extent is the position of a value in a text.
struct Extent {
  std::size_t begin = 0;
  std::size_t size = 0;
  std::size_t values = 0;  // in it; an upper bound, by brackets and commas
};

// The first look at a text, before anything is copied or parsed: the position of the first value from offset `from` on,
// after any byte order mark. Error for a text that is larger, nests deeper or is cut off, has a string without an end,
// or (unless `trailing_text`) goes on after the value. Whether the value is well formed is not checked.
[[nodiscard]] Result<Extent> find_value(const Source& source, const Limits& limits, std::size_t from = 0,
                                        bool trailing_text = false);

}  // namespace perfwarden::json
