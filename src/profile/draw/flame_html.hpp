#pragma once

#include <string>

#include "profile/draw/flame_picture.hpp"

namespace perfwarden::profile {

// The page: `detailed` is drawn by its script, `plain_svg` is shown without script (templates/flame.*).
[[nodiscard]] std::string page_of(const FlamePicture& detailed, const std::string& plain_svg,
                                  const PictureOptions& options);

}  // namespace perfwarden::profile
