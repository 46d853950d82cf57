#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.hpp"

// What an ELF image says of itself, read from bytes that anybody may have written: 64-bit little-endian x86-64 programs
// and shared libraries with a section table. All views point into the bytes.
namespace perfwarden::identity {

struct Section {
  std::string_view name = {};
  std::uint32_t type = 0;   // SHT_…
  std::uint64_t flags = 0;  // SHF_…
  std::uint64_t address = 0;
  std::uint64_t size = 0;
  std::uint64_t alignment = 0;  // bytes that its address is a multiple of
  std::uint32_t link = 0;       // index of another section, as `type` has it
  std::string_view bytes = {};  // `size` of them; empty if SHT_NOBITS
  [[nodiscard]] bool has(std::uint64_t flag) const { return (flags & flag) != 0; }
  [[nodiscard]] std::uint64_t end() const { return address + size; }
};

struct Symbol {
  std::string_view name = {};
  std::string_view file = {};     // of a local symbol: the source that the compiler named; else empty
  std::string_view version = {};  // of a dynamic symbol: "GLIBC_2.34"; else empty
  std::uint64_t address = 0;
  std::uint64_t size = 0;
  std::uint32_t section = 0;  // index; 0 (SHN_UNDEF): imported
  std::uint8_t type = 0;      // STT_…
  std::uint8_t binding = 0;   // STB_…
};

// What the loader writes into a place before the program starts.
struct Relocation {
  std::uint64_t address = 0;
  std::uint32_t type = 0;    // R_X86_64_…
  std::uint32_t symbol = 0;  // index into Image::dynamic_symbols; 0: none
  std::int64_t addend = 0;
};

// An entry of the loader's own list; `text` of those that name something (libraries and paths).
struct LoaderEntry {
  std::int64_t tag = 0;
  std::uint64_t value = 0;
  std::string_view text = {};
};

struct Segment {
  std::uint32_t type = 0;   // PT_…
  std::uint32_t flags = 0;  // PF_…
  std::uint64_t offset = 0;
  std::uint64_t address = 0;
  std::uint64_t file_size = 0;
  std::uint64_t memory_size = 0;
  std::uint64_t alignment = 0;
};

struct Image {
  bool is_fixed = false;  // ET_EXEC: linked for one address, so that pointers in its data are not marked
  std::uint64_t entry = 0;
  std::vector<Segment> segments = {};
  std::vector<Section> sections = {};
  std::vector<Symbol> symbols = {};          // of .symtab; empty if stripped
  std::vector<Symbol> dynamic_symbols = {};  // of .dynsym
  std::vector<Relocation> relocations = {};  // by address
  std::vector<LoaderEntry> loader = {};
  [[nodiscard]] const Section* section(std::string_view name) const;
};

// Errors: not such an image; a table that reaches beyond the file; sections that overlap, or that do not describe what
// the loader would load.
[[nodiscard]] Result<Image> read_image(std::string_view bytes);

}  // namespace perfwarden::identity
