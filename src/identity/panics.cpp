#include "identity/panics.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include <elf.h>

#include "base/text.hpp"
#include "identity/words.hpp"

namespace perfwarden::identity {
namespace {

constexpr int k_most_steps = 12;                         // instructions from a constant to the call that it is for
constexpr std::string_view k_trap_of_rust = "\x0f\x0b";  // ud2

class PanicLocations {
 public:
  PanicLocations(const Pieces& pieces, Decoder& decoder) : pieces_(pieces), decoder_(decoder), found_(pieces.size()) {}

  std::vector<bool> find() {
    for (PieceId id = 0; id < pieces_.size(); ++id) found_[id] = looks_like_one(id);
    for (PieceId id = 0; id < pieces_.size(); ++id) {
      for (const Reference& reference : pieces_.references(id)) {
        const Place place = pieces_.find(reference.target);
        if (place.piece == k_no_piece || !found_[place.piece]) continue;
        found_[place.piece] = place.offset == 0 && is_for_a_panic(id, reference);
      }
    }
    for (const Relocation& relocation : pieces_.image().relocations) {
      if (relocation.type == R_X86_64_RELATIVE) exclude(static_cast<std::uint64_t>(relocation.addend));
    }
    return std::move(found_);
  }

 private:
  [[nodiscard]] bool looks_like_one(PieceId id) const {
    const Piece& piece = pieces_[id];
    if (piece.kind != Kind::read_only || piece.size() != k_panic_location_size) return false;
    const auto written = pieces_.relocations(id);
    return written.size() == 1 && written[0].type == R_X86_64_RELATIVE && written[0].address == piece.start;
  }

  void exclude(std::uint64_t address) {
    const PieceId id = pieces_.find(address).piece;
    if (id != k_no_piece) found_[id] = false;
  }

  // The address is loaded, further arguments follow, and then a call from which nothing comes back.
  [[nodiscard]] bool is_for_a_panic(PieceId id, const Reference& reference) {
    const auto code = pieces_.bytes(id);
    constexpr char k_lea = '\x8d';
    if (reference.size != 4 || reference.offset < 2 || code[reference.offset - 2] != k_lea) return false;
    std::size_t at = reference.offset + reference.size;
    for (int i = 0; i < k_most_steps && at < code.size(); ++i) {
      const Layout layout = decoder_.first(code.substr(at));
      if (layout.length == 0) return false;
      if (layout.flow == Layout::Flow::call) {
        return is_the_end(code, at + layout.length) && is_of_rust_library(callee(id, at, layout));
      }
      if (layout.flow != Layout::Flow::next && layout.flow != Layout::Flow::jump) return false;
      at = next(code, at, layout);
    }
    return false;
  }

  // After a call from which nothing comes back, rustc ends the code, with a trap or not, or jumps to a trap.
  [[nodiscard]] bool is_the_end(std::string_view code, std::size_t at) {
    if (at == code.size()) return true;
    const Layout layout = decoder_.first(code.substr(at));
    if (layout.flow == Layout::Flow::jump) at = next(code, at, layout);
    return at < code.size() && code.substr(at).starts_with(k_trap_of_rust);
  }

  // Where control goes after an instruction that does not branch: panics of one kind may share their call. What lies
  // outside of the code is beyond its end, since offsets wrap around.
  [[nodiscard]] static std::size_t next(std::string_view code, std::size_t at, const Layout& layout) {
    std::uint64_t jump = 0;
    if (layout.flow == Layout::Flow::jump) {
      jump = layout.immediate_size == 1 ? offset_at<std::int8_t>(code, at + layout.immediate)
                                        : offset_at<std::int32_t>(code, at + layout.immediate);
    }
    return at + layout.length + jump;
  }

  // The linked name of what an instruction calls, directly or by way of a slot that the loader fills; empty: unknown.
  [[nodiscard]] std::string_view callee(PieceId id, std::size_t at, const Layout& call) const {
    const auto code = pieces_.bytes(id);
    const std::uint64_t next = pieces_[id].start + at + call.length;
    if (call.is_branch_relative && call.immediate_size == 4)
      return name_at(next + offset_at<std::int32_t>(code, at + call.immediate));
    if (call.is_rip_relative) return name_at(next + offset_at<std::int32_t>(code, at + call.displacement));
    return {};
  }

  [[nodiscard]] std::string_view name_at(std::uint64_t address) const {
    const Place place = pieces_.find(address);
    if (place.piece == k_no_piece || place.offset != 0) return {};
    if (pieces_[place.piece].kind == Kind::code) return pieces_[place.piece].name;
    const auto written = pieces_.relocations(place.piece);
    if (pieces_[place.piece].kind != Kind::table || written.empty()) return {};
    if (written[0].symbol != 0) return pieces_.image().dynamic_symbols[written[0].symbol].name;
    const Place target = pieces_.find(static_cast<std::uint64_t>(written[0].addend));
    const bool is_function =
        target.piece != k_no_piece && target.offset == 0 && pieces_[target.piece].kind == Kind::code;
    return is_function ? pieces_[target.piece].name : std::string_view{};
  }

  const Pieces& pieces_;
  Decoder& decoder_;
  std::vector<bool> found_;
};

}  // namespace

std::vector<bool> panic_locations(const Pieces& pieces, Decoder& decoder) {
  return PanicLocations(pieces, decoder).find();
}

// The older mangling begins with the crate's name. The newer one ("v0", RFC 2603) has a crate root "C", its
// disambiguator "s…_", and the name, after one "N" and a namespace for each further part of the path.
bool is_of_rust_library(std::string_view name) {
  constexpr std::array<std::string_view, 3> k_crates{"4core", "5alloc", "3std"};
  const auto starts_with_crate = [&] {
    return std::any_of(k_crates.begin(), k_crates.end(),
                       [&](std::string_view crate) { return name.starts_with(crate); });
  };
  if (name.starts_with("_ZN")) {
    name.remove_prefix(3);
    return starts_with_crate();
  }
  if (!name.starts_with("_R")) return false;
  name.remove_prefix(2);
  while (name.size() > 2 && name[0] == 'N') name.remove_prefix(2);
  if (!name.starts_with('C')) return false;
  name.remove_prefix(1);
  if (name.starts_with('s')) {
    const auto end = std::find_if_not(name.begin(), name.end(), text::is_alphanumeric);
    if (end == name.end() || *end != '_') return false;
    name.remove_prefix(static_cast<std::size_t>(end - name.begin()) + 1);
  }
  return starts_with_crate();
}

}  // namespace perfwarden::identity
