#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace perfwarden::text {

enum class Align { left, right };

// A Column of a Table. Widths are display columns, so that CJK and combining marks line up.
struct Column {
  std::string header;
  Align align = Align::left;
  std::size_t minimum = 0;  // may be cut to this width, in the middle, with "…"; 0: never cut
  int importance = 0;       // where cutting is not enough, the least important column is dropped
};

// A Table lays out cells in aligned columns for a terminal. Cells are printed as they are: hostile text must have
// passed text::one_line. Control characters have no width, so a cell may carry markers that are replaced later.
class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  void add(std::vector<std::string> cells);  // missing cells are empty, surplus ones are dropped
  // The header and one line a row, without newlines or trailing blanks, none wider than `width`. Empty columns are
  // dropped.
  [[nodiscard]] std::vector<std::string> lines(std::size_t width) const;

 private:
  struct Layout;
  [[nodiscard]] Layout fit(std::size_t width) const;
  [[nodiscard]] std::string line(const std::vector<std::string>& cells, const Layout& layout) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// Cuts to at most `columns` display columns by taking out the middle: benchmark names differ at both ends.
[[nodiscard]] std::string truncate_middle(std::string_view s, std::size_t columns);
// Breaks a line at spaces into lines of at most `width` columns; those after the first begin with `indent` blanks. A
// word that is longer than a line is cut.
[[nodiscard]] std::vector<std::string> wrap(std::string_view line, std::size_t width, std::size_t indent);

}  // namespace perfwarden::text
