#pragma once

#include <span>
#include <string>

#include "model/alert.hpp"

namespace perfwarden::app {

// What became of the alerts of a branch between two times (RFC 3339), as plain text: what ended and how, what is new,
// and what is still open, regressions first. The first line is a title with the counts. Empty when there is nothing of
// that.
[[nodiscard]] std::string digest_of(std::span<const Alert> alerts, const std::string& branch, const std::string& since,
                                    const std::string& now);

}  // namespace perfwarden::app
