#include "identity/names.hpp"

#include <cxxabi.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "base/text.hpp"

namespace perfwarden::identity {
namespace {

constexpr std::size_t k_hash_digits = 16;

// "…17h" and 16 hex digits and "E", as rustc ends its older names.
std::string_view without_hash(std::string_view name) {
  constexpr std::string_view k_mark = "17h";
  constexpr std::size_t k_tail = k_mark.size() + k_hash_digits + 1;
  if (name.size() < k_tail || !name.starts_with("_ZN") || !name.ends_with("E")) return name;
  const auto tail = name.substr(name.size() - k_tail);
  const auto digits = tail.substr(k_mark.size(), k_hash_digits);
  const bool is_hash = tail.starts_with(k_mark) && std::all_of(digits.begin(), digits.end(), text::is_hex_digit);
  return is_hash ? name.substr(0, name.size() - k_tail) : name;
}

std::string without_disambiguators(std::string_view name) {
  std::string kept;
  for (std::size_t at = 0; at < name.size();) {
    if (name.substr(at).starts_with("Cs")) {
      std::size_t end = at + 2;
      while (end < name.size() && text::is_alphanumeric(name[end])) ++end;
      if (end < name.size() && name[end] == '_') {
        kept += 'C';
        at = end + 1;
        continue;
      }
    }
    kept += name[at++];
  }
  return kept;
}

// Cuts `mark` and the digits after it, wherever they are.
void cut_numbered(std::string& name, std::string_view mark) {
  const auto at = name.find(mark);
  if (at == name.npos) return;
  std::size_t end = at + mark.size();
  while (end < name.size() && text::is_digit(name[end])) ++end;
  name.erase(at, end - at);
}

}  // namespace

std::string stable_name(std::string_view name) {
  std::string stable = name.starts_with("_R") ? without_disambiguators(name) : std::string(without_hash(name));
  cut_numbered(stable, ".llvm.");
  cut_numbered(stable, ".lto_priv.");
  return stable;
}

bool is_counted(std::string_view name) {
  const auto dot = name.rfind('.');
  if (dot == name.npos || dot + 1 == name.size()) return false;
  const auto digits = name.substr(dot + 1);
  return std::all_of(digits.begin(), digits.end(), text::is_digit);
}

std::string readable_name(std::string_view linked) {
  constexpr std::size_t k_longest_cxx_name = 1'024;
  std::string name(linked);
  if (!name.starts_with("_Z") || name.size() > k_longest_cxx_name) return name;
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> text(abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status),
                                                         &std::free);
  return status == 0 && text ? text.get() : name;
}

}  // namespace perfwarden::identity
