#include "identity/elf.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include <elf.h>

#include <fmt/format.h>

#include "identity/loaded.hpp"

namespace perfwarden::identity {
namespace {

constexpr std::uint64_t k_max_address = 1ULL << 47;
// Far above what linkers write; they keep hostile tables from costing more than their bytes.
constexpr unsigned k_max_segments = 256;
constexpr unsigned k_max_sections = 4096;
constexpr unsigned k_max_versions = 1U << 16;

Error broken(std::string what) {
  return {.kind = ErrorKind::parse, .what = std::move(what), .hint = "build the program again"};
}

// The record at `offset`, copied, since files need not be aligned.
template <class Record>
Result<Record> record_at(std::string_view bytes, std::uint64_t offset) {
  Record record;
  if (offset > bytes.size() || bytes.size() - offset < sizeof record) return broken("a table reaches beyond the file");
  std::memcpy(&record, bytes.data() + offset, sizeof record);
  return record;
}

Result<std::string_view> part(std::string_view bytes, std::uint64_t offset, std::uint64_t size) {
  if (offset > bytes.size() || bytes.size() - offset < size) return broken("a section reaches beyond the file");
  return bytes.substr(offset, size);
}

// The string at `offset` of a string table; empty when there is none.
std::string_view string_at(std::string_view table, std::uint64_t offset) {
  if (offset >= table.size()) return {};
  const auto rest = table.substr(offset);
  const auto end = rest.find('\0');
  return end == rest.npos ? std::string_view{} : rest.substr(0, end);
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  Result<Image> read() {
    PW_TRY_ASSIGN(const auto header, record_at<Elf64_Ehdr>(bytes_, 0));
    PW_TRY(check(header));
    image_.is_fixed = header.e_type == ET_EXEC;
    image_.entry = header.e_entry;
    PW_TRY(read_segments(header));
    PW_TRY(read_sections(header));
    PW_TRY(read_symbols());
    PW_TRY(read_relocations());
    PW_TRY(read_loader());
    PW_TRY(check_what_is_loaded(image_, bytes_));
    return std::move(image_);
  }

 private:
  static Status check(const Elf64_Ehdr& header) {
    if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) return broken("not an ELF image");
    if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB ||
        header.e_machine != EM_X86_64) {
      return broken("not an image for x86-64, which is all that is understood so far");
    }
    if (header.e_type != ET_EXEC && header.e_type != ET_DYN) return broken("neither a program nor a shared library");
    if (header.e_shnum == 0) return broken("no section table");
    if (header.e_shnum > k_max_sections || header.e_phnum > k_max_segments)
      return broken("too many sections or segments");
    if (header.e_shentsize != sizeof(Elf64_Shdr) || header.e_phentsize != sizeof(Elf64_Phdr)) {
      return broken("a table's entries have another size than ELF gives them");
    }
    return Nothing{};
  }

  Status read_segments(const Elf64_Ehdr& header) {
    for (unsigned i = 0; i < header.e_phnum; ++i) {
      PW_TRY_ASSIGN(const auto raw, record_at<Elf64_Phdr>(bytes_, header.e_phoff + i * sizeof(Elf64_Phdr)));
      if (raw.p_vaddr >= k_max_address || raw.p_memsz >= k_max_address)
        return broken("a segment's address is too large");
      PW_TRY(part(bytes_, raw.p_offset, raw.p_filesz));
      image_.segments.push_back({.type = raw.p_type,
                                 .flags = raw.p_flags,
                                 .offset = raw.p_offset,
                                 .address = raw.p_vaddr,
                                 .file_size = raw.p_filesz,
                                 .memory_size = raw.p_memsz,
                                 .alignment = raw.p_align});
    }
    return Nothing{};
  }

  Status read_sections(const Elf64_Ehdr& header) {
    std::vector<std::uint32_t> names;
    for (unsigned i = 0; i < header.e_shnum; ++i) {
      PW_TRY_ASSIGN(const auto raw, record_at<Elf64_Shdr>(bytes_, header.e_shoff + i * sizeof(Elf64_Shdr)));
      if (raw.sh_addr >= k_max_address || raw.sh_size >= k_max_address)
        return broken("a section's address is too large");
      Section section{.type = raw.sh_type,
                      .flags = raw.sh_flags,
                      .address = raw.sh_addr,
                      .size = raw.sh_size,
                      .alignment = raw.sh_addralign,
                      .link = raw.sh_link};
      if (raw.sh_type != SHT_NOBITS && raw.sh_type != SHT_NULL) {
        PW_TRY_ASSIGN(section.bytes, part(bytes_, raw.sh_offset, raw.sh_size));
      }
      names.push_back(raw.sh_name);
      image_.sections.push_back(section);
    }
    if (header.e_shstrndx >= image_.sections.size()) return broken("sections have no names");
    for (std::size_t i = 0; i < names.size(); ++i) {
      image_.sections[i].name = string_at(image_.sections[header.e_shstrndx].bytes, names[i]);
    }
    return Nothing{};
  }

  std::string_view linked_bytes(const Section& section) const {
    return section.link < image_.sections.size() ? image_.sections[section.link].bytes : std::string_view{};
  }

  Status read_symbols() {
    for (const Section& section : image_.sections) {
      if (section.type != SHT_SYMTAB && section.type != SHT_DYNSYM) continue;
      auto& symbols = section.type == SHT_SYMTAB ? image_.symbols : image_.dynamic_symbols;
      if (!symbols.empty()) return broken("two symbol tables of one kind");
      const auto names = linked_bytes(section);
      std::string_view file;
      symbols.reserve(section.size / sizeof(Elf64_Sym));
      for (std::uint64_t at = 0; at + sizeof(Elf64_Sym) <= section.bytes.size(); at += sizeof(Elf64_Sym)) {
        PW_TRY_ASSIGN(const auto raw, record_at<Elf64_Sym>(section.bytes, at));
        Symbol symbol{.name = string_at(names, raw.st_name),
                      .address = raw.st_value,
                      .size = raw.st_size,
                      .section = raw.st_shndx,
                      .type = static_cast<std::uint8_t>(ELF64_ST_TYPE(raw.st_info)),
                      .binding = static_cast<std::uint8_t>(ELF64_ST_BIND(raw.st_info))};
        if (raw.st_shndx == SHN_XINDEX) return broken("more sections than are understood so far");
        if (symbol.type == STT_FILE) file = symbol.name;
        if (symbol.binding == STB_LOCAL) symbol.file = file;
        symbols.push_back(symbol);
      }
    }
    return read_versions();
  }

  // .gnu.version has a number for each dynamic symbol; .gnu.version_r and .gnu.version_d say which text it stands for.
  Status read_versions() {
    std::vector<std::string_view> texts;
    const auto name = [&](unsigned number, std::string_view text) {
      if (texts.size() <= number) texts.resize(number + 1U);
      texts[number] = text;
    };
    for (const Section& section : image_.sections) {
      const auto strings = linked_bytes(section);
      if (section.type == SHT_GNU_verneed) {
        PW_TRY(each_chained<Elf64_Verneed>(section.bytes, 0, &Elf64_Verneed::vn_next, [&](auto& need, auto at) {
          return each_chained<Elf64_Vernaux>(section.bytes, at + need.vn_aux, &Elf64_Vernaux::vna_next,
                                             [&](auto& one, auto) -> Status {
                                               name(one.vna_other & 0x7fffU, string_at(strings, one.vna_name));
                                               return Nothing{};
                                             });
        }));
      } else if (section.type == SHT_GNU_verdef) {
        PW_TRY(each_chained<Elf64_Verdef>(section.bytes, 0, &Elf64_Verdef::vd_next, [&](auto& one, auto at) -> Status {
          PW_TRY_ASSIGN(const auto first, record_at<Elf64_Verdaux>(section.bytes, at + one.vd_aux));
          name(one.vd_ndx & 0x7fffU, string_at(strings, first.vda_name));
          return Nothing{};
        }));
      }
    }
    for (const Section& section : image_.sections) {
      if (section.type != SHT_GNU_versym) continue;
      for (std::size_t i = 0; i < image_.dynamic_symbols.size(); ++i) {
        PW_TRY_ASSIGN(const auto number, record_at<Elf64_Half>(section.bytes, i * sizeof(Elf64_Half)));
        if ((number & 0x7fffU) < texts.size()) image_.dynamic_symbols[i].version = texts[number & 0x7fffU];
      }
    }
    return Nothing{};
  }

  template <class Record, class Next, class Visit>
  Status each_chained(std::string_view bytes, std::uint64_t at, Next next, Visit visit) {
    while (true) {
      if (++versions_ > k_max_versions) return broken("too many versions of symbols");
      PW_TRY_ASSIGN(const auto record, record_at<Record>(bytes, at));
      PW_TRY(visit(record, at));
      if (record.*next == 0) return Nothing{};
      at += record.*next;
    }
  }

  Status read_relocations() {
    for (const Section& section : image_.sections) {
      if (!section.has(SHF_ALLOC)) continue;
      if (section.type == SHT_REL) return broken("relocations without addends, which x86-64 does not have");
      if (section.type == SHT_RELA) {
        for (std::uint64_t at = 0; at + sizeof(Elf64_Rela) <= section.bytes.size(); at += sizeof(Elf64_Rela)) {
          PW_TRY_ASSIGN(const auto raw, record_at<Elf64_Rela>(section.bytes, at));
          const std::uint64_t symbol = ELF64_R_SYM(raw.r_info);
          if (symbol != 0 && symbol >= image_.dynamic_symbols.size()) return broken("a relocation names no symbol");
          image_.relocations.push_back({.address = raw.r_offset,
                                        .type = static_cast<std::uint32_t>(ELF64_R_TYPE(raw.r_info)),
                                        .symbol = static_cast<std::uint32_t>(symbol),
                                        .addend = raw.r_addend});
        }
      }
      if (section.type == SHT_RELR) PW_TRY(read_packed(section));
    }
    std::sort(image_.relocations.begin(), image_.relocations.end(),
              [](const Relocation& a, const Relocation& b) { return a.address < b.address; });
    return Nothing{};
  }

  // SHT_RELR: an even word is an address; an odd one says by its bits which of the 63 words after it are relative too.
  // Their addends lie in place.
  Status read_packed(const Section& section) {
    std::uint64_t next = 0;
    for (std::uint64_t at = 0; at + sizeof(std::uint64_t) <= section.bytes.size(); at += sizeof(std::uint64_t)) {
      PW_TRY_ASSIGN(const auto word, record_at<std::uint64_t>(section.bytes, at));
      if ((word & 1U) == 0) {
        PW_TRY(add_in_place(word));
        next = word + 8;
        continue;
      }
      for (unsigned bit = 1; bit < 64; ++bit) {
        if ((word >> bit & 1U) != 0) PW_TRY(add_in_place(next + (bit - 1) * 8ULL));
      }
      next += std::uint64_t{63} * 8;
    }
    return Nothing{};
  }

  Status add_in_place(std::uint64_t address) {
    // Each has a word of its own in the file.
    if (image_.relocations.size() > bytes_.size() / sizeof(std::int64_t)) return broken("too many relocations");
    const auto holds = [&](const Section& section) {
      return section.has(SHF_ALLOC) && !section.bytes.empty() && address >= section.address && address < section.end();
    };
    if (in_place_ == nullptr || !holds(*in_place_)) {
      const auto found = std::find_if(image_.sections.begin(), image_.sections.end(), holds);
      if (found == image_.sections.end()) return broken("a relocation lies outside of all sections");
      in_place_ = &*found;
    }
    PW_TRY_ASSIGN(const auto word, record_at<std::int64_t>(in_place_->bytes, address - in_place_->address));
    image_.relocations.push_back({.address = address, .type = R_X86_64_RELATIVE, .addend = word});
    return Nothing{};
  }

  Status read_loader() {
    const auto is_dynamic = [](const Section& section) { return section.type == SHT_DYNAMIC; };
    const auto found = std::find_if(image_.sections.begin(), image_.sections.end(), is_dynamic);
    if (found == image_.sections.end()) return Nothing{};
    for (std::uint64_t at = 0; at + sizeof(Elf64_Dyn) <= found->bytes.size(); at += sizeof(Elf64_Dyn)) {
      PW_TRY_ASSIGN(const auto raw, record_at<Elf64_Dyn>(found->bytes, at));
      if (raw.d_tag == DT_NULL) break;
      LoaderEntry entry{.tag = raw.d_tag, .value = raw.d_un.d_val};
      constexpr std::array<std::int64_t, 6> k_texts{DT_NEEDED, DT_SONAME, DT_RPATH, DT_RUNPATH, DT_AUDIT, DT_DEPAUDIT};
      if (std::find(k_texts.begin(), k_texts.end(), raw.d_tag) != k_texts.end()) {
        entry.text = string_at(linked_bytes(*found), raw.d_un.d_val);
      }
      image_.loader.push_back(entry);
    }
    return Nothing{};
  }

  std::string_view bytes_;
  Image image_;
  unsigned versions_ = 0;
  const Section* in_place_ = nullptr;  // of the last packed relocation
};

}  // namespace

const Section* Image::section(std::string_view name) const {
  const auto found =
      std::find_if(sections.begin(), sections.end(), [&](const Section& one) { return one.name == name; });
  return found == sections.end() ? nullptr : &*found;
}

Result<Image> read_image(std::string_view bytes) {
  return Reader(bytes).read();
}

}  // namespace perfwarden::identity
