#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "json/write.hpp"

namespace perfwarden::json {

// An ObjectWriter appends one JSON object to a text, member by member: for what is written ten thousand times, where a
// tree of nlohmann's would cost more than all else. The text is what `dump` writes of the same members. Keys are plain
// ASCII.
class ObjectWriter {
 public:
  explicit ObjectWriter(std::string& out) : out_(out) { out_ += '{'; }
  ObjectWriter(const ObjectWriter&) = delete;
  ObjectWriter& operator=(const ObjectWriter&) = delete;
  ~ObjectWriter() { out_ += '}'; }

  void text(std::string_view key, std::string_view value);
  void number(std::string_view key, double value);  // as json::number
  void exact(std::string_view key, double value);   // as json::exact_number
  void exact(std::string_view key, std::span<const double> values);
  void numbers(std::string_view key, std::span<const double> values);
  void whole(std::string_view key, std::size_t value);
  void wholes(std::string_view key, std::span<const std::uint32_t> values);
  void flag(std::string_view key, bool value);
  void null(std::string_view key);
  // `fill` gets the writer of the object.
  template <class Fill>
  void object(std::string_view key, Fill&& fill) {
    begin(key);
    ObjectWriter inner(out_);
    fill(inner);
  }
  // `fill` gets the writer of each item's object, and the item.
  template <class Items, class Fill>
  void objects(std::string_view key, const Items& items, Fill&& fill) {
    begin(key);
    out_ += '[';
    bool first = true;
    for (const auto& item : items) {
      if (!first) out_ += ',';
      first = false;
      ObjectWriter inner(out_);
      fill(inner, item);
    }
    out_ += ']';
  }

 private:
  void begin(std::string_view key);

  std::string& out_;
  bool first_ = true;
};

// The tree of a text that this program wrote; members keep their order. A text of anybody else's is for json::parse.
[[nodiscard]] nlohmann::ordered_json ordered(std::string_view own_text);

}  // namespace perfwarden::json
