#pragma once

#include <cstddef>
#include <string>

#include "profile/draw/flame_picture.hpp"

namespace perfwarden::profile {

// The picture as one <svg> element with presentation attributes only. Differential: head's widths, and below them
// base's, when code of base is gone. `inline_in_page`: without the title and facts, which the page has already.
[[nodiscard]] std::string svg_of(const FlamePicture& picture, const PictureOptions& options, bool inline_in_page);

// The bytes that svg_of needs for a box besides its name, and how often it writes the name; for FlameBudget.
[[nodiscard]] FlameBudget svg_budget(bool differential, double min_share, std::size_t bytes);

}  // namespace perfwarden::profile
