#pragma once

#include "profile/diff/merge.hpp"

namespace perfwarden::profile::test {

// Costs of a function on both sides in samples that cost 1 each.
inline Samples2 counts(double base, double head) {
  return {Sample{base, base, base}, Sample{head, head, head}};
}

}  // namespace perfwarden::profile::test
