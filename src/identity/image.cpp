#include "identity/image.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>

#include <elf.h>

#include <fmt/format.h>

#include "identity/loader_facts.hpp"
#include "identity/names.hpp"
#include "identity/panics.hpp"
#include "identity/placement.hpp"
#include "identity/reach.hpp"
#include "identity/same.hpp"

namespace perfwarden::identity {
namespace {

std::string described(const Piece& piece) {
  if (piece.name.empty()) {
    return piece.kind == Kind::code        ? "code without a name"
           : piece.kind == Kind::read_only ? "a constant without a name"
                                           : "data without a name";
  }
  return fmt::format("{} `{}`", piece.kind == Kind::code ? "function" : "data", readable_name(piece.name));
}

class ImageJudge {
 public:
  ImageJudge(const Pieces& base, const Pieces& head, Decoder& decoder, const ImageOptions& options)
      : base_(base),
        head_(head),
        decoder_(decoder),
        options_(options),
        pairing_(base, head),
        panics_base_(panic_locations(base, decoder)),
        panics_head_(panic_locations(head, decoder)),
        changed_base_(base.size()),
        changed_head_(head.size()) {}

  ImageComparison judge() {
    const LoaderFacts loading = compare_loading(pairing_);
    pair_by_name(true);
    compare_pairs();
    pair_by_name(false);
    compare_pairs();
    blame_users();
    pair_orphans();
    compare_pairs();
    blame_users();
    find_reached();
    say_functions();
    say_data();
    for (const auto& difference : loading.differences) say_elsewhere(Sameness::differs, difference);
    for (const auto& doubt : loading.doubts) say_elsewhere(Sameness::not_known, doubt);
    for (const auto* pieces : {&base_, &head_}) {
      if (pieces->doubt().empty()) continue;
      say_elsewhere(Sameness::not_known, pieces->doubt());
      result_.functions_are_complete = false;
    }
    result_.only_functions_differ = result_.functions_are_complete && !is_elsewhere_;
    return std::move(result_);
  }

 private:
  void say(Sameness sameness, std::string reason) {
    // What differs is said before what is only not known.
    if (sameness > result_.sameness) result_.reasons.clear();
    if (sameness < result_.sameness) return;
    result_.sameness = sameness;
    if (result_.reasons.size() < k_max_reasons) result_.reasons.push_back(std::move(reason));
  }

  // Of what is not a function.
  void say_elsewhere(Sameness sameness, std::string reason) {
    is_elsewhere_ = true;
    say(sameness, std::move(reason));
  }

  // First: pieces whose name, and source if it is local, is unique on both sides. Then: what is left of each name, in
  // order, when both sides have as many.
  void pair_by_name(bool is_first) {
    using ByName = std::unordered_map<std::string, std::vector<PieceId>>;
    const auto by_name = [&](const Pieces& pieces, auto partner) {
      ByName names;
      for (PieceId id = 0; id < pieces.size(); ++id) {
        const Piece& piece = pieces[id];
        if (piece.name.empty() || partner(id) != k_no_piece || (is_first && is_counted(piece.name))) continue;
        auto name = stable_name(piece.name);
        if (is_first) name.append(1, '\0').append(piece.file);
        names[std::move(name)].push_back(id);
      }
      return names;
    };
    const auto of_base = by_name(base_, [&](PieceId id) { return pairing_.of_base(id); });
    const auto of_head = by_name(head_, [&](PieceId id) { return pairing_.of_head(id); });
    std::vector<std::pair<PieceId, PieceId>> found;
    for (const auto& [name, ids] : of_base) {
      const auto other = of_head.find(name);
      if (other == of_head.end() || other->second.size() != ids.size() || (is_first && ids.size() > 1)) continue;
      for (std::size_t i = 0; i < ids.size(); ++i) found.emplace_back(ids[i], other->second[i]);
    }
    std::sort(found.begin(), found.end());  // the same every time
    for (const auto& [in_base, in_head] : found) pairing_.pair(in_base, in_head);
  }

  void compare_pairs() {
    while (const auto pair = pairing_.next()) {
      const Piece& piece = base_[pair->base];
      if (piece.kind != Kind::code && is_ignored(piece)) continue;
      const Outcome outcome = piece.kind == Kind::code ? same_code(pairing_, decoder_, pair->base, pair->head)
                                                       : same_data(pairing_, pair->base, pair->head, are_panics(*pair));
      if (outcome == Outcome::same) continue;
      changed_base_[pair->base] = changed_head_[pair->head] = true;
      if (outcome == Outcome::not_known) not_known_.insert(pair->base);
    }
  }

  [[nodiscard]] bool are_panics(const Pairing::Pair& pair) const {
    return panics_base_[pair.base] && panics_head_[pair.head];
  }

  [[nodiscard]] bool is_ignored(const Piece& piece) const {
    const auto& ignored = options_.ignored_symbols;
    return !piece.name.empty() && std::any_of(ignored.begin(), ignored.end(), [&](const std::string& name) {
      return name == piece.name || name == readable_name(piece.name);
    });
  }

  // The name of a constant is that of a function that uses it.
  [[nodiscard]] std::string called(PieceId id) const {
    const auto user = users_.find(id);
    return user == users_.end() || !base_[id].name.empty()
               ? described(base_[id])
               : fmt::format("a constant that {} uses", described(base_[user->second]));
  }

  // A function that refers to a constant without a name that differs, or to what two places contradict, is changed
  // itself.
  void blame_users() {
    const auto is_tainted = [&](const Pieces& pieces, PieceId id, const std::vector<bool>& changed, bool contradicted) {
      return contradicted || (changed[id] && pieces[id].kind != Kind::code && pieces[id].name.empty());
    };
    const auto find_tainted = [](const Pieces& pieces, PieceId user, auto tainted) {
      for (const Reference& reference : pieces.references(user)) {
        const PieceId id = pieces.find(reference.target).piece;
        if (id != k_no_piece && tainted(id)) return id;
      }
      return k_no_piece;
    };
    for (PieceId id = 0; id < base_.size(); ++id) {
      const PieceId partner = pairing_.of_base(id);
      if (base_[id].kind != Kind::code || partner == k_no_piece || changed_base_[id]) continue;
      const PieceId in_base = find_tainted(base_, id, [&](PieceId used) {
        return is_tainted(base_, used, changed_base_, pairing_.is_contradicted_in_base(used));
      });
      const PieceId in_head = find_tainted(head_, partner, [&](PieceId used) {
        return is_tainted(head_, used, changed_head_, pairing_.is_contradicted_in_head(used));
      });
      if (in_base == k_no_piece && in_head == k_no_piece) continue;
      changed_base_[id] = changed_head_[partner] = true;
      if (in_base != k_no_piece) users_.emplace(in_base, id);
    }
  }

  // Constants that no function refers to by their own address, which therefore may be used all the same: all of them
  // must be there on both sides, in order. What only changed functions use is theirs.
  void pair_orphans() {
    const auto of_base = orphans(base_, changed_base_, [&](PieceId id) { return pairing_.of_base(id); });
    const auto of_head = orphans(head_, changed_head_, [&](PieceId id) { return pairing_.of_head(id); });
    if (of_base.size() != of_head.size()) {
      return say(Sameness::not_known, "constants that no function names are not the same on both sides");
    }
    for (std::size_t i = 0; i < of_base.size(); ++i) {
      if (!pairing_.pair(of_base[i], of_head[i])) {
        say(Sameness::not_known, "constants that no function names are not the same on both sides");
      }
    }
  }

  template <class Partner>
  std::vector<PieceId> orphans(const Pieces& pieces, const std::vector<bool>& changed, Partner partner) const {
    std::vector<bool> is_used(pieces.size());
    const auto use = [&](std::uint64_t address) {
      const PieceId id = pieces.find(address).piece;
      if (id != k_no_piece) is_used[id] = true;
    };
    for (PieceId id = 0; id < pieces.size(); ++id) {
      if (partner(id) != k_no_piece && !changed[id]) continue;
      for (const Reference& reference : pieces.references(id)) use(reference.target);
      for (const Frame& frame : pieces.frames(id)) use(frame.handlers);
      for (const Relocation& relocation : pieces.relocations(id)) {
        if (relocation.type == R_X86_64_RELATIVE) use(static_cast<std::uint64_t>(relocation.addend));
      }
    }
    std::vector<PieceId> found;
    for (PieceId id = 0; id < pieces.size(); ++id) {
      const Piece& piece = pieces[id];
      const bool is_constant = piece.kind == Kind::read_only || piece.kind == Kind::written;
      if (is_constant && piece.name.empty() && partner(id) == k_no_piece && !is_used[id]) found.push_back(id);
    }
    return found;
  }

  void find_reached() {
    reached_base_ = reached(base_, changed_base_, [&](PieceId id) { return pairing_.of_base(id); });
    reached_head_ = reached(head_, changed_head_, [&](PieceId id) { return pairing_.of_head(id); });
  }

  // Data that has a partner counts as reached: it may be used through an address that lies beside it.
  template <class Partner>
  static std::vector<bool> reached(const Pieces& pieces, const std::vector<bool>& changed, Partner partner) {
    const Image& image = pieces.image();
    std::vector<PieceId> roots;
    std::vector<PieceId> suspects;
    const auto enter = [&](std::uint64_t address) { roots.push_back(pieces.find(address).piece); };
    enter(image.entry);
    for (const LoaderEntry& entry : image.loader) {
      if (entry.tag == DT_INIT || entry.tag == DT_FINI) enter(entry.value);
    }
    for (const Symbol& symbol : image.dynamic_symbols) {
      if (symbol.section != SHN_UNDEF && symbol.section < SHN_LORESERVE && symbol.type != STT_TLS)
        enter(symbol.address);
    }
    for (PieceId id = 0; id < pieces.size(); ++id) {
      const bool is_list = pieces[id].name == pieces.section_name(id);
      if (pieces[id].kind == Kind::code) {
        if (partner(id) == k_no_piece || changed[id]) suspects.push_back(id);
      } else if (is_list || (partner(id) != k_no_piece && pieces[id].kind != Kind::table)) {
        roots.push_back(id);
      }
    }
    return reached_from(pieces, roots, suspects);
  }

  void say_functions() {
    result_.functions_are_complete = true;
    for (PieceId id = 0; id < base_.size(); ++id) {
      if (base_[id].kind != Kind::code) continue;
      const PieceId partner = pairing_.of_base(id);
      if (partner == k_no_piece) {
        add_function({.base = extent(base_[id]), .is_reachable = reached_base_[id]}, base_[id], "only base has");
      } else if (changed_base_[id]) {
        const bool is_reachable = reached_base_[id] || reached_head_[partner];
        add_function({.base = extent(base_[id]), .head = extent(head_[partner]), .is_reachable = is_reachable},
                     head_[partner], not_known_.contains(id) ? "could not compare" : "");
      } else {
        ++result_.same_functions;
        if (base_[id].start != head_[partner].start) ++result_.moved_functions;
      }
    }
    for (PieceId id = 0; id < head_.size(); ++id) {
      if (head_[id].kind == Kind::code && pairing_.of_head(id) == k_no_piece) {
        add_function({.head = extent(head_[id]), .is_reachable = reached_head_[id]}, head_[id], "only head has");
      }
    }
    std::sort(result_.functions.begin(), result_.functions.end(),
              [](const FunctionChange& a, const FunctionChange& b) { return a.name < b.name; });
  }

  static Extent extent(const Piece& piece) { return {.address = piece.start, .size = piece.size()}; }

  void add_function(FunctionChange change, const Piece& piece, std::string_view what) {
    change.name = std::string(piece.name);
    if (piece.name.empty() && change.is_reachable) result_.functions_are_complete = false;
    if (change.is_reachable) {
      const bool is_doubt = what == "could not compare";
      if (is_doubt) result_.functions_are_complete = false;
      say(is_doubt ? Sameness::not_known : Sameness::differs,
          what.empty() ? fmt::format("{} differs", described(piece)) : fmt::format("{} {}", what, described(piece)));
    }
    result_.functions.push_back(std::move(change));
  }

  void say_data() {
    const Placement placement(pairing_);
    result_.moved_sections = placement.moved_sections();
    std::set<std::string> names;
    const auto add = [&](const Piece& piece, Sameness sameness, std::string_view what) {
      names.insert(std::string(piece.name));
      say_elsewhere(sameness, fmt::format("{} {}", described(piece), what));
    };
    for (PieceId id = 0; id < base_.size(); ++id) {
      const Piece& piece = base_[id];
      if (piece.kind == Kind::code) continue;
      if (pairing_.of_base(id) == k_no_piece) {
        if (is_named_data(piece) && reached_base_[id]) add(piece, Sameness::differs, "is only in base");
      } else if (changed_base_[id]) {
        names.insert(std::string(piece.name));
        if (not_known_.contains(id)) {
          say_elsewhere(Sameness::not_known, called(id) + " has words that may be addresses of other places");
        } else if (piece.kind != Kind::table || reached_base_[id]) {
          say_elsewhere(Sameness::differs, called(id) + " differs");
        }
      } else if (const auto how = placement.lies_differently(id)) {
        add(piece, Sameness::differs, *how);
      }
    }
    for (PieceId id = 0; id < head_.size(); ++id) {
      const Piece& piece = head_[id];
      if (is_named_data(piece) && pairing_.of_head(id) == k_no_piece && reached_head_[id]) {
        add(piece, Sameness::differs, "is only in head");
      }
    }
    result_.data.assign(names.begin(), names.end());
  }

  // What has no name and no partner is used by nothing that is the same on both sides; its users are said.
  static bool is_named_data(const Piece& piece) { return piece.kind != Kind::code && !piece.name.empty(); }

  const Pieces& base_;
  const Pieces& head_;
  Decoder& decoder_;
  const ImageOptions& options_;
  Pairing pairing_;
  std::vector<bool> panics_base_;
  std::vector<bool> panics_head_;
  std::vector<bool> changed_base_;
  std::vector<bool> changed_head_;
  std::vector<bool> reached_base_;
  std::vector<bool> reached_head_;
  std::unordered_map<PieceId, PieceId> users_;  // of base: a constant that differs, and code that refers to it
  std::set<PieceId> not_known_;                 // of base: changed only in that sameness could not be proven
  bool is_elsewhere_ = false;                   // something that is not a function differs, or may
  ImageComparison result_{.sameness = Sameness::equivalent};
};

ImageComparison doubtful(std::string reason) {
  return {.sameness = Sameness::not_known, .reasons = {std::move(reason)}};
}

}  // namespace

ImageComparison compare_images(std::string_view base, std::string_view head, const ImageOptions& options) {
  if (base.empty() || head.empty()) return doubtful("an image is empty");
  if (base == head) return {.sameness = Sameness::identical, .functions_are_complete = true};
  const auto of_base = read_image(base);
  if (!of_base) return doubtful("base: " + of_base.error().what);
  const auto of_head = read_image(head);
  if (!of_head) return doubtful("head: " + of_head.error().what);
  if (of_base->symbols.empty() || of_head->symbols.empty()) {
    return doubtful("the image has no symbols (it is stripped), so that its functions cannot be told apart");
  }
  if (of_base->section(".gopclntab") != nullptr || of_head->section(".gopclntab") != nullptr) {
    return doubtful("Go's tables of functions and types are not understood so far");
  }
  Decoder decoder;
  const Pieces base_pieces(*of_base, decoder);
  const Pieces head_pieces(*of_head, decoder);
  return ImageJudge(base_pieces, head_pieces, decoder, options).judge();
}

}  // namespace perfwarden::identity
