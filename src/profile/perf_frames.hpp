#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/call_tree.hpp"
#include "profile/perf_lines.hpp"
#include "profile/perf_script.hpp"

namespace perfwarden::profile {

// PerfFrames turns frame lines of `perf script` into frames of a table. It remembers lines, since they repeat a
// thousandfold, and which one came after which, so that most are known before their end is looked for. The lines must
// stay where they are.
class PerfFrames {
 public:
  PerfFrames(FrameTable& table, const PerfScriptOptions& options) : table_(table), options_(options) { forget(); }

  // The frames that the line at the beginning of `text` stands for, which becomes shorter by the line, if that is the
  // line that is expected next. False when it is not.
  [[nodiscard]] bool take_expected(std::string_view& text, bool java, std::vector<FrameId>& leaf_first);
  // The same for any line; false when it is no frame line.
  [[nodiscard]] bool take(std::string_view line, bool java, std::vector<FrameId>& leaf_first);
  void begin_sample() { last_ = 0; }

 private:
  struct Known {
    const char* line = nullptr;
    std::uint32_t size = 0, hash = 0;
    std::uint32_t begin = 0;              // of its frames in ids_
    std::array<std::uint32_t, 2> next{};  // entries whose lines came after it, the last one first; 0 = none
    std::uint16_t count = 0;
    bool java = false;
    [[nodiscard]] std::string_view text() const { return {line, size}; }
  };

  void forget();
  void grow();
  void use(std::uint32_t entry, std::vector<FrameId>& leaf_first);
  void name(const PerfFrameLine& line, bool java);
  [[nodiscard]] std::string& tidied(std::string_view symbol, bool java);

  FrameTable& table_;
  PerfScriptOptions options_;
  std::vector<Known> known_;          // the first is none
  std::vector<std::uint32_t> slots_;  // open addressing; entry, 0 = free
  std::vector<FrameId> ids_;          // of the lines, outermost first
  std::uint32_t last_ = 0;            // entry of the line before; 0 stands for the beginning of a sample
  std::string name_;
};

}  // namespace perfwarden::profile
