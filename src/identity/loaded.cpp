#include "identity/loaded.hpp"

#include <algorithm>
#include <string>

#include <elf.h>

#include <fmt/format.h>

namespace perfwarden::identity {
namespace {

constexpr char k_trap = '\xcc';  // int3, with which lld fills

Error hidden(std::string what) {
  return {.kind = ErrorKind::parse, .what = std::move(what), .hint = "link the program with an ordinary linker"};
}

// Sections that have a place in memory, by address. Zeroed thread-local data has none: each thread makes its own.
std::vector<const Section*> loaded_sections(const Image& image) {
  std::vector<const Section*> sections;
  for (const Section& section : image.sections) {
    const bool is_template = section.type == SHT_NOBITS && section.has(SHF_TLS);
    if (section.has(SHF_ALLOC) && section.size > 0 && !is_template) sections.push_back(&section);
  }
  std::sort(sections.begin(), sections.end(), [](auto* a, auto* b) { return a->address < b->address; });
  return sections;
}

const Segment* segment_of(const Image& image, const Section& section) {
  for (const Segment& segment : image.segments) {
    if (segment.type == PT_LOAD && section.address >= segment.address &&
        section.end() <= segment.address + segment.memory_size) {
      return &segment;
    }
  }
  return nullptr;
}

Status check_places(const Image& image, const std::vector<const Section*>& sections, std::string_view bytes) {
  for (std::size_t i = 0; i < sections.size(); ++i) {
    const Section& section = *sections[i];
    if (i > 0 && sections[i - 1]->end() > section.address) {
      return hidden(fmt::format("the sections {} and {} overlap", sections[i - 1]->name, section.name));
    }
    const Segment* segment = segment_of(image, section);
    if (segment == nullptr) return hidden(fmt::format("the section {} is not loaded", section.name));
    const std::uint64_t in_segment = section.address - segment->address;
    if (section.type == SHT_NOBITS) {
      const std::uint64_t with_bytes = std::min(segment->file_size, in_segment + section.size);
      for (std::uint64_t at = in_segment; at < with_bytes; ++at) {
        if (bytes[segment->offset + at] != '\0') return hidden(fmt::format("the section {} is not zero", section.name));
      }
      continue;
    }
    const auto offset = static_cast<std::uint64_t>(section.bytes.data() - bytes.data());
    if (in_segment + section.size > segment->file_size || segment->offset + in_segment != offset) {
      return hidden(fmt::format("the section {} lies elsewhere than its segment", section.name));
    }
  }
  return Nothing{};
}

// All bytes of segments are in a section, zero, or the headers at the start of the file.
Status check_gaps(const Image& image, const std::vector<const Section*>& sections, std::string_view bytes) {
  const std::uint64_t headers = sizeof(Elf64_Ehdr) + image.segments.size() * sizeof(Elf64_Phdr);
  for (const Segment& segment : image.segments) {
    if (segment.type != PT_LOAD) continue;
    std::uint64_t at = segment.offset == 0 ? headers : 0;  // within the segment
    const auto zero_until = [&](std::uint64_t end) {
      for (; at < std::min(end, segment.file_size); ++at) {
        const char byte = bytes[segment.offset + at];
        if (byte != '\0' && byte != k_trap) return false;
      }
      return true;
    };
    for (const Section* section : sections) {
      if (section->address < segment.address || section->address >= segment.address + segment.memory_size) continue;
      if (!zero_until(section->address - segment.address)) return hidden("the image loads bytes that no section has");
      at = std::max(at, section->end() - segment.address);
    }
    if (!zero_until(segment.file_size)) return hidden("the image loads bytes that no section has");
  }
  return Nothing{};
}

struct LoaderTable {
  std::int64_t tag;
  std::uint32_t type;  // of a section that must start there
};

Status check_loader(const Image& image) {
  constexpr LoaderTable k_tables[] = {{DT_RELA, SHT_RELA},
                                      {DT_JMPREL, SHT_RELA},
                                      {DT_RELR, SHT_RELR},
                                      {DT_SYMTAB, SHT_DYNSYM},
                                      {DT_STRTAB, SHT_STRTAB},
                                      {DT_INIT_ARRAY, SHT_INIT_ARRAY},
                                      {DT_FINI_ARRAY, SHT_FINI_ARRAY},
                                      {DT_PREINIT_ARRAY, SHT_PREINIT_ARRAY}};
  const auto starts_at = [&](std::uint32_t type, std::uint64_t address) {
    return std::any_of(image.sections.begin(), image.sections.end(), [&](const Section& section) {
      return section.type == type && section.address == address && section.has(SHF_ALLOC);
    });
  };
  for (const LoaderEntry& entry : image.loader) {
    for (const LoaderTable& table : k_tables) {
      // Linkers keep a tag of an empty table that has no section.
      if (entry.tag != table.tag || entry.value == 0) continue;
      if (!starts_at(table.type, entry.value)) return hidden("the loader's tables are not the ones of the sections");
    }
    if (entry.tag == DT_TEXTREL) return hidden("the loader writes into the code");
  }
  for (const Segment& segment : image.segments) {
    const bool named = segment.type == PT_DYNAMIC || segment.type == PT_INTERP;
    const Section* section = segment.type == PT_INTERP ? image.section(".interp") : image.section(".dynamic");
    if (named && (section == nullptr || section->address != segment.address)) {
      return hidden("the loader's list is not the one of the sections");
    }
  }
  return Nothing{};
}

}  // namespace

Status check_what_is_loaded(const Image& image, std::string_view bytes) {
  const auto sections = loaded_sections(image);
  PW_TRY(check_places(image, sections, bytes));
  PW_TRY(check_gaps(image, sections, bytes));
  return check_loader(image);
}

}  // namespace perfwarden::identity
