#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Two ELF images (programs or shared libraries) compared by meaning: is this the same program, although the linker put
// its functions elsewhere? docs/identity.md says what is proven, how, and what never can be.
namespace perfwarden::identity {

// From best to worst; of several files the worst counts.
enum class Sameness {
  identical,   // byte for byte
  equivalent,  // everything that can be reached is the same, but lies elsewhere
  not_known,   // neither could be proven; the reason is said
  differs,     // a difference that can be reached was found; it is named
};

// Where a function lies, as linked. At run time the image's load bias is added; for a program that is not
// position-independent the bias is 0.
struct Extent {
  std::uint64_t address = 0;
  std::uint64_t size = 0;  // bytes
};

// A FunctionChange is a function whose code, or the meaning of whose references, is not the same on both sides.
struct FunctionChange {
  std::string name = {};            // as linked (mangled); may hold hostile text
  std::optional<Extent> base = {};  // nullopt: head added it
  std::optional<Extent> head = {};  // nullopt: head removed it
  bool is_reachable = true;         // false: nothing in the image refers to it, so it can never run
};

struct ImageComparison {
  Sameness sameness = Sameness::not_known;
  // One sentence a difference or doubt, at most k_max_reasons: "function parse(char const*) differs", "data `rounds`
  // differs". Empty only if identical or equivalent. May hold hostile text.
  std::vector<std::string> reasons = {};
  // Changed, added and removed functions, by name. Trustworthy as "everything that could run differently" only if
  // `functions_are_complete`: false where an image has no symbols, or its code could not be read.
  std::vector<FunctionChange> functions = {};
  bool functions_are_complete = false;
  // Names of data objects that differ, or lie differently in their cache lines; "" stands for one without a name.
  std::vector<std::string> data = {};
  // Sections of written data that the linker moved as a whole to another place in the cache lines, as it moved
  // functions.
  std::vector<std::string> moved_sections = {};
  // All but `functions` is proven equal, so that nothing else can make a run differ.
  bool only_functions_differ = false;
  std::size_t same_functions = 0;
  std::size_t moved_functions = 0;  // of the same ones, how many lie at another address
};

inline constexpr std::size_t k_max_reasons = 16;

struct ImageOptions {
  std::vector<std::string> ignored_symbols =
      {};  // data objects, linked or readable names, that may differ: a baked-in commit id
};

// Compares two ELF images that lie in memory. Never fails: what cannot be read is `not_known`, and says why.
[[nodiscard]] ImageComparison compare_images(std::string_view base, std::string_view head,
                                             const ImageOptions& options = {});

}  // namespace perfwarden::identity
