#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace perfwarden::identity {

// How the bytes of one x86-64 instruction are divided, and what it does to the flow of control.
struct Layout {
  enum class Flow : std::uint8_t {
    next,           // goes on after it
    call,           // too, though a call may not come back
    branch,         // goes on after it, or at its target
    jump,           // goes on at its target alone
    jump_indirect,  // goes on where a register or memory says
    stop,           // return, trap, halt
  };
  std::uint8_t length = 0;        // bytes; 0: not understood
  std::uint8_t header = 0;        // bytes before the first field: prefixes, opcode, ModRM, SIB
  std::uint8_t displacement = 0;  // offset of a 4-byte displacement; 0: none
  std::uint8_t immediate = 0;     // offset of an immediate; 0: none
  std::uint8_t immediate_size = 0;
  bool is_rip_relative = false;     // the displacement counts from the next instruction
  bool is_thread_relative = false;  // the displacement counts from the thread's own data (fs, gs)
  bool is_branch_relative = false;  // the immediate counts from the next instruction
  bool is_padding = false;          // does nothing, or traps: what linkers and compilers fill with
  Flow flow = Flow::next;
};

// Divides code into instructions. The header of an instruction decides on its layout, so the disassembler (Capstone) is
// shown each header once, and the layout kept in a tree by the header's bytes: a tenth of the time.
class Decoder {
 public:
  Decoder();
  ~Decoder();
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  // The layout of the first instruction of `code`; length 0 when there is none, or none that is understood.
  [[nodiscard]] Layout first(std::string_view code);

 private:
  struct Disassembler;
  using Node = std::array<std::uint32_t, 256>;  // by byte: 0 unknown, a node, or k_is_leaf and a layout

  [[nodiscard]] Layout ask(std::string_view code);
  void keep(std::string_view header, const Layout& layout);

  std::unique_ptr<Disassembler> disassembler_;
  std::vector<Node> nodes_;
  std::vector<Layout> layouts_;
};

}  // namespace perfwarden::identity
