#pragma once

#include <string>
#include <string_view>

namespace perfwarden::identity {

// The name of a symbol without what a compiler draws anew when anything else of the program changed: Rust's hash
// ("…17h0123456789abcdefE"), the disambiguators of its v0 names ("Cs1a2b_"), LLVM's and link-time optimisation's
// suffixes
// (".llvm.123", ".lto_priv.0").
[[nodiscard]] std::string stable_name(std::string_view name);

// True for a name that ends in a number that compilers count ("table.0", "parse.part.3", "work.constprop.0"): another
// symbol may have the same name on the other side.
[[nodiscard]] bool is_counted(std::string_view name);

// The name as people write it: "sum(std::vector<int> const&)" for "_Z3sumRKSt6vectorIiSaIiEE". A name that is not
// C++'s, or is longer than 1,024 bytes, is returned as it is.
[[nodiscard]] std::string readable_name(std::string_view linked);

}  // namespace perfwarden::identity
