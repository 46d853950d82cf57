#pragma once

#include <string>

#include "profile/draw/flame_picture.hpp"

namespace perfwarden::profile {

// The page: `detailed` is what its script draws, `plain_svg` what is there without it (templates/flame.*).
[[nodiscard]] std::string page_of(const FlamePicture& detailed, const std::string& plain_svg,
                                  const PictureOptions& options);

}  // namespace perfwarden::profile
