#include <algorithm>

#include "identity/same.hpp"

namespace perfwarden::identity {
namespace {

constexpr char k_move_to_edx = '\xba';  // mov edx, imm32: the third argument of a call

class CodeComparison {
 public:
  CodeComparison(Pairing& pairing, Decoder& decoder, PieceId base, PieceId head)
      : pairing_(pairing),
        decoder_(decoder),
        base_(base),
        head_(head),
        of_base_(pairing.base().bytes(base)),
        of_head_(pairing.head().bytes(head)) {}

  Outcome compare() {
    if (!pairing_.base()[base_].is_readable || !pairing_.head()[head_].is_readable) return Outcome::not_known;
    if (!same_instructions()) {
      places_ = same_but_for_jumps(pairing_.base(), base_, pairing_.head(), head_, decoder_);
      if (!places_) return Outcome::differs;
      pairing_.set_places(base_, *places_);
    }
    if (!same_frames()) return Outcome::differs;
    const auto base = pairing_.base().references(base_);
    const auto head = pairing_.head().references(head_);
    Outcome outcome = Outcome::same;
    for (std::size_t i = 0; i < base.size(); ++i) {
      if (pairing_.same_target(base_, base[i].target, head[i].target)) continue;
      const bool is_equal_number = base[i].may_be_number && base[i].target == head[i].target;
      if (!is_equal_number) return Outcome::differs;
      outcome = Outcome::not_known;
    }
    return outcome;
  }

 private:
  bool same_instructions() {
    const auto base = pairing_.base().references(base_);
    const auto head = pairing_.head().references(head_);
    if (of_base_.size() != of_head_.size() || base.size() != head.size()) return false;
    std::size_t at = 0;
    for (std::size_t i = 0; i < base.size(); ++i) {
      if (base[i].offset != head[i].offset || base[i].size != head[i].size ||
          base[i].may_be_number != head[i].may_be_number || !same_bytes(at, base[i].offset)) {
        return false;
      }
      at = base[i].offset + base[i].size;
    }
    return same_bytes(at, of_base_.size());
  }

  bool same_bytes(std::size_t from, std::size_t to) {
    while (from < to) {
      const auto end = of_base_.begin() + static_cast<std::ptrdiff_t>(to);
      const auto at = std::mismatch(of_base_.begin() + static_cast<std::ptrdiff_t>(from), end,
                                    of_head_.begin() + static_cast<std::ptrdiff_t>(from))
                          .first;
      if (at == end) return true;
      const std::size_t after = end_of_assert_line(static_cast<std::size_t>(at - of_base_.begin()));
      if (after == 0) return false;
      from = after;
    }
    return true;
  }

  // If the byte at `offset` is of the line that an assert would print, the end of that number; else 0. Such a number is
  // moved into the third argument and nothing but further arguments lie between it and the call that never returns.
  std::size_t end_of_assert_line(std::size_t offset) {
    constexpr std::size_t k_most_arguments = 4;
    std::size_t at = instruction_of(offset);
    if (of_base_[at] != k_move_to_edx || of_head_[at] != k_move_to_edx) return 0;
    const std::size_t end = at + decoder_.first(of_base_.substr(at)).length;
    for (std::size_t i = 0; i <= k_most_arguments; ++i) {
      const Layout layout = decoder_.first(of_base_.substr(at));
      if (layout.length == 0) return 0;
      if (layout.flow == Layout::Flow::call) return calls_assert_fail(at + layout.immediate) ? end : 0;
      if (layout.flow != Layout::Flow::next) return 0;
      at += layout.length;
    }
    return 0;
  }

  [[nodiscard]] std::size_t instruction_of(std::size_t offset) {
    std::size_t at = 0;
    while (true) {
      const auto length = decoder_.first(of_base_.substr(at)).length;
      if (length == 0 || at + length > offset) return at;
      at += length;
    }
  }

  [[nodiscard]] bool calls_assert_fail(std::size_t field) const {
    for (const Reference& reference : pairing_.base().references(base_)) {
      if (reference.offset != field) continue;
      const Place place = pairing_.base().find(reference.target);
      if (place.piece == k_no_piece) return false;
      for (const Relocation& relocation : pairing_.base().relocations(place.piece)) {
        if (relocation.symbol == 0) continue;
        const Symbol& symbol = pairing_.base().image().dynamic_symbols[relocation.symbol];
        if (symbol.name == "__assert_fail" && symbol.section == 0) return true;
      }
    }
    return false;
  }

  bool same_frames() {
    const auto base = pairing_.base().frames(base_);
    const auto head = pairing_.head().frames(head_);
    if (base.size() != head.size()) return false;
    for (std::size_t i = 0; i < base.size(); ++i) {
      const Frame& a = base[i];
      const Frame& b = head[i];
      const std::uint64_t in_base = a.start - pairing_.base()[base_].start;
      const std::uint64_t in_head = b.start - pairing_.head()[head_].start;
      if (a.factors != b.factors || a.opening != b.opening) return false;
      if (places_) {
        // Tables of handlers count from the function's start too, and are not worth the trouble.
        if (in_base != 0 || in_head != 0 || corresponding(*places_, a.size) != b.size || a.handlers != 0 ||
            !same_frame_instructions(a.instructions, b.instructions, *places_)) {
          return false;
        }
      } else if (in_base != in_head || a.size != b.size || a.instructions != b.instructions) {
        return false;
      }
      if ((a.personality == 0) != (b.personality == 0) || (a.handlers == 0) != (b.handlers == 0)) return false;
      if (a.personality != 0 && !pairing_.same_place(a.personality, b.personality)) return false;
      if (a.handlers != 0 && !pairing_.same_place(a.handlers, b.handlers)) return false;
    }
    return true;
  }

  Pairing& pairing_;
  Decoder& decoder_;
  PieceId base_;
  PieceId head_;
  std::string_view of_base_;
  std::string_view of_head_;
  std::optional<Correspondence> places_;  // of instructions, when jumps have other lengths
};

}  // namespace

Outcome same_code(Pairing& pairing, Decoder& decoder, PieceId base, PieceId head) {
  return CodeComparison(pairing, decoder, base, head).compare();
}

}  // namespace perfwarden::identity
