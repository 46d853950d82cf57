#include "identity/relaxed.hpp"

#include <algorithm>

#include "identity/words.hpp"

namespace perfwarden::identity {
namespace {

using Flow = Layout::Flow;

struct Instruction {
  std::uint64_t offset = 0;
  Layout layout = {};
  std::string_view bytes = {};
  std::optional<std::uint64_t> inner = {};  // offset of what it refers to within its own piece
  std::uint32_t references = 0;             // to other pieces
  std::size_t field = 0;                    // of the address, by its offset; 0: it has none
  std::size_t field_end = 0;
};

std::uint64_t relative_field(const Instruction& one) {
  const Layout& layout = one.layout;
  if (layout.is_rip_relative) return offset_at<std::int32_t>(one.bytes, layout.displacement);
  return layout.immediate_size == 1 ? offset_at<std::int8_t>(one.bytes, layout.immediate)
                                    : offset_at<std::int32_t>(one.bytes, layout.immediate);
}

// All instructions that are no padding; nullopt when there is one with two addresses, which is not worth the trouble.
std::optional<std::vector<Instruction>> instructions_of(const Pieces& pieces, PieceId id, Decoder& decoder) {
  const auto code = pieces.bytes(id);
  const auto references = pieces.references(id);
  std::size_t next_reference = 0;
  std::vector<Instruction> found;
  for (std::uint64_t at = 0; at < code.size();) {
    const Layout layout = decoder.first(code.substr(at));
    if (layout.length == 0) return std::nullopt;
    Instruction one{.offset = at, .layout = layout, .bytes = code.substr(at, layout.length)};
    at += layout.length;
    for (; next_reference < references.size() && references[next_reference].offset < at; ++next_reference) {
      ++one.references;
      one.field = references[next_reference].offset - one.offset;
      one.field_end = one.field + references[next_reference].size;
    }
    if (one.references > 1 || (layout.is_rip_relative && layout.is_branch_relative)) return std::nullopt;
    if ((layout.is_rip_relative || layout.is_branch_relative) && one.references == 0) {
      one.inner = at + relative_field(one);
      one.field = layout.is_rip_relative ? layout.displacement : layout.immediate;
      one.field_end = one.field + (layout.is_rip_relative ? sizeof(std::int32_t) : layout.immediate_size);
    }
    if (!layout.is_padding) found.push_back(one);
  }
  return found;
}

// The condition of a branch that has a short and a long form; -1 for another one, as loop.
int condition(const Instruction& one) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(one.bytes[at]); };
  constexpr unsigned k_kind = 0xf0;
  if (one.bytes.size() == 2 && (byte(0) & k_kind) == 0x70) return byte(0) & 0x0f;
  if (one.bytes.size() == 6 && byte(0) == 0x0f && (byte(1) & k_kind) == 0x80) return byte(1) & 0x0f;
  return -1;
}

bool is_plain_jump(const Instruction& one) {
  return (one.bytes.size() == 2 && one.bytes[0] == '\xeb') || (one.bytes.size() == 5 && one.bytes[0] == '\xe9');
}

bool same_instruction(const Instruction& base, const Instruction& head) {
  if (base.layout.flow != head.layout.flow || base.references != head.references ||
      base.inner.has_value() != head.inner.has_value()) {
    return false;
  }
  if (base.layout.flow == Flow::branch && condition(base) >= 0) return condition(base) == condition(head);
  if (base.layout.flow == Flow::jump && is_plain_jump(base)) return is_plain_jump(head);
  return base.bytes.size() == head.bytes.size() && base.field == head.field && base.field_end == head.field_end &&
         base.bytes.substr(0, base.field) == head.bytes.substr(0, base.field) &&
         base.bytes.substr(base.field_end) == head.bytes.substr(base.field_end);
}

}  // namespace

std::optional<Correspondence> same_but_for_jumps(const Pieces& base_pieces, PieceId base, const Pieces& head_pieces,
                                                 PieceId head, Decoder& decoder) {
  if (base_pieces.references(base).size() != head_pieces.references(head).size()) return std::nullopt;
  const auto in_base = instructions_of(base_pieces, base, decoder);
  const auto in_head = instructions_of(head_pieces, head, decoder);
  if (!in_base || !in_head || in_base->size() != in_head->size()) return std::nullopt;
  Correspondence places;
  places.reserve(in_base->size() + 1);
  for (std::size_t i = 0; i < in_base->size(); ++i) {
    if (!same_instruction((*in_base)[i], (*in_head)[i])) return std::nullopt;
    places.emplace_back((*in_base)[i].offset, (*in_head)[i].offset);
  }
  places.emplace_back(base_pieces[base].size(), head_pieces[head].size());
  for (std::size_t i = 0; i < in_base->size(); ++i) {
    const auto inner = (*in_base)[i].inner;
    if (inner && corresponding(places, *inner) != (*in_head)[i].inner) return std::nullopt;
    if (inner && !corresponding(places, *inner)) return std::nullopt;
  }
  return places;
}

std::optional<std::uint64_t> corresponding(const Correspondence& places, std::uint64_t offset) {
  const auto found = std::lower_bound(places.begin(), places.end(), std::pair(offset, std::uint64_t{0}));
  if (found == places.end() || found->first != offset) return std::nullopt;
  return found->second;
}

namespace {

// Walks over instructions for frames; says of each what it is, and how far it moves on.
class FrameWalk {
 public:
  explicit FrameWalk(std::string_view instructions) : rest_(instructions) {}

  // The next instruction that is not an advance, as bytes; empty at the end. Advances are added to place().
  std::string_view next() {
    while (!rest_.empty() && ok_) {
      const auto opcode = static_cast<unsigned char>(rest_[0]);
      if (const unsigned width = advance_width(opcode); width > 0 || opcode >> 6U == 1) {
        advance(opcode, width);
        continue;
      }
      const std::size_t size = size_of(opcode);
      if (!ok_ || size > rest_.size()) break;
      const auto one = rest_.substr(0, size);
      rest_.remove_prefix(size);
      return one;
    }
    ok_ = ok_ && rest_.empty();
    return {};
  }
  [[nodiscard]] std::uint64_t place() const { return place_; }
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  static unsigned advance_width(unsigned char opcode) {
    return opcode == 0x02 ? 1 : opcode == 0x03 ? 2 : opcode == 0x04 ? 4 : 0;  // DW_CFA_advance_loc1, 2, 4
  }

  void advance(unsigned char opcode, unsigned width) {
    constexpr unsigned k_low = 0x3f;
    if (rest_.size() < 1 + width) {
      ok_ = false;
      return;
    }
    if (width == 0) place_ += opcode & k_low;
    if (width == 1) place_ += value_at<std::uint8_t>(rest_, 1);
    if (width == 2) place_ += value_at<std::uint16_t>(rest_, 1);
    if (width == 4) place_ += value_at<std::uint32_t>(rest_, 1);
    rest_.remove_prefix(1 + width);
  }

  // Bytes of an instruction with its operands, which are LEB128 numbers and, in two, a block of bytes.
  std::size_t size_of(unsigned char opcode) {
    std::size_t at = 1;
    const auto number = [&] {
      std::uint64_t value = 0;
      for (unsigned shift = 0; at < rest_.size(); shift += 7) {
        const auto byte = static_cast<unsigned char>(rest_[at++]);
        if (shift < 64) value |= std::uint64_t{byte & 0x7fU} << shift;
        if ((byte & 0x80U) == 0) return value;
      }
      ok_ = false;
      return value;
    };
    const auto block = [&] {
      const std::uint64_t size = number();
      if (size > rest_.size()) ok_ = false;
      at += ok_ ? size : 0;
    };
    switch (opcode >> 6U == 0 ? opcode : opcode & 0xc0U) {
      case 0x00:  // nop
      case 0x0a:  // remember_state
      case 0x0b:  // restore_state
      case 0xc0:  // restore
        break;
      case 0x80:  // offset
      case 0x06:  // restore_extended
      case 0x07:  // undefined
      case 0x08:  // same_value
      case 0x0d:  // def_cfa_register
      case 0x0e:  // def_cfa_offset
      case 0x13:  // def_cfa_offset_sf
      case 0x2e:  // GNU_args_size
        number();
        break;
      case 0x05:  // offset_extended
      case 0x09:  // register
      case 0x0c:  // def_cfa
      case 0x11:  // offset_extended_sf
      case 0x12:  // def_cfa_sf
        number();
        number();
        break;
      case 0x0f:  // def_cfa_expression
        block();
        break;
      case 0x10:  // expression
      case 0x16:  // val_expression
        number();
        block();
        break;
      default:
        ok_ = false;
    }
    return at;
  }

  std::string_view rest_;
  std::uint64_t place_ = 0;
  bool ok_ = true;
};

}  // namespace

bool same_frame_instructions(std::string_view base, std::string_view head, const Correspondence& places) {
  FrameWalk in_base(base);
  FrameWalk in_head(head);
  while (true) {
    const auto a = in_base.next();
    const auto b = in_head.next();
    if (!in_base.ok() || !in_head.ok() || a != b) return false;
    if (a.empty()) return true;
    if (corresponding(places, in_base.place()) != in_head.place()) return false;
  }
}

}  // namespace perfwarden::identity
