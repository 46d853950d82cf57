#include "identity/pairing.hpp"

#include <algorithm>

#include <elf.h>

namespace perfwarden::identity {
namespace {

struct Sections {
  const Section* around = nullptr;  // the one that an address lies in
  const Section* before = nullptr;  // the one at whose end it lies
};

Sections sections_at(const Image& image, std::uint64_t address) {
  Sections found;
  for (const Section& section : image.sections) {
    if (!section.has(SHF_ALLOC) || (section.type == SHT_NOBITS && section.has(SHF_TLS))) continue;
    if (address >= section.address && address < section.end()) found.around = &section;
    if (address == section.end() && section.size > 0) found.before = &section;
  }
  return found;
}

}  // namespace

Pairing::Pairing(const Pieces& base, const Pieces& head)
    : base_(&base),
      head_(&head),
      of_base_(base.size(), k_no_piece),
      of_head_(head.size(), k_no_piece),
      contradicted_base_(base.size()),
      contradicted_head_(head.size()) {}

bool Pairing::pair(PieceId base, PieceId head) {
  if (base == k_no_piece || head == k_no_piece) return base == head;
  if (of_base_[base] == head) return true;
  const Piece& in_base = (*base_)[base];
  const Piece& in_head = (*head_)[head];
  const bool is_free = of_base_[base] == k_no_piece && of_head_[head] == k_no_piece;
  if (!is_free || in_base.kind != in_head.kind || in_base.name.empty() != in_head.name.empty() ||
      base_->section_name(base) != head_->section_name(head)) {
    contradict(base, head);
    return false;
  }
  of_base_[base] = head;
  of_head_[head] = base;
  todo_.push_back({base, head});
  return true;
}

void Pairing::contradict(PieceId base, PieceId head) {
  contradicted_base_[base] = true;
  contradicted_head_[head] = true;
  if (of_base_[base] != k_no_piece) contradicted_head_[of_base_[base]] = true;
  if (of_head_[head] != k_no_piece) contradicted_base_[of_head_[head]] = true;
}

// What lies in no piece: ends of sections, the headers, what the linker derives from the rest.
bool Pairing::same_outside(std::uint64_t base, std::uint64_t head) const {
  const Sections in_base = sections_at(base_->image(), base);
  const Sections in_head = sections_at(head_->image(), head);
  const auto is_one = [](const Section* a, const Section* b) {
    return a != nullptr && b != nullptr && a->name == b->name;
  };
  if (is_one(in_base.before, in_head.before)) return true;
  if (is_one(in_base.around, in_head.around)) return base - in_base.around->address == head - in_head.around->address;
  const bool are_in_none = in_base.around == nullptr && in_head.around == nullptr;
  return are_in_none && in_base.before == in_head.before && base == head;
}

bool Pairing::same_place(std::uint64_t base, std::uint64_t head) {
  const Place in_base = base_->find(base);
  const Place in_head = head_->find(head);
  // Where one side has nothing, both may still mean the end of a section, at which the other side happens to start a
  // piece.
  if (in_base.piece == k_no_piece || in_head.piece == k_no_piece) return same_outside(base, head);
  return pair(in_base.piece, in_head.piece) && same_offset(in_base.piece, in_base.offset, in_head.offset);
}

bool Pairing::same_offset(PieceId base, std::uint64_t in_base, std::uint64_t in_head) {
  if (const auto places = places_.find(base); places != places_.end()) {
    return corresponding(places->second, in_base) == in_head;
  }
  if (in_base == in_head && in_base != 0 && (*base_)[base].kind == Kind::code) taken_alike_[base].push_back(in_base);
  return in_base == in_head;
}

void Pairing::set_places(PieceId base, Correspondence places) {
  for (const std::uint64_t offset : taken_alike_[base]) {
    if (corresponding(places, offset) != offset) contradict(base, of_base_[base]);
  }
  places_.emplace(base, std::move(places));
}

bool Pairing::same_target(PieceId code, std::uint64_t base, std::uint64_t head) {
  if ((*base_)[code].jumps_indirectly) {
    const PieceId table = base_->find(base).piece;
    if (table != k_no_piece && (*base_)[table].name.empty()) jumpers_.emplace(table, code);
  }
  return same_place(base, head);
}

bool Pairing::same_relocation(const Relocation& base, const Relocation& head) {
  if (base.type != head.type) return false;
  if (base.type == R_X86_64_RELATIVE || base.type == R_X86_64_IRELATIVE) {
    return same_place(static_cast<std::uint64_t>(base.addend), static_cast<std::uint64_t>(head.addend));
  }
  const auto symbol = [](const Pieces& pieces, const Relocation& relocation) -> Symbol {
    return relocation.symbol == 0 ? Symbol{} : pieces.image().dynamic_symbols[relocation.symbol];
  };
  const Symbol in_base = symbol(*base_, base);
  const Symbol in_head = symbol(*head_, head);
  return base.addend == head.addend && in_base.name == in_head.name && in_base.version == in_head.version &&
         in_base.binding == in_head.binding && in_base.type == in_head.type;
}

std::optional<Pairing::Pair> Pairing::next() {
  if (done_ == todo_.size()) return std::nullopt;
  return todo_[done_++];
}

PieceId Pairing::jumper(PieceId base) const {
  const auto found = jumpers_.find(base);
  return found == jumpers_.end() ? k_no_piece : found->second;
}

}  // namespace perfwarden::identity
