#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "identity/pairing.hpp"

namespace perfwarden::identity {

// Whether data lies differently for the processor's caches. The linker may move a section as a whole, as it moves code:
// that is placement. What moves within its section was asked for by the program.
class Placement {
 public:
  // All pairs must have been made.
  explicit Placement(const Pairing& pairing);

  // Why the object lies differently than its partner does, as words that follow its name; nullopt when it does not, or
  // was moved with its section. Written data: another place in its cache line, or other objects in the lines that it
  // has a part in (two threads that write one line wait for each other). Data that is only read: another place in its
  // line, as far as its size can make it reach into a further one.
  [[nodiscard]] std::optional<std::string> lies_differently(PieceId base) const;

  // Written sections that were moved as a whole to another place in the cache lines, by name.
  [[nodiscard]] std::vector<std::string> moved_sections() const;

 private:
  struct Move {
    bool is_whole = true;  // all of it moved by one distance, that its alignment allows
    bool is_known = false;
    std::uint64_t distance = 0;  // wraps around
  };
  [[nodiscard]] std::optional<std::string> other_neighbours(PieceId base, PieceId head) const;

  const Pairing* pairing_;
  std::vector<Move> moves_;  // by section of base
};

}  // namespace perfwarden::identity
