#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "identity/elf.hpp"

namespace perfwarden::identity {

// How an exception passes through a range of code (.eh_frame, as in the Linux Standard Base, "Exception Frames").
struct Frame {
  std::uint64_t start = 0;
  std::uint64_t size = 0;
  std::string_view factors = {};       // of its common information: alignments and the return address's register
  std::string_view opening = {};       // of its common information: the instructions before its own
  std::string_view instructions = {};  // how registers are found again; without padding
  std::uint64_t personality = 0;       // address of the pointer to, or of, what decides on handlers; 0: none
  std::uint64_t handlers = 0;          // address of the table of its handlers; 0: none
};

// All frames of the image, by start. Error: an encoding that is not understood.
[[nodiscard]] Result<std::vector<Frame>> read_frames(const Image& image);

// Where the types that it catches lie in a table of handlers, as addresses: 4-byte offsets from their own places, the
// first one last, with room before them for what says which are meant. `end` is 0 when it names none, or names them by
// address.
struct HandlerTypes {
  std::uint64_t from = 0;
  std::uint64_t end = 0;
};
// `table` lies at `address` and may be followed by anything. Error: an encoding that is not understood.
[[nodiscard]] Result<HandlerTypes> read_handler_types(std::string_view table, std::uint64_t address);

}  // namespace perfwarden::identity
