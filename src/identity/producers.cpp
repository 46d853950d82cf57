#include "identity/producers.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "base/text.hpp"

namespace perfwarden::identity {
namespace {

constexpr std::size_t k_most_producers = 1000;
constexpr std::size_t k_longest_producer = 8192;

// Flags that name files or lines, or that change with the machine, and no code.
bool changes_code(std::string_view flag) {
  static constexpr std::array<std::string_view, 8> k_silent{
      "-g", "-ffile-prefix-map", "-fdebug-prefix-map", "-fmacro", "-frandom-seed", "-fdiagnostics", "-imultiarch",
      "-D"};
  return std::none_of(k_silent.begin(), k_silent.end(),
                      [flag](std::string_view silent) { return flag.starts_with(silent); });
}

void take_producer(std::string_view producer, Producers& into) {
  const std::size_t flags = producer.find(" -");
  into.compilers.insert(std::string(producer.substr(0, flags)));
  if (flags == std::string_view::npos) return;  // clang does not say its flags
  bool any_level = false;
  for (const std::string_view flag : text::split(producer.substr(flags + 1), ' ')) {
    if (flag.starts_with("-O")) {
      into.optimisations.insert(std::string(flag));
      any_level = true;
    } else if (flag.starts_with("-fsanitize=")) {
      into.sanitizers.insert(std::string(flag.substr(flag.find('=') + 1)));
    } else if (flag.starts_with('-') && changes_code(flag)) {
      into.flags.insert(std::string(flag));
    }
  }
  if (!any_level) into.optimisations.insert("none");
}

bool is_producer(std::string_view text) {
  constexpr std::array<std::string_view, 5> k_beginnings{"GNU C", "GNU Fortran", "clang version", "clang LLVM",
                                                         "Debian clang version"};
  return text.size() < k_longest_producer &&
         std::any_of(k_beginnings.begin(), k_beginnings.end(),
                     [text](std::string_view beginning) { return text.starts_with(beginning); });
}

std::string words_of_set(const std::set<std::string>& words) {
  if (words.empty()) return "none";
  return text::join(std::vector<std::string>(words.begin(), words.end()), ", ");
}

// What only one of both has.
std::set<std::string> only_in(const std::set<std::string>& one, const std::set<std::string>& other) {
  std::set<std::string> out;
  std::set_difference(one.begin(), one.end(), other.begin(), other.end(), std::inserter(out, out.end()));
  return out;
}

}  // namespace

Producers read_producers(const Image& image) {
  Producers out;
  if (const Section* comment = image.section(".comment"))
    for (const std::string_view one : text::split(comment->bytes, '\0'))
      if (!one.empty() && out.compilers.size() < k_most_producers) out.compilers.insert(std::string(one));
  for (const char* name : {".debug_str", ".debug_line_str"}) {
    const Section* strings = image.section(name);
    if (strings == nullptr) continue;
    std::size_t seen = 0;
    for (std::size_t at = 0; at < strings->bytes.size() && seen < k_most_producers;) {
      const std::size_t end = std::min(strings->bytes.find('\0', at), strings->bytes.size());
      const std::string_view one = strings->bytes.substr(at, end - at);
      at = end + 1;
      if (!is_producer(one)) continue;
      ++seen;
      take_producer(one, out);
    }
  }
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> k_runtimes{{{"__asan_init", "address"},
                                                                                     {"__tsan_init", "thread"},
                                                                                     {"__ubsan_handle", "undefined"},
                                                                                     {"__msan_init", "memory"},
                                                                                     {"__gcov_init", "coverage"}}};
  for (const auto* symbols : {&image.dynamic_symbols, &image.symbols})
    for (const Symbol& symbol : *symbols)
      for (const auto& [begins, runtime] : k_runtimes)
        if (symbol.name.starts_with(begins)) out.sanitizers.insert(std::string(runtime));
  return out;
}

std::vector<ProducerDifference> differences(const Producers& base, const Producers& head) {
  std::vector<ProducerDifference> out;
  const auto compare = [&](std::string_view what, const std::set<std::string>& b, const std::set<std::string>& h,
                           bool only_differing) {
    if (b == h) return;
    out.push_back(
        {what, words_of_set(only_differing ? only_in(b, h) : b), words_of_set(only_differing ? only_in(h, b) : h)});
  };
  compare("sanitizer", base.sanitizers, head.sanitizers, false);
  // A side without debug information does not say.
  if (!base.optimisations.empty() && !head.optimisations.empty())
    compare("optimisation", base.optimisations, head.optimisations, false);
  compare("compiler", base.compilers, head.compilers, true);
  if (!base.optimisations.empty() && !head.optimisations.empty()) compare("flags", base.flags, head.flags, true);
  return out;
}

}  // namespace perfwarden::identity
