#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "measure/run.hpp"
#include "os/console.hpp"

namespace perfwarden::measure {

// At most `rows` lines, none wider than `columns`, without newlines.
using Above = std::function<std::vector<std::string>(std::size_t columns, std::size_t rows)>;

// Shows progress on the console's err: in place, a bar with the time left and what is shown above it, redrawn at most
// ten times a second and never while a measured process runs; elsewhere a plain line every 30 s (and one at the end).
// clear() leaves no trace of what was drawn in place.
class ProgressView {
 public:
  // `in_place`: err is a terminal that a person looks at.
  ProgressView(os::Console& console, os::Clock& clock, bool in_place)
      : console_(console), clock_(clock), in_place_(in_place) {}
  // From the next drawing on. Elsewhere than in place it is never called.
  void set_above(Above above) { above_ = std::move(above); }
  void show(const Progress& progress);
  void clear();

 private:
  void draw(const Progress& progress);
  [[nodiscard]] std::string to_start() const;  // moves the cursor to the first cell drawn

  os::Console& console_;
  os::Clock& clock_;
  bool in_place_;
  Above above_;
  double shown_at_s_ = -1e9;
  std::size_t drawn_ = 0;    // lines on the terminal, the bar's among them
  std::size_t columns_ = 0;  // when they were drawn
};

}  // namespace perfwarden::measure
