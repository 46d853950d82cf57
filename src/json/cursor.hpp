#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/names.hpp"

namespace perfwarden::json {

// A Cursor is one value of a JSON text and its place in it (RFC 6901). Readers state what they expect; the first value
// that differs is kept as the only error of the text, and reading goes on with defaults.
class Cursor {
 public:
  struct Problem {
    std::string place, what;  // place empty and what empty: none
  };
  Cursor(const nlohmann::json& value, std::string place, Problem& problem)
      : value_(&value), place_(std::move(place)), problem_(&problem) {}

  [[nodiscard]] Cursor operator[](const char* key) const;  // a missing key is an error
  [[nodiscard]] bool has(const char* key) const { return value_->is_object() && value_->contains(key); }
  [[nodiscard]] std::string text() const;  // at most 1 MiB
  [[nodiscard]] double number() const;     // null → NaN, "inf" and "-inf" too
  [[nodiscard]] bool flag() const;
  [[nodiscard]] bool is_null() const { return value_->is_null(); }
  [[nodiscard]] std::size_t size() const;  // a whole number from 0 to 2^53
  [[nodiscard]] std::int64_t integer() const;
  template <Named E>
  [[nodiscard]] E one_of() const {
    const std::string given = text();
    if (const auto known = from_name<E>(given)) return *known;
    fail_unknown(given);
    return k_names<E>[0].second;
  }
  // Calls `take` with each item of an array of at most `most`.
  template <class F>
  void each(std::size_t most, F take) const {
    if (!is_array(most)) return;
    std::size_t i = 0;
    for (const auto& item : *value_) take(Cursor(item, place_ + "/" + std::to_string(i++), *problem_));
  }
  // Calls `take` with each name and value of an object of at most `most`.
  template <class F>
  void each_member(std::size_t most, F take) const {
    if (!is_object(most)) return;
    for (const auto& [name, item] : value_->items()) take(name, Cursor(item, place_ + "/" + escaped(name), *problem_));
  }
  void fail(std::string what) const;
  [[nodiscard]] bool failed() const { return !problem_->what.empty(); }

 private:
  [[nodiscard]] bool is_array(std::size_t most) const;
  [[nodiscard]] bool is_object(std::size_t most) const;
  [[nodiscard]] static std::string escaped(std::string_view name);
  void fail_unknown(const std::string& given) const;
  void expected(std::string_view what) const;

  const nlohmann::json* value_;
  std::string place_;
  Problem* problem_;
};

}  // namespace perfwarden::json
