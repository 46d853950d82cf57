#include "profile/read/perf_frames.hpp"

#include <fmt/format.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cstring>

#include "base/text.hpp"
#include "profile/limits.hpp"

namespace perfwarden::profile {
namespace {

constexpr std::size_t k_first_frame_slots = 4096;
constexpr std::size_t k_most_rest_ids = std::size_t{1} << 19;
constexpr std::size_t k_longest_rest = std::size_t{1} << 20;
constexpr std::size_t k_most_known = std::size_t{1} << 19;  // then it forgets all and begins anew

bool is_letter(char c) {
  return text::is_alphanumeric(c) || c == '_';
}

// The end of an operator's name that begins at `at`, or `at`.
std::size_t after_operator(std::string_view symbol, std::size_t at) {
  constexpr std::string_view k_operator = "operator";
  if (!symbol.substr(at).starts_with(k_operator) || (at > 0 && is_letter(symbol[at - 1]))) return at;
  at += k_operator.size();
  if (symbol.substr(at).starts_with("()")) return at + 2;
  return std::min(symbol.find_first_not_of("<>=-!+*/%&|^~,[]", at), symbol.size());
}

constexpr std::string_view k_anonymous = "(anonymous namespace)";

// Where the arguments of a C++ function begin: not brackets within templates, of "operator()", or of a function that
// another is within ("run(int)::{lambda()#1}"). npos when there are none.
std::size_t arguments_of(std::string_view symbol) {
  int depth = 0;
  std::size_t first = std::string_view::npos, outer = std::string_view::npos;
  for (std::size_t at = 0; at < symbol.size(); ++at) {
    std::size_t after = after_operator(symbol, at);
    if (symbol.substr(at).starts_with(k_anonymous)) after = at + k_anonymous.size();
    if (after > at) {
      at = after - 1;
      continue;
    }
    const char c = symbol[at];
    if (c == '(') {
      if (first == std::string_view::npos) first = at;
      if (depth == 0 && outer == std::string_view::npos) outer = at;
    }
    if (c == '<' || c == '{' || c == '(') ++depth;
    if (c == '}' || c == ')' || (c == '>' && symbol[at == 0 ? 0 : at - 1] != '-')) --depth;
    if (c == ')' && depth == 0 && symbol.substr(at + 1).starts_with("::")) outer = std::string_view::npos;
  }
  return depth == 0 ? outer : first;  // brackets that do not pair are no templates
}

// Names of Go methods hold "(*Type)": "net/http.(*Client).Do".
bool is_go_method(std::string_view symbol) {
  const std::size_t open = symbol.find(".(");
  return open != std::string_view::npos && symbol.find(").", open + 2) != std::string_view::npos;
}

std::string_view file_of(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

bool is_kernel(std::string_view module, bool vdso_too) {
  if (module == "[heap]" || module == "[stack]") return false;
  if (module == "[vdso]" || module == "[vsyscall]") return vdso_too;
  const std::string_view file = file_of(module);
  return module.starts_with('[') || file == "vmlinux" || file.starts_with("vmlinux-") || file.ends_with(".ko") ||
         file.ends_with(".ko.xz") || file.ends_with(".ko.zst") || file.ends_with(".ko.gz");
}

bool is_jit(std::string_view module) {
  const std::string_view file = file_of(module);
  return (module.find("/tmp/perf-") != std::string_view::npos && file.ends_with(".map")) ||
         (file.starts_with("jitted-") && file.ends_with(".so"));
}

// Inlined methods of Java come as one symbol: "outer->inner". C++ has "->" in operators and expressions.
std::size_t next_arrow(std::string_view symbol) {
  int depth = 0;
  for (std::size_t at = 0; at + 1 < symbol.size(); ++at) {
    if (const std::size_t after = after_operator(symbol, at); after > at) {
      at = after - 1;
    } else if (symbol[at] == '(' || symbol[at] == '<') {
      ++depth;
    } else if (symbol[at] == ')' || symbol[at] == '>') {
      --depth;
    } else if (symbol[at] == '-' && symbol[at + 1] == '>') {
      if (depth <= 0) return at;
      ++at;
    }
  }
  return std::string_view::npos;
}

}  // namespace

void PerfFrames::forget() {
  known_.assign(1, Known{});
  slots_.assign(k_first_frame_slots, 0);
  ids_.clear();
  rests_.clear();
  rest_ids_.clear();
  last_ = 0;
  spoilt_ = true;
}

void PerfFrames::forget_rests() {
  rests_.clear();
  rest_ids_.clear();
}

void PerfFrames::begin_sample() {
  last_ = 0;
  taken_ = 0;
  spoilt_ = false;
  ++samples_;
}

void PerfFrames::mark(const char* after, std::size_t frames) {
  if (taken_ < k_marks) marks_[taken_] = {last_, after, frames};
  ++taken_;
}

void PerfFrames::remember(const char* end, const std::vector<FrameId>& leaf_first) {
  const std::size_t marks = std::min(taken_, k_marks);
  if (spoilt_ || marks == 0 || !tries_rests() || leaf_first.size() > k_max_depth) return;
  if (rest_ids_.size() + leaf_first.size() > k_most_rest_ids) forget_rests();
  rests_.resize(known_.size());
  const std::size_t begin = rest_ids_.size();
  rest_ids_.insert(rest_ids_.end(), leaf_first.begin(), leaf_first.end());
  for (std::size_t i = 0; i < marks; ++i) {
    const Mark& mark = marks_[i];
    const auto size = static_cast<std::size_t>(end - mark.after);
    if (size > k_longest_rest) continue;
    rests_[mark.entry] = {.text = mark.after,
                          .size = static_cast<std::uint32_t>(size),
                          .begin = static_cast<std::uint32_t>(begin + mark.frames),
                          .count = static_cast<std::uint32_t>(leaf_first.size() - mark.frames),
                          .lines = static_cast<std::uint32_t>(taken_ - i)};
  }
}

bool PerfFrames::take_rest(std::string_view& text, std::vector<FrameId>& leaf_first, std::size_t& lines) {
  if (taken_ == 0 || taken_ > k_marks || !tries_rests()) return false;
  if (last_ >= rests_.size()) return false;
  const Rest& rest = rests_[last_];
  if (rest.size == 0 || text.size() < rest.size) return false;
  if (std::memcmp(text.data(), rest.text, rest.size) != 0) {
    rests_pay_ = std::max(rests_pay_ - 1, 0);
    return false;
  }
  rests_pay_ = std::min(rests_pay_ + 4, k_rests_pay);
  text.remove_prefix(rest.size);
  const auto begin = rest_ids_.begin() + rest.begin;
  leaf_first.insert(leaf_first.end(), begin, begin + rest.count);
  lines += rest.lines;
  return true;
}

void PerfFrames::grow() {
  slots_.assign(slots_.size() * 2, 0);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t entry = 1; entry < known_.size(); ++entry) {
    std::size_t slot = known_[entry].hash & mask;
    while (slots_[slot] != 0) slot = (slot + 1) & mask;
    slots_[slot] = static_cast<std::uint32_t>(entry);
  }
}

void PerfFrames::use(std::uint32_t entry, std::vector<FrameId>& leaf_first) {
  auto& next = known_[last_].next;
  if (next[0] != entry) next = {entry, next[0]};
  last_ = entry;
  const Known& known = known_[entry];
  for (std::size_t i = known.count; i-- > 0;) leaf_first.push_back(ids_[known.begin + i]);
}

bool PerfFrames::take_expected(std::string_view& text, bool java, std::vector<FrameId>& leaf_first) {
  for (const std::uint32_t entry : known_[last_].next) {
    const Known& known = known_[entry];
    if (entry == 0 || known.java != java || text.size() <= known.size || text[known.size] != '\n' ||
        std::memcmp(text.data(), known.line, known.size) != 0)
      continue;
    text.remove_prefix(known.size + std::size_t{1});
    use(entry, leaf_first);
    return true;
  }
  return false;
}

bool PerfFrames::take(std::string_view line, bool java, std::vector<FrameId>& leaf_first) {
  const auto hash = static_cast<std::uint32_t>(XXH3_64bits(line.data(), line.size()));
  std::size_t mask = slots_.size() - 1;
  std::size_t slot = hash & mask;
  for (; slots_[slot] != 0; slot = (slot + 1) & mask) {
    const Known& known = known_[slots_[slot]];
    if (known.hash != hash || known.java != java || known.text() != line) continue;
    use(slots_[slot], leaf_first);
    return true;
  }
  const auto parsed = perf_frame_line(line);
  if (!parsed) return false;
  if (known_.size() >= k_most_known) {
    forget();
  } else if (known_.size() * 2 >= slots_.size()) {
    grow();
  }
  mask = slots_.size() - 1;
  for (slot = hash & mask; slots_[slot] != 0;) slot = (slot + 1) & mask;
  Known known{.line = line.data(),
              .size = static_cast<std::uint32_t>(line.size()),
              .hash = hash,
              .begin = static_cast<std::uint32_t>(ids_.size()),
              .next = {},
              .count = 0,
              .java = java};
  name(*parsed, java);
  known.count = static_cast<std::uint16_t>(std::min(ids_.size() - known.begin, k_max_depth));
  const auto entry = static_cast<std::uint32_t>(known_.size());
  known_.push_back(known);
  slots_[slot] = entry;
  use(entry, leaf_first);
  return true;
}

std::string& PerfFrames::tidied(std::string_view symbol, bool java) {
  name_ = symbol;
  std::replace(name_.begin(), name_.end(), ';', ':');
  if (!is_go_method(name_)) name_.resize(std::min(arguments_of(name_), name_.size()));
  std::erase_if(name_, [](char c) { return c == '"' || c == '\''; });
  if (java && name_.starts_with('L') && name_.find('/') != std::string::npos) name_.erase(0, 1);
  return name_;
}

void PerfFrames::name(const PerfFrameLine& line, bool java) {
  if (line.symbol.starts_with('(') && !line.symbol.starts_with(k_anonymous)) return;  // the name of a process
  const bool kernel = options_.kernel && is_kernel(line.module, options_.as_goldens);
  const bool jit = options_.jit && is_jit(line.module);
  const bool nameless = line.symbol.empty() && !(line.empty_symbol && options_.as_goldens);
  std::string_view rest = line.symbol.empty() ? " " : line.symbol.substr(0, k_max_name_bytes);
  for (bool inner = line.inlined, last = false; !last; inner = true) {
    const std::size_t arrow = next_arrow(rest);
    std::string_view symbol = rest.substr(0, arrow);
    last = arrow == std::string_view::npos || arrow + 2 == rest.size();
    rest.remove_prefix(last ? rest.size() : arrow + 2);
    std::string unknown;
    if (symbol == "[unknown]" || nameless) {
      const std::string_view file = line.module.empty() ? "unknown" : file_of(line.module);
      unknown = options_.addresses ? fmt::format("[{} <{}>]", file, line.address) : fmt::format("[{}]", file);
      symbol = unknown;
    }
    std::string& name = tidied(symbol, java);
    if (inner) {
      if (name.find("_[i]") == std::string::npos) name += "_[i]";
    } else if (kernel) {
      name += "_[k]";
    } else if (jit && name.find("_[j]") == std::string::npos) {
      name += "_[j]";
    }
    const FrameId id = table_.add(name);
    table_.set_module(id, line.module);
    ids_.push_back(id);
  }
}

}  // namespace perfwarden::profile
