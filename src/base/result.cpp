#include "base/result.hpp"

namespace perfwarden {

std::string Error::text() const {
  std::string out = where.empty() ? "error: " + what : where + ": error: " + what;
  if (!excerpt.empty()) out += "\n" + excerpt;
  if (!hint.empty()) out += "\nhint: " + hint;
  return out;
}

}  // namespace perfwarden
