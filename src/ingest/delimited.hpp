#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ingest/format.hpp"

namespace perfwarden::ingest {

// Records of separated values after RFC 4180: a field in double quotes may hold separators, line ends and "" for a
// quote. One record is in memory at a time.
class DelimitedRecords {
 public:
  DelimitedRecords(std::string_view text, char separator);
  // The next record that is not an empty line; false at the end. The text of an unclosed quote is cut at
  // k_max_line_bytes, and bad() is then true.
  [[nodiscard]] bool next();
  [[nodiscard]] const std::vector<std::string>& fields() const { return fields_; }
  [[nodiscard]] int line() const { return line_; }  // where the record begins, from 1
  [[nodiscard]] bool bad() const { return bad_; }   // of this record: an unclosed quote, or longer than the limit

 private:
  void read_field();
  void read_quoted(std::string& out);

  std::string_view rest_;
  char separator_;
  std::vector<std::string> fields_;
  std::size_t bytes_ = 0;  // of this record
  int line_ = 0, next_line_ = 1;
  bool bad_ = false, more_ = false;
};

// A table with a header line that names the columns benchmark (or name) and value, and optionally metric, unit, better
// (lower or higher) and invocation (a whole number; rows of equal numbers are repetitions of one process). Other
// columns, and lines that begin with #, are ignored.
[[nodiscard]] Result<Reading> read_delimited(const Document& document, char separator);
[[nodiscard]] int sniff_delimited(std::string_view head, char separator);

}  // namespace perfwarden::ingest
