#include "identity/placement.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include <fmt/format.h>

namespace perfwarden::identity {
namespace {

constexpr std::uint64_t k_line = 64;  // bytes of a cache line

struct Neighbour {
  PieceId piece = k_no_piece;
  std::uint64_t distance = 0;  // of its start; wraps around for one that starts before
};

// Written objects that have a part in the cache lines of `id`, in order.
std::vector<Neighbour> neighbours(const Pieces& pieces, PieceId id) {
  const Piece& piece = pieces[id];
  const std::uint64_t from = piece.start / k_line * k_line;
  const std::uint64_t to = (piece.end + k_line - 1) / k_line * k_line;
  PieceId first = id;
  while (first > 0 && pieces[first - 1].end > from) --first;
  std::vector<Neighbour> found;
  for (PieceId at = first; at < pieces.size() && pieces[at].start < to; ++at) {
    if (pieces[at].kind == Kind::written) found.push_back({at, pieces[at].start - piece.start});
  }
  return found;
}

std::string called(const Pieces& pieces, PieceId id) {
  const auto name = pieces[id].name;
  return name.empty() ? "data without a name" : fmt::format("`{}`", name);
}

const Section& section_of(const Pieces& pieces, PieceId id) {
  return pieces.image().sections[pieces[id].section];
}

// What compilers make by themselves, of words and characters, and nobody can align: tables of virtual functions, types
// and their names, tables that stand for a switch.
bool is_of_compiler(std::string_view name) {
  constexpr std::array<std::string_view, 7> k_prefixes{"_ZTV",    "_ZTI",          "_ZTS",     "_ZTT",
                                                       "CSWTCH.", "switch.table.", "reltable."};
  return std::any_of(k_prefixes.begin(), k_prefixes.end(), [&](auto prefix) { return name.starts_with(prefix); });
}

// Moved so far that every alignment in the section still holds.
bool keeps_alignment(const Section& base, const Section& head, std::uint64_t distance) {
  return base.alignment == head.alignment && distance % std::max<std::uint64_t>(base.alignment, 1) == 0;
}

}  // namespace

Placement::Placement(const Pairing& pairing) : pairing_(&pairing), moves_(pairing.base().image().sections.size()) {
  const Pieces& base = pairing.base();
  const Pieces& head = pairing.head();
  for (PieceId id = 0; id < base.size(); ++id) {
    Move& move = moves_[base[id].section];
    const PieceId partner = pairing.of_base(id);
    if (partner == k_no_piece) {
      move.is_whole = false;
      continue;
    }
    const std::uint64_t distance = head[partner].start - base[id].start;
    if (!move.is_known) move.distance = distance;
    move.is_known = true;
    if (distance != move.distance || !keeps_alignment(section_of(base, id), section_of(head, partner), distance)) {
      move.is_whole = false;
    }
  }
  for (PieceId id = 0; id < head.size(); ++id) {
    if (pairing.of_head(id) != k_no_piece) continue;
    for (std::size_t i = 0; i < moves_.size(); ++i) {
      if (base.image().sections[i].name == head.section_name(id)) moves_[i].is_whole = false;
    }
  }
}

std::optional<std::string> Placement::other_neighbours(PieceId base, PieceId head) const {
  const auto in_base = neighbours(pairing_->base(), base);
  const auto in_head = neighbours(pairing_->head(), head);
  for (std::size_t i = 0; i < std::max(in_base.size(), in_head.size()); ++i) {
    if (i < in_base.size() && i < in_head.size() && pairing_->of_base(in_base[i].piece) == in_head[i].piece &&
        in_base[i].distance == in_head[i].distance) {
      continue;
    }
    return fmt::format("shares its cache lines differently, with {}", i < in_head.size()
                                                                          ? called(pairing_->head(), in_head[i].piece)
                                                                          : called(pairing_->base(), in_base[i].piece));
  }
  return std::nullopt;
}

std::optional<std::string> Placement::lies_differently(PieceId base) const {
  const PieceId head = pairing_->of_base(base);
  const Piece& in_base = pairing_->base()[base];
  const Piece& in_head = pairing_->head()[head];
  const bool is_written = in_base.kind == Kind::written;
  if (!is_written && (in_base.kind != Kind::read_only || in_base.name.empty())) return std::nullopt;
  if (moves_[in_base.section].is_whole || (!is_written && is_of_compiler(in_base.name))) return std::nullopt;
  const std::uint64_t distance = in_head.start - in_base.start;
  const auto size = std::clamp<std::uint64_t>(in_base.size(), 1, k_line);
  const std::uint64_t line = is_written ? k_line : std::bit_ceil(size);
  const bool is_aligned =
      !is_written && keeps_alignment(section_of(pairing_->base(), base), section_of(pairing_->head(), head), distance);
  if (distance % line != 0 && !is_aligned) {
    return fmt::format("lies at another place in its cache line: {} instead of {} bytes after its start",
                       in_head.start % k_line, in_base.start % k_line);
  }
  return is_written ? other_neighbours(base, head) : std::nullopt;
}

std::vector<std::string> Placement::moved_sections() const {
  std::vector<std::string> names;
  const Pieces& base = pairing_->base();
  for (PieceId id = 0; id < base.size(); ++id) {
    const Move& move = moves_[base[id].section];
    const std::string name(base.section_name(id));
    if (base[id].kind == Kind::written && move.is_whole && move.distance % k_line != 0 &&
        (names.empty() || names.back() != name)) {
      names.push_back(name);
    }
  }
  return names;
}

}  // namespace perfwarden::identity
