#include <algorithm>
#include <optional>

#include "identity/panics.hpp"
#include "identity/same.hpp"
#include "identity/words.hpp"

namespace perfwarden::identity {
namespace {

constexpr std::uint64_t k_most_padding = 64;  // between pieces without names, whose size nobody wrote down
constexpr std::size_t k_offset = 4;           // bytes of an offset in a table
constexpr std::size_t k_address = 8;

class DataComparison {
 public:
  DataComparison(Pairing& pairing, PieceId base, PieceId head)
      : pairing_(pairing),
        base_(pairing.base()[base]),
        head_(pairing.head()[head]),
        of_base_(pairing.base().bytes(base)),
        of_head_(pairing.head().bytes(head)),
        base_written_(pairing.base().relocations(base)),
        head_written_(pairing.head().relocations(head)),
        jumper_(pairing.jumper(base)),
        holds_addresses_(pairing.base().image().is_fixed || pairing.head().image().is_fixed ||
                         base_.kind == Kind::table),
        is_offsets_of_jumps_(starts_with_jump()),
        is_handlers_(pairing.base().section_name(base) == ".gcc_except_table") {}

  Outcome compare(bool are_panic_locations) {
    size_ = std::min(base_.size(), head_.size());
    if (!same_excess()) return Outcome::differs;
    if (are_panic_locations) size_ = k_panic_location_text;
    if (of_base_.empty() != of_head_.empty()) return Outcome::differs;
    if (base_written_.size() != head_written_.size()) return Outcome::differs;
    std::size_t at = 0;
    for (std::size_t i = 0; i < base_written_.size(); ++i) {
      const std::uint64_t place = base_written_[i].address - base_.start;
      if (place != head_written_[i].address - head_.start ||
          !pairing_.same_relocation(base_written_[i], head_written_[i])) {
        return Outcome::differs;
      }
      compare_bytes(at, std::min<std::size_t>(place, size_));
      at = place + k_address;
    }
    compare_bytes(at, size_);
    if (is_handlers_) compare_types();
    return outcome_;
  }

 private:
  void worsen(Outcome outcome) {
    if (outcome == Outcome::differs || outcome_ == Outcome::same) outcome_ = outcome;
  }

  // A named object has its size. What has no name reaches to the next one: what one side has more is padding, or the
  // other side has it too, in a piece of its own.
  bool same_excess() {
    if (base_.size() == head_.size()) return true;
    if (!base_.name.empty()) return false;
    const bool base_is_longer = base_.size() > head_.size();
    const Pieces& pieces = base_is_longer ? pairing_.base() : pairing_.head();
    const Pieces& others = base_is_longer ? pairing_.head() : pairing_.base();
    const Piece& longer = base_is_longer ? base_ : head_;
    const Piece& shorter = base_is_longer ? head_ : base_;
    auto& written = base_is_longer ? base_written_ : head_written_;
    const auto is_in_excess = [&](const Relocation& one) { return one.address >= longer.start + size_; };
    if (std::any_of(written.begin(), written.end(), is_in_excess)) return false;
    const auto excess = bytes_after(pieces, longer, size_, longer.size() - size_);
    const bool is_padding =
        excess.size() < k_most_padding && std::all_of(excess.begin(), excess.end(), [](char c) { return c == '\0'; });
    return is_padding || (!excess.empty() && excess == bytes_after(others, shorter, size_, excess.size()));
  }

  static std::string_view bytes_after(const Pieces& pieces, const Piece& piece, std::uint64_t offset,
                                      std::uint64_t size) {
    const Section& section = pieces.image().sections[piece.section];
    const std::uint64_t at = piece.start - section.address + offset;
    return at < section.bytes.size() ? section.bytes.substr(at, size) : std::string_view{};
  }

  void compare_bytes(std::size_t from, std::size_t to) {
    if (of_base_.empty() || from >= to) return;
    if (jumper_ != k_no_piece && (holds_addresses_ || is_offsets_of_jumps_)) return compare_jumps(from, to);
    if (holds_addresses_) return compare_addresses(from, to);
    if (of_base_.substr(from, to - from) != of_head_.substr(from, to - from)) compare_offsets(from, to);
  }

  // Every aligned word may be an address.
  void compare_addresses(std::size_t from, std::size_t to) {
    std::size_t at = from;
    const auto is_aligned = [&] { return (base_.start + at) % k_address == 0 && (head_.start + at) % k_address == 0; };
    while (at < to && !is_aligned() && at < from + k_address) ++at;
    if (at >= to || !is_aligned()) at = to;
    compare_offsets(from, at);
    for (; at + k_address <= to; at += k_address) {
      const auto a = offset_at<std::int64_t>(of_base_, at);
      const auto b = offset_at<std::int64_t>(of_head_, at);
      const bool may_be_address = pairing_.base().is_address(a) && pairing_.head().is_address(b);
      if (may_be_address && pairing_.same_place(a, b)) continue;
      if (a != b) {
        compare_offsets(at, at + k_address);
      } else if (may_be_address) {
        worsen(Outcome::not_known);
      }
    }
    if (at < to) compare_offsets(at, to);
  }

  // Words that differ must be offsets to the same place.
  void compare_offsets(std::size_t from, std::size_t to) {
    for (std::size_t at = from; at < to;) {
      const std::size_t size = (base_.start + at) % k_offset == 0 ? std::min(k_offset, to - at) : 1;
      const bool is_equal = of_base_.substr(at, size) == of_head_.substr(at, size);
      if (!is_equal && (size < k_offset || !is_offset_to_same_place(at))) return worsen(Outcome::differs);
      at += size;
    }
  }

  bool is_offset_to_same_place(std::size_t at) {
    const auto a = offset_at<std::int32_t>(of_base_, at);
    const auto b = offset_at<std::int32_t>(of_head_, at);
    const auto is_same = [&](std::uint64_t from_base, std::uint64_t from_head) {
      return pairing_.base().find(from_base + a).piece != k_no_piece &&
             pairing_.same_place(from_base + a, from_head + b);
    };
    return is_same(base_.start + at, head_.start + at) || is_same(base_.start, head_.start);
  }

  // A table of jumps by offset counts from its own start, which the code must know, and a compiler begins it with a
  // case that there is. Other numbers that happen to lead into the function are none.
  [[nodiscard]] bool starts_with_jump() const {
    if (jumper_ == k_no_piece || base_.start % k_offset != 0 || head_.start % k_offset != 0) return false;
    if (of_base_.size() < k_offset || of_head_.size() < k_offset) return false;
    const PieceId partner = pairing_.of_base(jumper_);
    return leads_into(pairing_.base(), jumper_, base_.start + offset_at<std::int32_t>(of_base_, 0)) ||
           (partner != k_no_piece &&
            leads_into(pairing_.head(), partner, head_.start + offset_at<std::int32_t>(of_head_, 0)));
  }

  // Every word that may lead into the function that jumps by this piece must lead to the same instruction.
  void compare_jumps(std::size_t from, std::size_t to) {
    for (std::size_t at = from; at < to;) {
      const std::size_t left = to - at;
      std::size_t size = std::min<std::size_t>(left, 1);
      if (holds_addresses_ && left >= k_address && (base_.start + at) % k_address == 0) {
        const auto a = offset_at<std::int64_t>(of_base_, at);
        const auto b = offset_at<std::int64_t>(of_head_, at);
        if (const auto same = same_jump(a, b)) {
          if (!*same) return worsen(Outcome::differs);
          at += k_address;
          continue;
        }
      }
      if (is_offsets_of_jumps_ && left >= k_offset && at % k_offset == 0) {
        size = k_offset;
        const auto a = base_.start + offset_at<std::int32_t>(of_base_, at);
        const auto b = head_.start + offset_at<std::int32_t>(of_head_, at);
        if (const auto same = same_jump(a, b)) {
          if (!*same) return worsen(Outcome::differs);
          at += size;
          continue;
        }
      }
      compare_offsets(at, at + size);
      at += size;
    }
  }

  // nullopt: neither leads into the function or a part of it that the compiler put aside.
  std::optional<bool> same_jump(std::uint64_t base, std::uint64_t head) {
    const PieceId partner = pairing_.of_base(jumper_);
    const bool from_base = leads_into(pairing_.base(), jumper_, base);
    const bool from_head = partner != k_no_piece && leads_into(pairing_.head(), partner, head);
    if (!from_base && !from_head) return std::nullopt;
    return from_base && from_head && pairing_.same_place(base, head);
  }

  static bool leads_into(const Pieces& pieces, PieceId code, std::uint64_t address) {
    const PieceId target = pieces.find(address).piece;
    if (target == k_no_piece || pieces[target].kind != Kind::code) return false;
    return target == code || pieces[target].name.find(".cold") != std::string_view::npos;
  }

  // The types that a function catches: each leads to what the loader says of a type, or to the type itself.
  void compare_types() {
    const auto base = read_handler_types(of_base_, base_.start);
    const auto head = read_handler_types(of_head_, head_.start);
    if (!base || !head) return worsen(Outcome::not_known);
    if (base->end == 0) return;
    for (std::uint64_t end = base->end - base_.start; end >= k_offset + (base->from - base_.start); end -= k_offset) {
      const std::uint64_t at = end - k_offset;
      if (at + k_offset > size_) continue;
      const auto a = offset_at<std::int32_t>(of_base_, at);
      const auto b = offset_at<std::int32_t>(of_head_, at);
      if (a == 0 && b == 0) continue;  // catches everything
      const std::uint64_t in_base = base_.start + at + a;
      const std::uint64_t in_head = head_.start + at + b;
      const bool is_type =
          pairing_.base().at_start(in_base) != k_no_piece || pairing_.head().at_start(in_head) != k_no_piece;
      if (is_type && !pairing_.same_place(in_base, in_head)) worsen(Outcome::not_known);
    }
  }

  Pairing& pairing_;
  const Piece& base_;
  const Piece& head_;
  std::string_view of_base_;
  std::string_view of_head_;
  std::span<const Relocation> base_written_;
  std::span<const Relocation> head_written_;
  PieceId jumper_;
  bool holds_addresses_;  // that the loader does not write: in a fixed image, and that of its own list
  bool is_offsets_of_jumps_;
  bool is_handlers_;
  std::uint64_t size_ = 0;  // that both have
  Outcome outcome_ = Outcome::same;
};

}  // namespace

Outcome same_data(Pairing& pairing, PieceId base, PieceId head, bool are_panic_locations) {
  return DataComparison(pairing, base, head).compare(are_panic_locations);
}

}  // namespace perfwarden::identity
