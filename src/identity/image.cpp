#include "identity/image.hpp"

namespace perfwarden::identity {

ImageComparison compare_images(std::string_view base, std::string_view head, const ImageOptions&) {
  if (base == head && !base.empty()) return {.sameness = Sameness::identical, .functions_are_complete = true};
  return {.sameness = Sameness::not_known, .reasons = {"the bytes of the image differ"}};
}

}  // namespace perfwarden::identity
