#include "identity/loader_facts.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include <elf.h>

#include <fmt/format.h>

#include "identity/names.hpp"

namespace perfwarden::identity {
namespace {

struct Tag {
  std::int64_t tag;
  std::string_view words;
};

// What changes what is loaded, from where, and when it is bound.
constexpr std::array k_tags{Tag{DT_NEEDED, "the libraries that are loaded, or their order"},
                            Tag{DT_SONAME, "the library's own name"},
                            Tag{DT_RPATH, "the path on which libraries are looked for (RPATH)"},
                            Tag{DT_RUNPATH, "the path on which libraries are looked for (RUNPATH)"},
                            Tag{DT_FLAGS, "the loader's flags"},
                            Tag{DT_FLAGS_1, "the loader's flags"},
                            Tag{DT_BIND_NOW, "whether functions are bound before the start"},
                            Tag{DT_SYMBOLIC, "whether the library prefers its own functions"},
                            Tag{DT_AUDIT, "who watches the loader"},
                            Tag{DT_DEPAUDIT, "who watches the loader"}};

class LoaderComparison {
 public:
  explicit LoaderComparison(Pairing& pairing)
      : pairing_(pairing), base_(pairing.base().image()), head_(pairing.head().image()) {}

  LoaderFacts compare() {
    if (base_.is_fixed != head_.is_fixed) differs("whether the program may be loaded at any address");
    compare_segments();
    for (const Tag& tag : k_tags) {
      if (entries(base_, tag.tag) != entries(head_, tag.tag)) differs(tag.words);
    }
    compare_entries();
    compare_lists();
    compare_exports();
    compare_thread_data();
    return std::move(facts_);
  }

 private:
  void differs(std::string_view what) { facts_.differences.push_back(fmt::format("{} differs", what)); }

  void compare_segments() {
    using Row = std::tuple<std::uint32_t, std::uint32_t, std::uint64_t, std::uint64_t, std::uint64_t>;
    const auto rows = [](const Image& image) {
      std::vector<Row> all;
      for (const Segment& segment : image.segments) {
        // Sizes follow from what the segment holds; of these two they mean something by themselves.
        const bool has_size = segment.type == PT_TLS || segment.type == PT_GNU_STACK;
        all.emplace_back(segment.type, segment.flags, segment.alignment, has_size ? segment.file_size : 0,
                         has_size ? segment.memory_size : 0);
      }
      return all;
    };
    if (rows(base_) != rows(head_)) differs("how the image's segments are loaded");
  }

  static std::vector<std::pair<std::uint64_t, std::string_view>> entries(const Image& image, std::int64_t tag) {
    std::vector<std::pair<std::uint64_t, std::string_view>> found;
    for (const LoaderEntry& entry : image.loader) {
      // The value of one that has a text is where the text lies.
      if (entry.tag == tag) found.emplace_back(entry.text.empty() ? entry.value : 0, entry.text);
    }
    return found;
  }

  void compare_entries() {
    const auto value = [](const Image& image, std::int64_t tag) -> std::uint64_t {
      for (const LoaderEntry& entry : image.loader) {
        if (entry.tag == tag) return entry.value;
      }
      return 0;
    };
    enter(base_.entry, head_.entry);
    for (const std::int64_t tag : {DT_INIT, DT_FINI}) enter(value(base_, tag), value(head_, tag));
  }

  void enter(std::uint64_t base, std::uint64_t head) {
    const bool is_same = base == 0 || head == 0 ? base == head : pairing_.same_place(base, head);
    if (!is_same) differs("where the loader enters the image");
  }

  // Sections that are one piece, and what precedes the first name of any other.
  void compare_lists() {
    std::map<std::string_view, PieceId> of_head;
    const auto first_of_section = [](const Pieces& pieces, const Section& section) -> PieceId {
      const auto kind = kind_of(pieces.image(), section);
      return kind && *kind != Kind::code && section.size > 0 ? pieces.at_start(section.address) : k_no_piece;
    };
    const auto is_list = [](const Pieces& pieces, PieceId id) { return pieces[id].name == pieces.section_name(id); };
    for (const Section& section : head_.sections) {
      const PieceId first = first_of_section(pairing_.head(), section);
      if (first != k_no_piece) of_head.emplace(section.name, first);
    }
    for (const Section& section : base_.sections) {
      const PieceId first = first_of_section(pairing_.base(), section);
      if (first == k_no_piece) continue;
      const auto partner = of_head.find(section.name);
      if (is_list(pairing_.base(), first)) {
        if (partner == of_head.end() || !pairing_.pair(first, partner->second)) {
          differs(fmt::format("the section {}", section.name));
        }
      } else if (partner != of_head.end() && pairing_.base()[first].name.empty() &&
                 pairing_.head()[partner->second].name.empty()) {
        pairing_.pair(first, partner->second);
      }
    }
    for (const auto& [name, first] : of_head) {
      if (is_list(pairing_.head(), first) && pairing_.of_head(first) == k_no_piece) {
        differs(fmt::format("the section {}", name));
      }
    }
  }

  using Exports = std::map<std::pair<std::string_view, std::string_view>, const Symbol*>;
  static Exports exports(const Image& image) {
    Exports found;
    for (const Symbol& symbol : image.dynamic_symbols) {
      if (symbol.section != SHN_UNDEF && !symbol.name.empty()) found[{symbol.name, symbol.version}] = &symbol;
    }
    return found;
  }

  void compare_exports() {
    const Exports of_base = exports(base_);
    const Exports of_head = exports(head_);
    const auto doubt = [&](std::string_view side, std::string_view name) {
      facts_.doubts.push_back(fmt::format("only {} gives `{}` to others, who may look it up by name", side, name));
    };
    for (const auto& [name, symbol] : of_base) {
      const auto found = of_head.find(name);
      if (found == of_head.end()) {
        doubt("base", name.first);
        continue;
      }
      const Symbol& other = *found->second;
      const bool has_place = symbol->section < SHN_LORESERVE && symbol->type != STT_TLS;
      const bool is_same_place =
          has_place ? pairing_.same_place(symbol->address, other.address) : symbol->address == other.address;
      if (symbol->type != other.type || symbol->binding != other.binding || symbol->size != other.size ||
          !is_same_place) {
        differs(fmt::format("what the image gives to others as `{}`", name.first));
      }
    }
    for (const auto& [name, symbol] : of_head) {
      if (!of_base.contains(name)) doubt("head", name.first);
    }
  }

  // A thread's own data is reached by its distance, which is in the code: all of it must lie as before.
  void compare_thread_data() {
    using Row = std::tuple<std::uint64_t, std::uint64_t, std::string>;
    const auto rows = [](const Image& image) {
      std::vector<Row> all;
      for (const Symbol& symbol : image.symbols) {
        if (symbol.type == STT_TLS && symbol.section != SHN_UNDEF) {
          all.emplace_back(symbol.address, symbol.size, stable_name(symbol.name));
        }
      }
      std::sort(all.begin(), all.end());
      return all;
    };
    if (rows(base_) != rows(head_)) differs("what lies in a thread's own data");
  }

  Pairing& pairing_;
  const Image& base_;
  const Image& head_;
  LoaderFacts facts_;
};

}  // namespace

LoaderFacts compare_loading(Pairing& pairing) {
  return LoaderComparison(pairing).compare();
}

}  // namespace perfwarden::identity
