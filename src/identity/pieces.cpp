#include "identity/pieces.hpp"

#include <algorithm>
#include <tuple>

#include <elf.h>

#include "base/text.hpp"
#include "identity/words.hpp"

namespace perfwarden::identity {
namespace {

constexpr std::uint64_t k_slot = 8;  // bytes of an address

bool is_linkage(const Section& section) {
  return section.has(SHF_EXECINSTR) && section.name.starts_with(".plt");
}

bool is_all_zero(std::string_view bytes) {
  return bytes.find_first_not_of('\0') == bytes.npos;
}

// Sections in which the order of what objects contribute means something: lists that somebody walks from end to end.
bool is_list(const Section& section) {
  switch (section.type) {
    case SHT_INIT_ARRAY:
    case SHT_FINI_ARRAY:
    case SHT_PREINIT_ARRAY:
    case SHT_NOTE:
      return true;
    default:
      break;
  }
  // Linkers give sections whose names C could write __start_ and __stop_ symbols.
  const bool is_c_name = !section.name.empty() && !text::is_digit(section.name[0]) &&
                         std::all_of(section.name.begin(), section.name.end(),
                                     [](char c) { return text::is_alphanumeric(c) || c == '_'; });
  return is_c_name || section.has(SHF_TLS) || section.name == ".interp" || section.name == ".ctors" ||
         section.name == ".dtors";
}

// The name that a piece with several gets: global before weak before local, then by text, so that both sides choose
// alike.
auto rank(const Symbol& symbol) {
  const int binding = symbol.binding == STB_GLOBAL ? 0 : symbol.binding == STB_LOCAL ? 2 : 1;
  return std::tuple(binding, symbol.name);
}

}  // namespace

std::optional<Kind> kind_of(const Image& image, const Section& section) {
  if (!section.has(SHF_ALLOC) || is_linkage(section)) return std::nullopt;
  if (section.has(SHF_EXECINSTR)) return Kind::code;
  switch (section.type) {
    case SHT_DYNSYM:
    case SHT_STRTAB:
    case SHT_HASH:
    case SHT_GNU_HASH:
    case SHT_GNU_versym:
    case SHT_GNU_verneed:
    case SHT_GNU_verdef:
    case SHT_RELA:
    case SHT_RELR:
    case SHT_DYNAMIC:
      return std::nullopt;
    default:
      break;
  }
  if (section.name == ".eh_frame" || section.name == ".eh_frame_hdr" || section.name == ".note.gnu.build-id") {
    return std::nullopt;
  }
  if (section.has(SHF_TLS)) return section.type == SHT_NOBITS ? std::nullopt : std::optional(Kind::thread);
  if (section.name.starts_with(".got")) return Kind::table;
  const auto is_sealed = [&](const Segment& segment) {
    return segment.type == PT_GNU_RELRO && section.address >= segment.address &&
           section.end() <= segment.address + segment.memory_size;
  };
  const bool is_written =
      section.has(SHF_WRITE) && std::none_of(image.segments.begin(), image.segments.end(), is_sealed);
  return is_written ? Kind::written : Kind::read_only;
}

Pieces::Pieces(const Image& image, Decoder& decoder) : image_(&image), decoder_(&decoder) {
  list_ranges();
  for (const Range& range : ranges_) {
    if (kind_of(image, image.sections[range.section]) == Kind::code) cut_code(range);
  }
  add_frames();
  const Boundaries found = boundaries();
  for (const Range& range : ranges_) {
    const auto kind = kind_of(image, image.sections[range.section]);
    if (kind && kind != Kind::code) cut_data(range, *kind, found);
  }
  std::sort(pieces_.begin(), pieces_.end(), [](const Piece& a, const Piece& b) { return a.start < b.start; });
  starts_.reserve(pieces_.size());
  for (const Piece& piece : pieces_) starts_.push_back(piece.start);
}

void Pieces::list_ranges() {
  for (std::uint32_t i = 0; i < image_->sections.size(); ++i) {
    const Section& section = image_->sections[i];
    const bool is_template = section.type == SHT_NOBITS && section.has(SHF_TLS);
    if (section.has(SHF_ALLOC) && section.size > 0 && !is_template) {
      ranges_.push_back({.start = section.address, .end = section.end(), .section = i});
    }
  }
  std::sort(ranges_.begin(), ranges_.end(), [](const Range& a, const Range& b) { return a.start < b.start; });
  for (const Symbol& symbol : image_->symbols) {
    const bool is_code = symbol.type == STT_FUNC || symbol.type == STT_GNU_IFUNC;
    const bool is_data = (symbol.type == STT_OBJECT || symbol.type == STT_COMMON) && symbol.size > 0;
    if ((is_code || is_data) && symbol.section != SHN_UNDEF && symbol.section < image_->sections.size()) {
      symbols_.push_back(&symbol);
    }
  }
  std::sort(symbols_.begin(), symbols_.end(), [](const Symbol* a, const Symbol* b) {
    if (a->section != b->section) return a->section < b->section;
    if (a->address != b->address) return a->address < b->address;
    return a->size != b->size ? a->size > b->size : rank(*a) < rank(*b);
  });
}

const Pieces::Range* Pieces::range_of(std::uint64_t address) const {
  const auto after = std::upper_bound(ranges_.begin(), ranges_.end(), address,
                                      [](std::uint64_t value, const Range& range) { return value < range.start; });
  if (after == ranges_.begin() || address >= std::prev(after)->end) return nullptr;
  return &*std::prev(after);
}

bool Pieces::is_address(std::uint64_t value) const {
  return range_of(value) != nullptr;
}

std::string_view Pieces::bytes_of(const Range& range, std::uint64_t from, std::uint64_t to) const {
  const auto bytes = image_->sections[range.section].bytes;
  return bytes.empty() ? bytes : bytes.substr(from - range.start, to - from);
}

// The outermost named objects of a section, in order. A name inside of another object is a place in that one.
std::vector<Piece> Pieces::named_in(const Range& range, Kind kind) const {
  std::vector<Piece> found;
  const auto first =
      std::lower_bound(symbols_.begin(), symbols_.end(), range.section,
                       [](const Symbol* symbol, std::uint32_t section) { return symbol->section < section; });
  for (auto at = first; at != symbols_.end() && (*at)->section == range.section; ++at) {
    const Symbol& symbol = **at;
    const bool is_code = symbol.type == STT_FUNC || symbol.type == STT_GNU_IFUNC;
    if (is_code != (kind == Kind::code) || symbol.address < range.start || symbol.address >= range.end) continue;
    if (!found.empty() && (symbol.address < found.back().end || symbol.address == found.back().start)) continue;
    found.push_back({.start = symbol.address,
                     .end = symbol.address + std::min(symbol.size, range.end - symbol.address),
                     .name = symbol.name,
                     .file = symbol.file,
                     .section = range.section,
                     .kind = kind});
  }
  return found;
}

void Pieces::cut_code(const Range& range) {
  auto named = named_in(range, Kind::code);
  if (named.empty() || named[0].start > range.start) {
    named.insert(named.begin(),
                 {.start = range.start, .end = range.start, .section = range.section, .kind = Kind::code});
  }
  for (std::size_t i = 0; i < named.size(); ++i) {
    read_code(named[i], i + 1 < named.size() ? named[i + 1].start : range.end);
    if (named[i].size() > 0) pieces_.push_back(named[i]);
  }
}

// Finds the end of the code that starts at `piece`, which its symbol may understate, and all that it refers to. What
// follows until `limit` is padding.
void Pieces::read_code(Piece& piece, std::uint64_t limit) {
  const Range& range = *range_of(piece.start);
  const auto code = bytes_of(range, piece.start, limit);
  const std::uint64_t named_size = piece.size();
  std::size_t end = named_size;
  Layout::Flow last = Layout::Flow::stop;
  piece.first_reference = static_cast<std::uint32_t>(references_.size());
  for (std::size_t at = 0; at < code.size();) {
    const bool is_filling = at >= named_size && (code[at] == '\0' || code[at] == '\xcc');
    const Layout layout = is_filling ? Layout{.length = 1, .is_padding = true} : decoder_->first(code.substr(at));
    if (layout.length == 0) {
      piece.is_readable = false;
      end = code.size();
      break;
    }
    add_references(piece, layout, at, limit);
    piece.jumps_indirectly |= layout.flow == Layout::Flow::jump_indirect;
    at += layout.length;
    if (layout.is_padding && at > named_size) continue;
    end = std::max(end, at);
    last = layout.flow;
  }
  piece.end = piece.start + end;
  if ((last == Layout::Flow::next || last == Layout::Flow::branch) && limit < range.end && piece.size() > 0) {
    references_.push_back({.offset = static_cast<std::uint32_t>(end), .target = limit});
  }
  piece.references = static_cast<std::uint32_t>(references_.size()) - piece.first_reference;
}

void Pieces::add_references(const Piece& piece, const Layout& layout, std::size_t at, std::uint64_t limit) {
  const auto code =
      image_->sections[piece.section].bytes.substr(piece.start - image_->sections[piece.section].address + at);
  const std::uint64_t next = piece.start + at + layout.length;
  const auto add = [&](unsigned field, unsigned size, bool may_be_number, std::uint64_t target) {
    if (target >= piece.start && target < limit && !may_be_number) return;  // moves with it
    references_.push_back({.offset = static_cast<std::uint32_t>(at + field),
                           .size = static_cast<std::uint8_t>(size),
                           .may_be_number = may_be_number,
                           .target = target});
  };
  const auto field = [&](unsigned offset, unsigned size) -> std::uint64_t {
    if (size == 8) return value_at<std::uint64_t>(code, offset);
    if (size == 4) return offset_at<std::int32_t>(code, offset);
    return offset_at<std::int8_t>(code, offset);
  };
  if (layout.displacement != 0) {
    const auto value = field(layout.displacement, 4);
    if (layout.is_rip_relative) {
      add(layout.displacement, 4, false, next + value);
    } else if (image_->is_fixed && !layout.is_thread_relative && is_address(value)) {
      add(layout.displacement, 4, true, value);
    }
  }
  if (layout.is_branch_relative) {
    add(layout.immediate, layout.immediate_size, false, next + field(layout.immediate, layout.immediate_size));
  } else if (image_->is_fixed && layout.immediate_size >= 4) {
    const auto value = field(layout.immediate, layout.immediate_size);
    if (is_address(value)) add(layout.immediate, layout.immediate_size, true, value);
  }
}

void Pieces::add_frames() {
  auto frames = read_frames(*image_);
  if (!frames) {
    doubt_ = frames.error().what;
    return;
  }
  frames_ = std::move(*frames);
}

// Everything that something refers to, by address. What has no name is cut there.
Pieces::Boundaries Pieces::boundaries() const {
  Boundaries found;
  const auto add = [&](std::uint64_t target) {
    if (found.empty() || found.back() != target) found.push_back(target);
  };
  for (const Reference& reference : references_) add(reference.target);
  for (const Relocation& relocation : image_->relocations) {
    if (relocation.type == R_X86_64_RELATIVE || relocation.type == R_X86_64_IRELATIVE) {
      add(static_cast<std::uint64_t>(relocation.addend));
    }
  }
  for (const Frame& frame : frames_) {
    add(frame.personality);
    add_handlers(frame.handlers, found);
  }
  if (image_->is_fixed) {
    for (const Range& range : ranges_) {
      const auto kind = kind_of(*image_, image_->sections[range.section]);
      if (kind && kind != Kind::code) add_words(range, found);
    }
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

void Pieces::add_handlers(std::uint64_t address, Boundaries& found) const {
  constexpr std::uint64_t k_offset = 4;
  found.push_back(address);
  const Range* range = range_of(address);
  if (address == 0 || range == nullptr) return;
  const auto table = bytes_of(*range, address, range->end);
  const auto types = read_handler_types(table, address);
  if (!types) return;
  for (std::uint64_t end = types->end; end >= types->from + k_offset; end -= k_offset) {
    const std::uint64_t place = end - k_offset;
    const auto offset = std::int64_t{value_at<std::int32_t>(table, place - address)};
    const std::uint64_t target = place + static_cast<std::uint64_t>(offset);
    // The words before the types are none; read as offsets, they stay within the table.
    if (target < range->start || target >= range->end) found.push_back(target);
  }
}

void Pieces::add_words(const Range& range, Boundaries& found) const {
  const auto bytes = image_->sections[range.section].bytes;
  for (std::uint64_t at = (k_slot - range.start % k_slot) % k_slot; at + k_slot <= bytes.size(); at += k_slot) {
    const auto word = value_at<std::uint64_t>(bytes, at);
    if (is_address(word)) found.push_back(word);
  }
}

void Pieces::cut_data(const Range& range, Kind kind, const Boundaries& boundaries) {
  const Section& section = image_->sections[range.section];
  Piece whole{.start = range.start, .end = range.end, .section = range.section, .kind = kind};
  if (is_list(section)) {
    whole.name = section.name;
    pieces_.push_back(whole);
    return;
  }
  if (kind == Kind::table && !section.bytes.empty()) {
    for (std::uint64_t at = range.start; at < range.end; at += k_slot) {
      whole.start = at;
      whole.end = std::min(at + k_slot, range.end);
      pieces_.push_back(whole);
    }
    return;
  }
  std::uint64_t at = range.start;
  for (const Piece& piece : named_in(range, kind)) {
    fill_gap(range, kind, at, piece.start, boundaries);
    pieces_.push_back(piece);
    at = piece.end;
  }
  fill_gap(range, kind, at, range.end, boundaries);
}

void Pieces::fill_gap(const Range& range, Kind kind, std::uint64_t from, std::uint64_t to,
                      const Boundaries& boundaries) {
  auto next = std::upper_bound(boundaries.begin(), boundaries.end(), from);
  bool is_wanted = next != boundaries.begin() && *std::prev(next) == from;
  while (from < to) {
    const std::uint64_t end = next != boundaries.end() && *next < to ? *next++ : to;
    const auto bytes = bytes_of(range, from, end);
    if (is_wanted || !is_all_zero(bytes) || is_written(from, end)) {
      pieces_.push_back({.start = from, .end = end, .section = range.section, .kind = kind});
    }
    from = end;
    is_wanted = true;
  }
}

// True when the loader writes something there.
bool Pieces::is_written(std::uint64_t from, std::uint64_t to) const {
  const auto& all = image_->relocations;
  const auto first = std::lower_bound(
      all.begin(), all.end(), from, [](const Relocation& one, std::uint64_t address) { return one.address < address; });
  return first != all.end() && first->address < to;
}

std::uint64_t Pieces::through_linkage(std::uint64_t address) const {
  constexpr int k_most_instructions = 3;
  const Range* range = range_of(address);
  if (range == nullptr || !is_linkage(image_->sections[range->section])) return address;
  const auto code = bytes_of(*range, address, range->end);
  std::size_t at = 0;
  for (int i = 0; i < k_most_instructions && at < code.size(); ++i) {
    const Layout layout = decoder_->first(code.substr(at));
    if (layout.length == 0) break;
    if (layout.flow == Layout::Flow::jump_indirect && layout.is_rip_relative) {
      const auto offset = std::int64_t{value_at<std::int32_t>(code, at + layout.displacement)};
      return address + at + layout.length + static_cast<std::uint64_t>(offset);
    }
    if (layout.flow != Layout::Flow::next) break;
    at += layout.length;
  }
  return address;
}

Place Pieces::find(std::uint64_t address) const {
  const std::uint64_t target = through_linkage(address);
  const auto after = std::upper_bound(starts_.begin(), starts_.end(), target);
  if (after == starts_.begin()) return {.offset = target};
  const auto id = static_cast<PieceId>(after - starts_.begin() - 1);
  if (target >= pieces_[id].end) return {.offset = target};
  return {.piece = id, .offset = target - pieces_[id].start};
}

PieceId Pieces::at_start(std::uint64_t address) const {
  const auto found = std::lower_bound(starts_.begin(), starts_.end(), address);
  return found != starts_.end() && *found == address ? static_cast<PieceId>(found - starts_.begin()) : k_no_piece;
}

std::span<const Reference> Pieces::references(PieceId id) const {
  return std::span(references_).subspan(pieces_[id].first_reference, pieces_[id].references);
}

std::span<const Relocation> Pieces::relocations(PieceId id) const {
  const auto by_address = [](const Relocation& relocation, std::uint64_t address) {
    return relocation.address < address;
  };
  const auto& all = image_->relocations;
  const auto from = std::lower_bound(all.begin(), all.end(), pieces_[id].start, by_address);
  const auto to = std::lower_bound(from, all.end(), pieces_[id].end, by_address);
  return {from, to};
}

std::span<const Frame> Pieces::frames(PieceId id) const {
  const auto by_start = [](const Frame& frame, std::uint64_t address) { return frame.start < address; };
  const auto from = std::lower_bound(frames_.begin(), frames_.end(), pieces_[id].start, by_start);
  const auto to = std::lower_bound(from, frames_.end(), pieces_[id].end, by_start);
  return {from, to};
}

std::string_view Pieces::bytes(PieceId id) const {
  const Section& section = image_->sections[pieces_[id].section];
  if (section.bytes.empty()) return {};
  return section.bytes.substr(pieces_[id].start - section.address, pieces_[id].size());
}

}  // namespace perfwarden::identity
