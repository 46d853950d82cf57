#pragma once

#include <string>
#include <vector>

#include "identity/pairing.hpp"

namespace perfwarden::identity {

// What the loader does differently with the two images, one sentence each: kind, segments, interpreter (as data),
// libraries in their order, search paths, flags, names for others, thread-local data. Pairs the places where the loader
// enters the image and what the image gives to others by name.
struct LoaderFacts {
  std::vector<std::string> differences = {};
  std::vector<std::string> doubts = {};
};
[[nodiscard]] LoaderFacts compare_loading(Pairing& pairing);

}  // namespace perfwarden::identity
