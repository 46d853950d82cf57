#include "identity/reach.hpp"

#include <unordered_set>

#include <elf.h>

#include "identity/words.hpp"

namespace perfwarden::identity {
namespace {

class Reach {
 public:
  Reach(const Pieces& pieces, std::span<const PieceId> suspects) : pieces_(pieces), reached_(pieces.size()) {
    for (const PieceId suspect : suspects) suspects_.insert(pieces[suspect].start);
  }

  std::vector<bool> from(std::span<const PieceId> roots) {
    for (const PieceId root : roots) add(root);
    while (!todo_.empty()) {
      const PieceId id = todo_.back();
      todo_.pop_back();
      follow(id);
    }
    return std::move(reached_);
  }

 private:
  void add(PieceId id) {
    if (id == k_no_piece || reached_[id]) return;
    reached_[id] = true;
    todo_.push_back(id);
  }
  void add_address(std::uint64_t address) { add(pieces_.find(address).piece); }

  void follow(PieceId id) {
    for (const Reference& reference : pieces_.references(id)) add_address(reference.target);
    for (const Frame& frame : pieces_.frames(id)) {
      if (frame.personality != 0) add_address(frame.personality);
      if (frame.handlers != 0) add_address(frame.handlers);
    }
    for (const Relocation& relocation : pieces_.relocations(id)) {
      if (relocation.type == R_X86_64_RELATIVE || relocation.type == R_X86_64_IRELATIVE) {
        add_address(static_cast<std::uint64_t>(relocation.addend));
      }
    }
    if (pieces_[id].kind != Kind::code) follow_words(id);
  }

  void follow_words(PieceId id) {
    constexpr std::size_t k_address = 8;
    constexpr std::size_t k_offset = 4;
    const auto bytes = pieces_.bytes(id);
    const std::uint64_t start = pieces_[id].start;
    if (pieces_.image().is_fixed) {
      for (std::size_t at = (k_address - start % k_address) % k_address; at + k_address <= bytes.size();
           at += k_address) {
        const auto word = offset_at<std::int64_t>(bytes, at);
        if (pieces_.is_address(word)) add_address(word);
      }
    }
    if (suspects_.empty()) return;
    for (std::size_t at = (k_offset - start % k_offset) % k_offset; at + k_offset <= bytes.size(); at += k_offset) {
      const auto word = offset_at<std::int32_t>(bytes, at);
      if (word == 0) continue;
      for (const std::uint64_t target : {start + at + word, start + word}) {
        if (suspects_.contains(target)) add_address(target);
      }
    }
  }

  const Pieces& pieces_;
  std::vector<bool> reached_;
  std::vector<PieceId> todo_;
  std::unordered_set<std::uint64_t> suspects_;  // addresses
};

}  // namespace

std::vector<bool> reached_from(const Pieces& pieces, std::span<const PieceId> roots,
                               std::span<const PieceId> suspects) {
  return Reach(pieces, suspects).from(roots);
}

}  // namespace perfwarden::identity
