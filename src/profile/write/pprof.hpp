#pragma once

#include <string>

#include "model/profile.hpp"

namespace perfwarden::profile {

// The profile as pprof's protocol buffer, compressed by gzip, for `go tool pprof` and other readers: all sample
// types, costs rounded to whole numbers (seconds and milliseconds become nanoseconds first), what was inlined in the
// location of its caller. The same profile gives the same bytes.
[[nodiscard]] std::string write_pprof(const Profile& profile);

}  // namespace perfwarden::profile
