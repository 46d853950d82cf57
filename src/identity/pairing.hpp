#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "identity/pieces.hpp"
#include "identity/relaxed.hpp"

namespace perfwarden::identity {

// Which piece of base is which piece of head: one to one. A pair is an assumption that is still to be proven; pairs
// that two places contradict are in doubt on both sides.
class Pairing {
 public:
  struct Pair {
    PieceId base = k_no_piece;
    PieceId head = k_no_piece;
  };

  Pairing(const Pieces& base, const Pieces& head);

  [[nodiscard]] const Pieces& base() const { return *base_; }
  [[nodiscard]] const Pieces& head() const { return *head_; }
  [[nodiscard]] PieceId of_base(PieceId id) const { return of_base_[id]; }  // k_no_piece when it has no partner
  [[nodiscard]] PieceId of_head(PieceId id) const { return of_head_[id]; }

  // Pairs two pieces that have no partner yet and are of one kind. True when they are partners afterwards.
  bool pair(PieceId base, PieceId head);
  // True when two addresses mean the same place, for which their pieces become partners.
  bool same_place(std::uint64_t base, std::uint64_t head);
  // As same_place, from an instruction of `code`, a piece of base: what it refers to may be its table of jumps.
  bool same_target(PieceId code, std::uint64_t base, std::uint64_t head);
  // As same_place, for what the loader writes.
  bool same_relocation(const Relocation& base, const Relocation& head);

  // Says where the instructions of partners lie, whose jumps have other lengths. Whoever took equal distances for the
  // same place before is contradicted.
  void set_places(PieceId base, Correspondence places);

  // A pair whose sameness nobody has looked at yet.
  [[nodiscard]] std::optional<Pair> next();
  // The code that jumps by a piece of base without a name; k_no_piece when none may.
  [[nodiscard]] PieceId jumper(PieceId base) const;
  [[nodiscard]] bool is_contradicted_in_base(PieceId id) const { return contradicted_base_[id]; }
  [[nodiscard]] bool is_contradicted_in_head(PieceId id) const { return contradicted_head_[id]; }

 private:
  [[nodiscard]] bool same_outside(std::uint64_t base, std::uint64_t head) const;
  bool same_offset(PieceId base, std::uint64_t in_base, std::uint64_t in_head);
  void contradict(PieceId base, PieceId head);

  const Pieces* base_;
  const Pieces* head_;
  std::vector<PieceId> of_base_;
  std::vector<PieceId> of_head_;
  std::vector<bool> contradicted_base_;
  std::vector<bool> contradicted_head_;
  std::vector<Pair> todo_;
  std::size_t done_ = 0;
  std::unordered_map<PieceId, PieceId> jumpers_;
  std::unordered_map<PieceId, Correspondence> places_;  // by piece of base
  std::unordered_map<PieceId, std::vector<std::uint64_t>>
      taken_alike_;  // by code of base: offsets that were taken for equal
};

}  // namespace perfwarden::identity
