#pragma once

#include <span>
#include <vector>

#include "identity/pieces.hpp"

namespace perfwarden::identity {

// Which pieces of an image can be reached from `roots` through references, what the loader writes, frames, words that
// are addresses (in a fixed image), and words that are offsets to the start of one of `suspects`: by piece.
[[nodiscard]] std::vector<bool> reached_from(const Pieces& pieces, std::span<const PieceId> roots,
                                             std::span<const PieceId> suspects);

}  // namespace perfwarden::identity
