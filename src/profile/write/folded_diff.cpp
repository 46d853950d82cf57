#include "profile/write/folded_diff.hpp"

#include <fmt/format.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <deque>
#include <iterator>

#include "base/text.hpp"
#include "profile/read/folded_text.hpp"

namespace perfwarden::profile {
namespace {

constexpr std::size_t k_first_slots = 1024;
constexpr std::size_t k_batch = 16;  // lines looked up at a time, so that their cache misses overlap
constexpr std::size_t k_piece_bytes = std::size_t{256} << 10;
constexpr std::size_t k_longest_stack = std::size_t{1} << 30;

// Counts are whole numbers until one is not, and doubles from then on.
union Count {
  std::uint64_t whole;
  double value;
};

struct Entry {
  const char* stack;
  std::uint32_t size;
  std::array<Count, 2> counts;
  [[nodiscard]] std::string_view text() const { return {stack, size}; }
};

// The StackTable is an index of distinct stacks in the order first seen.
class StackTable {
 public:
  StackTable() : slots_(k_first_slots) {}

  // The bytes of the stack must stay where they are, unless they are `passing`: gone after this call.
  void add(const FoldedLine& line, std::size_t side, bool passing) {
    const auto hash = static_cast<std::uint32_t>(XXH3_64bits(line.stack.data(), line.stack.size()));
    pending_[pending_count_++] = {line, hash, side, passing};
    __builtin_prefetch(&slots_[hash & (slots_.size() - 1)]);
    if (passing || pending_count_ == k_batch) flush();
  }

  void flush() {
    while ((entries_.size() + pending_count_) * 2 > slots_.size()) grow();
    for (std::size_t i = 0; i < pending_count_; ++i) {
      const std::uint64_t slot = slots_[pending_[i].hash & (slots_.size() - 1)];
      if (slot == 0) continue;
      __builtin_prefetch(&entries_[index_of(slot)]);
    }
    for (std::size_t i = 0; i < pending_count_; ++i) count(entry_of(pending_[i]), pending_[i]);
    pending_count_ = 0;
  }

  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  [[nodiscard]] bool whole() const { return whole_; }
  [[nodiscard]] Count total(std::size_t side) const { return totals_[side]; }

 private:
  struct Pending {
    FoldedLine line;
    std::uint32_t hash = 0;
    std::size_t side = 0;
    bool passing = false;
  };

  // A slot is the hash above the entry's index + 1; 0 = free.
  static std::size_t index_of(std::uint64_t slot) { return (slot & 0xFFFFFFFFU) - 1; }
  static std::uint32_t hash_of(std::uint64_t slot) { return static_cast<std::uint32_t>(slot >> 32U); }

  void grow() {
    std::vector<std::uint64_t> larger(slots_.size() * 2);
    const std::size_t mask = larger.size() - 1;
    for (const std::uint64_t slot : slots_) {
      if (slot == 0) continue;
      std::size_t at = hash_of(slot) & mask;
      while (larger[at] != 0) at = (at + 1) & mask;
      larger[at] = slot;
    }
    slots_ = std::move(larger);
  }

  Entry& entry_of(const Pending& pending) {
    const std::string_view stack = pending.line.stack;
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = pending.hash & mask;
    for (; slots_[at] != 0; at = (at + 1) & mask) {
      if (hash_of(slots_[at]) != pending.hash) continue;
      Entry& entry = entries_[index_of(slots_[at])];
      if (entry.text() == stack) return entry;
    }
    Entry entry{pending.passing ? keep(stack) : stack.data(), static_cast<std::uint32_t>(stack.size()), {}};
    if (!whole_) entry.counts = {Count{.value = 0}, Count{.value = 0}};
    entries_.push_back(entry);
    slots_[at] = (static_cast<std::uint64_t>(pending.hash) << 32U) | entries_.size();
    return entries_.back();
  }

  const char* keep(std::string_view stack) {
    if (blocks_.empty() || blocks_.back().capacity() - blocks_.back().size() < stack.size()) {
      blocks_.emplace_back();
      blocks_.back().reserve(std::max(k_piece_bytes, stack.size()));
    }
    const std::size_t begin = blocks_.back().size();
    return blocks_.back().append(stack).data() + begin;
  }

  void count(Entry& entry, const Pending& pending) {
    const FoldedCount& more = pending.line.count;
    Count& sum = entry.counts[pending.side];
    Count& total = totals_[pending.side];
    if (whole_) {
      Count new_total{};
      if (more.is_whole && !__builtin_add_overflow(total.whole, more.whole, &new_total.whole)) {
        sum.whole += more.whole;  // at most the total
        total = new_total;
        return;
      }
      to_doubles();
    }
    sum.value += more.value;
    total.value += more.value;
  }

  void to_doubles() {
    const auto convert = [](Count& count) { count.value = static_cast<double>(count.whole); };
    for (Entry& entry : entries_)
      for (Count& count : entry.counts) convert(count);
    for (Count& count : totals_) convert(count);
    whole_ = false;
  }

  std::vector<Entry> entries_;
  std::deque<std::string> blocks_;  // of passing stacks; never moved
  std::vector<std::uint64_t> slots_;
  std::array<Pending, k_batch> pending_;
  std::size_t pending_count_ = 0;
  std::array<Count, 2> totals_{};
  bool whole_ = true;
};

// `stack` itself, or what is left of it without its addresses, in `stripped`.
std::string_view without_addresses(std::string_view stack, std::string& stripped) {
  if (stack.find("0x") == std::string_view::npos) return stack;
  stripped.clear();
  for (std::size_t at = 0; at < stack.size();) {
    if (stack[at] != '0' || at + 2 >= stack.size() || stack[at + 1] != 'x' || !text::is_hex_digit(stack[at + 2])) {
      stripped += stack[at++];
      continue;
    }
    stripped += "0x...";
    for (at += 2; at < stack.size() && text::is_hex_digit(stack[at]);) ++at;
  }
  return stripped;
}

// Writes what was counted, in pieces.
class DiffWriter {
 public:
  explicit DiffWriter(const Sink& sink) : sink_(sink) { buffer_.reserve(k_piece_bytes + k_piece_bytes / 4); }
  ~DiffWriter() {
    if (!buffer_.empty()) sink_(buffer_);
  }
  DiffWriter(const DiffWriter&) = delete;
  DiffWriter& operator=(const DiffWriter&) = delete;

  void stack(std::string_view text) {
    if (buffer_.size() >= k_piece_bytes) {
      sink_(buffer_);
      buffer_.clear();
    }
    buffer_ += text;
  }
  void number(std::uint64_t whole) {
    const fmt::format_int digits(whole);
    buffer_ += ' ';
    buffer_.append(digits.data(), digits.size());
  }
  void number(double value) {
    constexpr double k_exact = 9007199254740992;  // 2^53
    if (value == std::trunc(value) && std::abs(value) < k_exact) return number(static_cast<std::uint64_t>(value));
    fmt::format_to(std::back_inserter(buffer_), " {:.15g}", value);
  }
  void end() { buffer_ += '\n'; }

 private:
  const Sink& sink_;
  std::string buffer_;
};

// count × head ÷ base without its fraction, exact where 64 bits can hold it.
std::uint64_t scaled_count(std::uint64_t count, std::uint64_t base, std::uint64_t head) {
  std::uint64_t product = 0;
  if (!__builtin_mul_overflow(count, head, &product) && product % base == 0) return product / base;
  const double exact = static_cast<double>(count) * static_cast<double>(head);
  return static_cast<std::uint64_t>(exact / static_cast<double>(base));
}

std::size_t write(const StackTable& table, bool normalize, const Sink& sink) {
  const Count base = table.total(0), head = table.total(1);
  DiffWriter out(sink);
  for (const Entry& entry : table.entries()) {
    out.stack(entry.text());
    if (table.whole()) {
      const std::uint64_t count = entry.counts[0].whole;
      out.number(normalize && base.whole != head.whole ? scaled_count(count, base.whole, head.whole) : count);
      out.number(entry.counts[1].whole);
    } else {
      const double count = entry.counts[0].value;
      out.number(normalize && base.value != head.value ? std::trunc(count * head.value / base.value) : count);
      out.number(entry.counts[1].value);
    }
    out.end();
  }
  return table.entries().size();
}

}  // namespace

Result<FoldedDiff> diff_folded(std::string_view base, std::string_view head, const FoldedDiffOptions& options,
                               const Sink& sink) {
  FoldedDiff out;
  StackTable table;
  std::array<std::string, 2> converted;
  std::string stripped;
  for (std::size_t side = 0; side < 2; ++side) {
    FoldedTally tally;
    std::string_view rest = folded_utf8(side == 0 ? base : head, converted[side]);
    while (!rest.empty()) {
      const std::string_view line = next_line(rest);
      auto parsed = folded_line(line);
      if (parsed && parsed->stack.size() > k_longest_stack) parsed.reset();
      tally.see(parsed.has_value(), line.empty());
      if (!parsed) continue;
      if (options.strip_hex) parsed->stack = without_addresses(parsed->stack, stripped);
      table.add(*parsed, side, parsed->stack.data() == stripped.data());
    }
    table.flush();
    PW_TRY(tally.check(options.names[side]));
    tally.warn(options.names[side], out.warnings);
  }
  const bool base_is_empty = table.whole() ? table.total(0).whole == 0 : table.total(0).value == 0;
  if (options.normalize && base_is_empty)
    return Error{.kind = ErrorKind::usage,
                 .what = "all counts are 0, so they cannot be normalised",
                 .where = options.names[0],
                 .hint = "compare without normalising"};
  out.stacks = write(table, options.normalize, sink);
  return out;
}

}  // namespace perfwarden::profile
