#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "identity/decoder.hpp"
#include "identity/elf.hpp"
#include "identity/frames.hpp"

// An image taken to pieces: functions and data objects, and which refers to which.
namespace perfwarden::identity {

using PieceId = std::uint32_t;
inline constexpr PieceId k_no_piece = 0xffffffff;

enum class Kind : std::uint8_t {
  code,
  read_only,  // once the loader has done its work
  written,
  thread,  // the template of a thread's own data
  table,   // addresses that the loader fills in (.got): of no order that means anything
};

// A place in code that means an address.
struct Reference {
  std::uint32_t offset = 0;    // of the field within its piece
  std::uint8_t size = 0;       // of the field; 0: control runs on past the end of the piece
  bool may_be_number = false;  // an absolute field in a fixed image: an address, or a number that looks like one
  std::uint64_t target = 0;    // address
};

struct Piece {
  std::uint64_t start = 0;
  std::uint64_t end = 0;
  std::string_view name = {};  // as linked; empty: what lies between named objects, cut where something refers to it
  std::string_view file = {};  // of a local name
  std::uint32_t section = 0;
  Kind kind = Kind::read_only;
  bool jumps_indirectly = false;  // code that may use a jump table
  bool is_readable = true;        // code whose instructions were all understood
  std::uint32_t first_reference = 0;
  std::uint32_t references = 0;  // count
  [[nodiscard]] std::uint64_t size() const { return end - start; }
};

// An address as a place in a piece. `piece` is k_no_piece for what lies in none: then `offset` is the address itself.
struct Place {
  PieceId piece = k_no_piece;
  std::uint64_t offset = 0;
};

class Pieces {
 public:
  // `image` and its bytes must outlive the result.
  Pieces(const Image& image, Decoder& decoder);

  [[nodiscard]] const Image& image() const { return *image_; }
  [[nodiscard]] const std::vector<Piece>& all() const { return pieces_; }
  [[nodiscard]] const Piece& operator[](PieceId id) const { return pieces_[id]; }
  [[nodiscard]] PieceId size() const { return static_cast<PieceId>(pieces_.size()); }
  // A call through the procedure linkage table is followed to the slot that the loader fills.
  [[nodiscard]] Place find(std::uint64_t address) const;
  [[nodiscard]] PieceId at_start(std::uint64_t address) const;  // k_no_piece unless a piece starts there
  [[nodiscard]] std::span<const Reference> references(PieceId id) const;
  [[nodiscard]] std::span<const Relocation> relocations(PieceId id) const;
  [[nodiscard]] std::span<const Frame> frames(PieceId id) const;
  [[nodiscard]] std::string_view bytes(PieceId id) const;  // empty for zeros without bytes
  [[nodiscard]] std::string_view section_name(PieceId id) const { return image_->sections[pieces_[id].section].name; }
  [[nodiscard]] bool is_address(std::uint64_t value) const;  // within a section that is loaded
  [[nodiscard]] const std::string& doubt() const {
    return doubt_;
  }  // why frames could not be read; empty when they were

 private:
  struct Range {  // a section that has a place in memory
    std::uint64_t start = 0;
    std::uint64_t end = 0;
    std::uint32_t section = 0;
  };
  using Boundaries = std::vector<std::uint64_t>;

  void list_ranges();
  [[nodiscard]] const Range* range_of(std::uint64_t address) const;
  [[nodiscard]] std::vector<Piece> named_in(const Range& range, Kind kind) const;
  void cut_code(const Range& range);
  void read_code(Piece& piece, std::uint64_t limit);
  void add_references(const Piece& piece, const Layout& layout, std::size_t at, std::uint64_t limit);
  void add_frames();
  void cut_data(const Range& range, Kind kind, const Boundaries& boundaries);
  void fill_gap(const Range& range, Kind kind, std::uint64_t from, std::uint64_t to, const Boundaries& boundaries);
  [[nodiscard]] Boundaries boundaries() const;
  void add_handlers(std::uint64_t address, Boundaries& found) const;
  void add_words(const Range& range, Boundaries& found) const;
  [[nodiscard]] std::string_view bytes_of(const Range& range, std::uint64_t from, std::uint64_t to) const;
  [[nodiscard]] bool is_written(std::uint64_t from, std::uint64_t to) const;
  [[nodiscard]] std::uint64_t through_linkage(std::uint64_t address) const;

  const Image* image_;
  Decoder* decoder_;
  std::vector<Range> ranges_;           // by start
  std::vector<const Symbol*> symbols_;  // that may name a piece, by section and start, the best name first
  std::vector<Piece> pieces_;           // by start
  std::vector<std::uint64_t> starts_;
  std::vector<Reference> references_;
  std::vector<Frame> frames_;  // by start
  std::string doubt_;
};

// What the section holds; nullopt for what the linker derives from the rest, and for frames.
[[nodiscard]] std::optional<Kind> kind_of(const Image& image, const Section& section);

}  // namespace perfwarden::identity
