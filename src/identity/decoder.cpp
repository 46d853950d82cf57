#include "identity/decoder.hpp"

#include <algorithm>

#include <capstone/capstone.h>

namespace perfwarden::identity {
namespace {

constexpr std::uint32_t k_is_leaf = 1U << 31;
constexpr std::size_t k_longest = 15;          // bytes of an instruction
constexpr std::size_t k_max_nodes = 1U << 15;  // of 1 KiB: hostile code must not fill the memory

bool is_in(const cs_detail& detail, unsigned group) {
  const auto* end = detail.groups + detail.groups_count;
  return std::find(detail.groups, end, group) != end;
}

Layout::Flow flow_of(const cs_insn& instruction, bool is_branch_relative) {
  switch (instruction.id) {
    case X86_INS_UD2:
    case X86_INS_HLT:
    case X86_INS_INT3:
      return Layout::Flow::stop;
    case X86_INS_JMP:
    case X86_INS_LJMP:
      return is_branch_relative ? Layout::Flow::jump : Layout::Flow::jump_indirect;
    default:
      break;
  }
  const cs_detail& detail = *instruction.detail;
  if (is_in(detail, CS_GRP_RET) || is_in(detail, CS_GRP_IRET)) return Layout::Flow::stop;
  if (is_in(detail, CS_GRP_CALL)) return Layout::Flow::call;
  return is_branch_relative ? Layout::Flow::branch : Layout::Flow::next;
}

// False for the few instructions whose fields this version of the disassembler gets wrong, or that processors disagree
// on.
bool is_trustworthy(const cs_insn& instruction, bool is_branch_relative) {
  const cs_x86& x86 = instruction.detail->x86;
  constexpr std::uint8_t k_rex_w = 8;
  const bool is_16_bits = x86.prefix[2] == X86_PREFIX_OPSIZE && (x86.rex & k_rex_w) == 0;
  const bool is_wide_address =
      x86.opcode[0] >= 0xa0 && x86.opcode[0] <= 0xa3;  // mov between rax and 64 bits of address
  const bool is_3dnow = is_in(*instruction.detail, X86_GRP_3DNOW);
  const bool is_odd_push = instruction.id == X86_INS_PUSH && x86.prefix[2] == X86_PREFIX_OPSIZE;
  const bool is_ud = instruction.id == X86_INS_UD0 || instruction.id == X86_INS_UD2B;
  return !is_wide_address && !is_3dnow && !is_odd_push && !is_ud && !(is_branch_relative && is_16_bits);
}

}  // namespace

struct Decoder::Disassembler {
  csh handle = 0;
  cs_insn* instruction = nullptr;
  Disassembler() {
    if (cs_open(CS_ARCH_X86, CS_MODE_64, &handle) != CS_ERR_OK) return;
    cs_option(handle, CS_OPT_DETAIL, CS_OPT_ON);
    instruction = cs_malloc(handle);
  }
  ~Disassembler() {
    if (instruction != nullptr) cs_free(instruction, 1);
    if (handle != 0) cs_close(&handle);
  }
  Disassembler(const Disassembler&) = delete;
  Disassembler& operator=(const Disassembler&) = delete;
};

Decoder::Decoder() : disassembler_(std::make_unique<Disassembler>()), nodes_(1) {}
Decoder::~Decoder() = default;

Layout Decoder::first(std::string_view code) {
  std::uint32_t node = 0;
  const std::size_t most = std::min(code.size(), k_longest);
  for (std::size_t i = 0; i < most; ++i) {
    const std::uint32_t next = nodes_[node][static_cast<unsigned char>(code[i])];
    if (next == 0) break;
    if ((next & k_is_leaf) != 0) {
      const Layout& layout = layouts_[next & ~k_is_leaf];
      return layout.length <= code.size() ? layout : Layout{};
    }
    node = next;
  }
  const Layout layout = ask(code.substr(0, k_longest));
  if (layout.length > 0) keep(code.substr(0, layout.header), layout);
  return layout;
}

Layout Decoder::ask(std::string_view code) {
  if (disassembler_->instruction == nullptr) return {};
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(code.data());
  std::size_t size = code.size();
  std::uint64_t address = 0;
  const cs_insn& instruction = *disassembler_->instruction;
  if (!cs_disasm_iter(disassembler_->handle, &bytes, &size, &address, disassembler_->instruction)) return {};
  const cs_x86& x86 = instruction.detail->x86;
  const bool is_branch_relative = cs_insn_group(disassembler_->handle, &instruction, CS_GRP_BRANCH_RELATIVE);
  if (!is_trustworthy(instruction, is_branch_relative)) return {};
  Layout layout{.length = static_cast<std::uint8_t>(instruction.size),
                .header = static_cast<std::uint8_t>(instruction.size),
                .immediate = x86.encoding.imm_offset,
                .is_branch_relative = is_branch_relative,
                .is_padding = instruction.id == X86_INS_NOP || instruction.id == X86_INS_INT3,
                .flow = flow_of(instruction, is_branch_relative)};
  // The disassembler's own sizes of fields are wrong for some instructions with prefixes; its offsets are right.
  if (layout.immediate != 0) {
    layout.immediate_size = static_cast<std::uint8_t>(layout.length - layout.immediate);
    layout.header = layout.immediate;
  }
  const std::uint8_t displacement = x86.encoding.disp_offset;
  const unsigned end_of_displacement = layout.immediate != 0 ? layout.immediate : layout.length;
  if (displacement != 0) layout.header = std::min(layout.header, displacement);
  if (displacement != 0 && end_of_displacement - displacement == 4) {
    constexpr unsigned k_rip_mask = 0xc7;  // of ModRM: mod and rm
    const auto modrm = static_cast<unsigned char>(code[layout.header - 1U]);
    layout.displacement = displacement;
    layout.is_rip_relative = x86.encoding.modrm_offset + 1 == displacement && (modrm & k_rip_mask) == 0x05;
    layout.is_thread_relative = x86.prefix[1] == X86_PREFIX_FS || x86.prefix[1] == X86_PREFIX_GS;
  }
  return layout;
}

void Decoder::keep(std::string_view header, const Layout& layout) {
  if (header.empty() || nodes_.size() + header.size() > k_max_nodes) return;
  std::uint32_t node = 0;
  for (std::size_t i = 0; i + 1 < header.size(); ++i) {
    const auto byte = static_cast<unsigned char>(header[i]);
    if ((nodes_[node][byte] & k_is_leaf) != 0) return;
    if (nodes_[node][byte] == 0) {
      nodes_.emplace_back();
      nodes_[node][byte] = static_cast<std::uint32_t>(nodes_.size() - 1);
    }
    node = nodes_[node][byte];
  }
  auto& leaf = nodes_[node][static_cast<unsigned char>(header.back())];
  if (leaf != 0) return;
  layouts_.push_back(layout);
  leaf = k_is_leaf | static_cast<std::uint32_t>(layouts_.size() - 1);
}

}  // namespace perfwarden::identity
