#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/call_tree.hpp"
#include "profile/read/perf_lines.hpp"
#include "profile/read/perf_script.hpp"

namespace perfwarden::profile {

// PerfFrames turns frame lines of `perf script` into frames of a table. It remembers lines, since they repeat a
// thousandfold, and which one came after which, so that most are recognised before their end is searched for. The lines
// must stay in memory.
class PerfFrames {
 public:
  PerfFrames(FrameTable& table, const PerfScriptOptions& options) : table_(table), options_(options) { forget(); }

  // The frames of the line at the beginning of `text`, if it is the line expected next; the line is then removed from
  // `text`. False when it is another line.
  [[nodiscard]] bool take_expected(std::string_view& text, bool java, std::vector<FrameId>& leaf_first);
  // The same for any line; false when it is not a frame line.
  [[nodiscard]] bool take(std::string_view line, bool java, std::vector<FrameId>& leaf_first);
  // The same for all lines up to the end of the sample with its blank line, if they are those that followed the first
  // lines of this sample when it was seen last; `lines` becomes larger by them.
  [[nodiscard]] bool take_rest(std::string_view& text, std::vector<FrameId>& leaf_first, std::size_t& lines);

  void begin_sample();
  // After each line that was taken: where the text goes on.
  void mark(const char* after, std::size_t frames);
  // The sample ended with the blank line before `end`, and this is all that was in it.
  void remember(const char* end, const std::vector<FrameId>& leaf_first);
  // The sample holds lines that are none of its frames.
  void spoil() { spoilt_ = true; }

 private:
  // What followed a line up to the end of its sample.
  struct Rest {
    const char* text = nullptr;
    std::uint32_t size = 0;              // bytes; 0 = none is remembered
    std::uint32_t begin = 0, count = 0;  // of its frames in rest_ids_
    std::uint32_t lines = 0;
  };
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
  void forget_rests();
  void use(std::uint32_t entry, std::vector<FrameId>& leaf_first);
  void name(const PerfFrameLine& line, bool java);
  [[nodiscard]] std::string& tidied(std::string_view symbol, bool java);

  FrameTable& table_;
  PerfScriptOptions options_;
  std::vector<Known> known_;          // the first is none
  std::vector<std::uint32_t> slots_;  // open addressing; entry, 0 = free
  std::vector<FrameId> ids_;          // of the lines, outermost first
  std::uint32_t last_ = 0;            // entry of the line before; 0 is the beginning of a sample
  std::string name_;

  // The first lines of a sample predict the rest; the very first, where it was interrupted, predicts least.
  static constexpr std::size_t k_marks = 3;
  struct Mark {
    std::uint32_t entry = 0;
    const char* after = nullptr;
    std::size_t frames = 0;  // of the sample up to here
  };
  std::array<Mark, k_marks> marks_{};
  std::size_t taken_ = 0;  // lines of this sample
  bool spoilt_ = false;
  // Whether rests come back in this text: goes up with each that did, down with each that did not.
  int rests_pay_ = k_rests_pay;
  std::size_t samples_ = 0;
  static constexpr int k_rests_pay = 64;
  [[nodiscard]] bool tries_rests() const { return rests_pay_ > 0 || samples_ % k_rests_pay == 0; }
  std::vector<Rest> rests_;  // by entry of known_
  std::vector<FrameId> rest_ids_;
};

}  // namespace perfwarden::profile
