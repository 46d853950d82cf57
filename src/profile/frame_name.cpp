#include "profile/frame_name.hpp"

#include <re2/re2.h>

#include <array>
#include <deque>

namespace perfwarden::profile {
namespace {

constexpr std::size_t k_annotation = 4;  // "_[k]"

char annotation_of(std::string_view name) {
  if (name.size() <= k_annotation || !name.ends_with(']')) return 0;
  const std::string_view end = name.substr(name.size() - k_annotation);
  return end.starts_with("_[") ? end[2] : '\0';
}

re2::StringPiece piece(std::string_view text) {
  return {text.data(), text.size()};
}

RE2::Options quiet() {
  RE2::Options options(RE2::Quiet);
  options.set_encoding(RE2::Options::EncodingLatin1);  // names need not be UTF-8
  return options;
}

// One thing that differs between builds or runs. Looked for only in names that hold `trigger`.
struct Difference {
  Difference(std::string_view only_with, const char* what, const char* by)
      : trigger(only_with), pattern(what, quiet()), instead(by) {}
  std::string_view trigger;
  RE2 pattern;
  std::string_view instead;
};

const std::deque<Difference>& differences() {
  static const std::deque<Difference> all = [] {
    std::deque<Difference> out;
    const auto add = [&](std::string_view trigger, const char* pattern, const char* instead) {
      out.emplace_back(trigger, pattern, instead);
    };
    add("+0x", R"(\+0x[0-9a-f]+$)", "");
    add("$$Lambda", R"(\$\$Lambda[$/.0-9a-fx]*)", "$$Lambda");
    add("0x", R"(0x[0-9a-fA-F]+)", "0x");
    add(" [clone ", R"(( \[clone [^\]]*\])+$)", "");
    add(".", R"((\.(isra|constprop|part|cold|lto_priv|llvm|localalias|clone)\b(\.?\d+)*)+$)", "");
    add("::h", R"(::h[0-9a-f]{16}$)", "");
    add("@", R"(@@?[A-Z][A-Za-z]*_[0-9][0-9.]*$)", "");
    add("lambda(", R"(\}?#\d+\}?)", "}#");
    add("'lambda", R"('lambda\d*')", "'lambda'");
    add("unnamed", R"(unnamed type#\d+)", "unnamed type#");
    add("$_", R"(\$_\d+)", "$_");
    add("closure", R"(\{closure#\d+\})", "{closure}");
    add("{{closure}}", R"(\{\{closure\}\}#?\d*)", "{closure}");
    add("lambda$", R"(lambda\$(\w+)\$\d+)", R"(lambda$\1)");
    add("Accessor", R"((Generated(Method|Constructor|SerializationConstructor)Accessor)\d+)", R"(\1)");
    add("$Proxy", R"(\$Proxy\d+)", "$Proxy");
    add("CGLIB$$", R"(CGLIB\$\$[0-9a-f]+)", "CGLIB$$");
    add(".func", R"(\.func\d+(\.\d+)*(\.gowrap\d+)?)", ".func");
    add(".gowrap", R"(\.gowrap\d+)", ".gowrap");
    add(":", R"(^(?:LazyCompile|Function|JS|Script|Eval):[~*^+]*)", "JS:");
    add(".", R"([.-][0-9a-f]{8,40}\.(m?js|cjs|wasm)\b)", R"(.\1)");
    add(":", R"((\.\w{1,5}|[>)]|anonymous|node:[\w/]+):\d+(:\d+)?)", R"(\1)");
    add("pool-", R"(pool-\d+-thread-\d+)", "pool-thread");
    add("hread", R"(\b([Tt]hread)([-# ]?)\d+)", R"(\1\2)");
    add("-", R"(^([^(:.]*)-(?:\d+|\?)(?:/\d+)?$)", R"(\1-)");
    add("#", R"(#\d+$)", "#");
    return out;
  }();
  return all;
}

// ── packages ──

// Without what stands between brackets of this kind, at any depth.
std::string without_nested(std::string_view name, char open, char close) {
  std::string out;
  std::size_t depth = 0;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool arrow = c == '>' && i > 0 && name[i - 1] == '-';
    if (c == open) {
      ++depth;
    } else if (c == close && depth > 0 && !arrow) {
      --depth;
    } else if (depth == 0) {
      out += c;
    }
  }
  return out;
}

std::string_view last_part(std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  const std::size_t slash = path.find_last_of("/\\");
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

bool is_word(std::string_view text) {
  return !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$-") ==
                              std::string_view::npos;
}

// The part behind the last "node_modules/" or "site-packages/": its first folder, two with a scope ("@babel/core").
std::string installed_package(std::string_view path, std::string_view folder) {
  const std::size_t at = path.rfind(folder);
  if (at == std::string_view::npos) return "";
  std::string_view rest = path.substr(at + folder.size());
  std::size_t end = rest.find_first_of("/\\):");
  if (rest.starts_with('@') && end != std::string_view::npos && rest[end] == '/')
    end = rest.find_first_of("/\\):", end + 1);
  rest = rest.substr(0, end);
  if (rest.ends_with(".py")) rest.remove_suffix(3);
  return std::string(rest);
}

// Scripts are named with their file: "f (pkg/mod.py:12)", "mod.py:12(f)", "f /app/x.js:1:2".
std::string script_package(std::string_view name) {
  static const RE2 k_file(R"(([^\s()]+)\.(?:py|pyx|m?js|cjs|tsx?|jsx|rb|php)\b)", quiet());
  static const RE2 k_library(R"((?:^|/)(?:lib/)?(?:python|ruby)[0-9.]+/(\w+))", quiet());
  static const RE2 k_frozen(R"(<frozen ([\w.]+)>)", quiet());
  static const RE2 k_internal(R"((node:[\w/]+))", quiet());
  std::string found;
  if (found = installed_package(name, "node_modules/"); !found.empty()) return found;
  if (found = installed_package(name, "site-packages/"); !found.empty()) return found;
  if (found = installed_package(name, "dist-packages/"); !found.empty()) return found;
  if (RE2::PartialMatch(piece(name), k_internal, &found)) return found;
  if (RE2::PartialMatch(piece(name), k_frozen, &found)) return found;
  if (RE2::PartialMatch(piece(name), k_library, &found)) return found;
  if (!RE2::PartialMatch(piece(name), k_file, &found)) return "";
  if (found.starts_with("file://")) found.erase(0, 7);
  const std::size_t slash = found.find_last_of('/');
  return slash == std::string::npos || slash == 0 ? found : found.substr(0, slash);
}

// "com/acme/Foo.bar", "com.acme.Foo.bar", "Lcom/acme/Foo;::bar": what is before the first part in upper case.
std::string java_package(std::string_view name) {
  if (name.starts_with('L') && name.find(";::") != std::string_view::npos) name.remove_prefix(1);
  const std::size_t whole = name.size();
  name = name.substr(0, name.find_first_of("($;"));
  std::size_t begin = 0;
  while (begin < name.size()) {
    const std::size_t end = name.find_first_of("./", begin);
    const bool last = end == std::string_view::npos;  // a class all the same when something stood behind it
    if (end == begin || (last && name.size() == whole)) return "";
    const std::string_view part = name.substr(begin, last ? end : end - begin);
    if (is_upper(part[0])) {
      std::string out(name.substr(0, begin == 0 ? 0 : begin - 1));
      for (char& c : out)
        if (c == '/') c = '.';
      return out;
    }
    if (last || !is_word(part)) return "";
    begin = end + 1;
  }
  return "";
}

// "net/http.(*conn).serve", "main.main": the path and the word up to its first dot.
std::string go_package(std::string_view name) {
  const std::size_t slash = name.find_last_of('/');
  const std::size_t word = slash == std::string_view::npos ? 0 : slash + 1;
  const std::size_t dot = name.find('.', word);
  if (dot == std::string_view::npos || !is_word(name.substr(word, dot - word)) || dot + 1 >= name.size()) return "";
  return std::string(name.substr(0, dot));
}

// "<alloc::vec::Vec<T> as core::ops::Drop>::drop": of the type, else of the trait.
std::string rust_crate(std::string_view name) {
  name.remove_prefix(1);
  while (!name.empty() && (name[0] == '<' || name[0] == '&' || name[0] == '*' || name[0] == '[' || name[0] == '('))
    name.remove_prefix(1);
  for (const std::string_view word : {"mut ", "const ", "dyn "})
    if (name.starts_with(word)) name.remove_prefix(word.size());
  const auto crate = [](std::string_view path) {
    const std::size_t colons = path.find("::");
    const std::string_view first = path.substr(0, colons);
    return colons != std::string_view::npos && is_word(first) ? std::string(first) : std::string();
  };
  const std::size_t as = name.find(" as ");
  std::string own = crate(name.substr(0, as));
  if (!own.empty() || as == std::string_view::npos) return own;
  return crate(name.substr(as + 4));
}

// "void std::sort<int>(int)", "alloc::vec::Vec<T>::push": the outermost namespace or crate.
std::string namespace_of(std::string_view name) {
  if (name.starts_with('<') && name.find(">::") != std::string_view::npos) return rust_crate(name);
  std::string plain = without_nested(name, '<', '>');
  const std::size_t anonymous = plain.find("(anonymous namespace)::");
  if (anonymous != std::string::npos) plain.erase(anonymous, 23);
  plain = plain.substr(0, plain.find_first_of("({"));
  const std::size_t colons = plain.find("::");
  if (colons == std::string::npos) return "";
  const std::size_t space = plain.rfind(' ', colons);  // behind a type that is returned
  const std::string first = plain.substr(space == std::string::npos ? 0 : space + 1,
                                         space == std::string::npos ? colons : colons - space - 1);
  return is_word(first) ? first : "";
}

std::string module_package(std::string_view module) {
  if (module.find("[kernel") != std::string_view::npos || module.find("[guest.kernel") != std::string_view::npos)
    return "kernel";
  const std::string_view last = last_part(module);
  return last == "[unknown]" || last == "//anon" ? std::string() : std::string(last);
}

}  // namespace

FrameKind kind_of(std::string_view name) {
  switch (annotation_of(name)) {
    case 'k':
      return FrameKind::kernel;
    case 'j':
      return FrameKind::jit;
    case 'i':
      return FrameKind::inlined;
    case 'w':
      return FrameKind::waker;
    case '0':
      return FrameKind::interpreted;
    case '1':
      return FrameKind::compiled;
    default:
      return FrameKind::user;
  }
}

std::string_view bare_name(std::string_view name) {
  return kind_of(name) == FrameKind::user ? name : name.substr(0, name.size() - k_annotation);
}

std::string function_of(std::string_view name) {
  const std::string_view kept = kind_of(name) == FrameKind::kernel ? name : bare_name(name);
  if (kept.find(".py:") == std::string_view::npos) return std::string(kept);
  static const RE2 k_line(R"(\.py:\d+\)$)", quiet());
  std::string out(kept);
  RE2::Replace(&out, k_line, ".py)");
  return out;
}

std::string matching_key(std::string_view name) {
  std::string key(bare_name(name));
  for (const Difference& difference : differences())
    if (key.find(difference.trigger) != std::string::npos)
      RE2::GlobalReplace(&key, difference.pattern, piece(difference.instead));
  if (kind_of(name) == FrameKind::kernel) key += "_[k]";
  return key;
}

std::string package_of(std::string_view name, std::string_view module) {
  if (kind_of(name) == FrameKind::kernel) return "kernel";
  const std::string_view bare = bare_name(name);
  if (std::string found = script_package(bare); !found.empty()) return found;
  if (bare.find("::") != std::string_view::npos && bare.find(";::") == std::string_view::npos) {
    if (std::string found = namespace_of(bare); !found.empty()) return found;
    return module_package(module);
  }
  const std::string plain = without_nested(bare, '[', ']');
  if (plain.find(' ') == std::string::npos) {
    if (std::string found = java_package(plain); !found.empty()) return found;
    if (std::string found = go_package(plain); !found.empty()) return found;
  }
  return module_package(module);
}

}  // namespace perfwarden::profile
