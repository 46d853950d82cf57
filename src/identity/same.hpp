#pragma once

#include <cstdint>
#include <string>

#include "identity/pairing.hpp"

namespace perfwarden::identity {

// What the comparison of two partners came to. What they refer to become partners, and are compared in their turn.
enum class Outcome : std::uint8_t { same, differs, not_known };

// Two pieces of code: the same instructions, whose addresses mean the same places, and the same frames for exceptions.
// Jumps may have another length. The number of the line that a failing assert would print may differ.
[[nodiscard]] Outcome same_code(Pairing& pairing, Decoder& decoder, PieceId base, PieceId head);

// Two pieces of data: the same bytes, but words that mean the same places. A word is taken for what it may mean: an
// address that the loader writes; in a fixed image, the address that it holds; an entry of a table of jumps; an offset
// from its own place or from the start of its piece. Words that are equal but may mean different places are not known.
// Of panic locations the line and the column may differ.
[[nodiscard]] Outcome same_data(Pairing& pairing, PieceId base, PieceId head, bool are_panic_locations);

}  // namespace perfwarden::identity
