#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "identity/pieces.hpp"

namespace perfwarden::identity {

// Where instructions lie that two pieces of code have in common: offsets in base and in head, ascending, and their
// ends.
using Correspondence = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

// Within a file the assembler chooses the length of a jump by the distance of its target, so a function that is the
// same may have longer jumps, and other padding between its instructions. Returns where its instructions lie if that is
// all that differs; nullopt otherwise. What the references of both mean is still to be compared, in their order; so are
// the frames.
[[nodiscard]] std::optional<Correspondence> same_but_for_jumps(const Pieces& base_pieces, PieceId base,
                                                               const Pieces& head_pieces, PieceId head,
                                                               Decoder& decoder);

// The offset in head of what lies at `offset` in base; nullopt when no instruction starts there.
[[nodiscard]] std::optional<std::uint64_t> corresponding(const Correspondence& places, std::uint64_t offset);

// Two lists of instructions for frames (DW_CFA_…) that are the same, but that they count corresponding distances.
[[nodiscard]] bool same_frame_instructions(std::string_view base, std::string_view head, const Correspondence& places);

}  // namespace perfwarden::identity
