#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/position.hpp"

namespace perfwarden::config {

// A Place is where a value was given: in the file, or by an override outside of it.
struct Place {
  int line = 0;          // from 1; 0 when not in the file
  int offset = 0;        // bytes into the line
  std::string given_by;  // "environment PERFWARDEN_MODE"; empty when in the file
};

// A Source is the text of one config file and its name, for messages.
class Source {
 public:
  Source(std::string file, std::string_view text);

  [[nodiscard]] const std::string& file() const { return file_; }
  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] std::string_view line(int number) const;       // from 1; empty when there is none
  [[nodiscard]] std::string_view rest(const Place& at) const;  // of its line, from the place on
  [[nodiscard]] Position position(const Place& at) const;      // column counts characters
  [[nodiscard]] std::string origin(const Place& at) const;     // "perfwarden.yml:7:5" or who gave it
  [[nodiscard]] std::size_t offset_of(const Place& at) const;  // bytes into text()
  // Bytes of the scalar that starts there, as far as it is on that line; at least 1.
  [[nodiscard]] std::size_t width(const Place& at, std::string_view scalar) const;
  // The line, and below it carets followed by the cure. Hostile text made safe, long lines cut around the place.
  [[nodiscard]] std::string excerpt(const Place& at, std::size_t width, std::string_view cure) const;

 private:
  std::string file_;
  std::string_view text_;
  std::vector<std::string_view> lines_;
};

// Problems collects what is wrong with a config, so that one run reports everything.
class Problems {
 public:
  static constexpr std::size_t k_shown = 20;

  explicit Problems(const Source& source) : source_(source) {}
  void add(const Place& at, std::size_t width, std::string what, std::string cure = "");
  [[nodiscard]] bool empty() const { return rows_.empty(); }
  [[nodiscard]] std::size_t size() const { return rows_.size(); }
  // The first k_shown in the file's order, then those of overrides, then how many more there are. Must not be empty.
  [[nodiscard]] Error error() const;

 private:
  struct Row {
    Place at;
    std::size_t width;
    std::string what, cure;
  };
  const Source& source_;
  std::vector<Row> rows_;
};

}  // namespace perfwarden::config
