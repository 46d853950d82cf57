#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/text.hpp"
#include "profile/format.hpp"
#include "profile/read/builder.hpp"
#include "profile/read/call_graph.hpp"
#include "profile/read/folded_text.hpp"

// callgrind.out files (valgrind's manual, "Callgrind Format Specification"); Xdebug and others write the form too.
namespace perfwarden::profile {
namespace {

constexpr std::string_view k_callgrind_cure =
    "record again with valgrind --tool=callgrind, and let the program end on its own";

// Cuts the next word off `rest`; empty at the end.
std::string_view next_word(std::string_view& rest) {
  const std::size_t begin = std::min(rest.find_first_not_of(" \t"), rest.size());
  const std::size_t end = std::min(rest.find_first_of(" \t", begin), rest.size());
  const std::string_view word = rest.substr(begin, end - begin);
  rest.remove_prefix(end);
  return word;
}

// A whole number, or, as some writers shorten it, one relative to `before`: "+3", "-3", "*" for the same.
std::optional<double> cost_of(std::string_view word, double before = 0) {
  if (word == "*") return before;
  const bool less = word.starts_with('-');
  if (less || word.starts_with('+')) {
    const auto step = cost_of(word.substr(1));
    const double cost = step ? before + (less ? -*step : *step) : -1;
    return cost < 0 ? std::nullopt : std::optional(cost);
  }
  std::uint64_t number = 0;
  const bool hex = word.starts_with("0x");
  if (hex) word.remove_prefix(2);
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number, hex ? 16 : 10);
  if (error != std::errc{} || end != word.data() + word.size()) return std::nullopt;
  return static_cast<double>(number);
}

bool is_cost_line(std::string_view line) {
  return !line.empty() && ((line[0] >= '0' && line[0] <= '9') || line[0] == '+' || line[0] == '-' || line[0] == '*');
}

class CallgrindReader {
 public:
  explicit CallgrindReader(const Document& document) : document_(document), builder_(document, k_callgrind_cure) {}

  Result<Profile> run() {
    std::string_view rest = document_.text;
    while (!rest.empty()) {
      ++line_;
      PW_TRY(take_line(next_line(rest)));
    }
    if (!graph_) return builder_.error("there is no line `events:`, so this is not a callgrind file");
    check_totals();
    if (unread_ > 0)
      builder_.note("ignored-lines", fmt::format("{} lines are not callgrind's and were ignored; the first is line {}",
                                                 unread_, first_unread_));
    PW_TRY(graph_->finish(builder_));
    return builder_.finish();
  }

 private:
  [[nodiscard]] Error bad(std::string what) const { return builder_.error(std::move(what), fmt::format("{}", line_)); }

  Status take_line(std::string_view line) {
    if (skip_next_) {
      skip_next_ = false;
      return Nothing{};
    }
    if (is_cost_line(line)) return take_costs(line);
    if (const std::size_t equals = line.find('='); equals != std::string_view::npos && line.find(": ") > equals)
      return take_position(line.substr(0, equals), line.substr(equals + 1));
    if (const std::size_t colon = line.find(':'); colon != std::string_view::npos)
      return take_heading(line.substr(0, colon), text::trim(line.substr(colon + 1)));
    if (!text::trim(line).empty() && line[0] != '#' && unread_++ == 0) first_unread_ = line_;
    return Nothing{};
  }

  Status take_heading(std::string_view key, std::string_view value) {
    if (key == "positions") {
      positions_ = 0;
      while (!next_word(value).empty()) ++positions_;
    } else if (key == "creator") {
      builder_.profile.exact = value.starts_with("callgrind");
    } else if (key == "cmd") {
      const std::string_view program = next_word(value);
      builder_.profile.program = program.substr(program.find_last_of('/') + 1);
    } else if (key == "totals") {
      if (const auto total = cost_of(next_word(value))) told_ += *total;
    } else if (key == "events") {
      return take_events(value);
    }
    return Nothing{};
  }

  Status take_events(std::string_view value) {
    std::vector<SampleType> types;
    for (std::string_view word = next_word(value); !word.empty(); word = next_word(value))
      types.push_back({std::string(word), ""});
    if (types.empty()) return bad("the line `events:` names no event");
    if (graph_ && types != builder_.profile.types) return bad("the parts of the file count different events");
    if (graph_) return Nothing{};
    for (SampleType& type : types) {
      PW_TRY(builder_.add_type(std::move(type)));
    }
    costs_.resize(builder_.profile.types.size());
    graph_.emplace(costs_.size());
    return Nothing{};
  }

  // "(7) name" defines a short form, "(7)" means it.
  Result<std::string_view> name_of(std::string_view value,
                                   std::unordered_map<std::string_view, std::string_view>& known) {
    value = text::trim(value);
    const std::size_t close = value.starts_with('(') ? value.find(')') : std::string_view::npos;
    if (close == std::string_view::npos || close == 1 ||
        value.substr(1, close - 1).find_first_not_of("0123456789") != std::string_view::npos)
      return value;
    const std::string_view id = value.substr(0, close + 1), name = text::trim(value.substr(close + 1));
    if (!name.empty()) return known.insert_or_assign(id, name).first->second;
    const auto found = known.find(id);
    if (found == known.end()) return bad(fmt::format("{} is used before it is given a name", id));
    return found->second;
  }

  Status take_position(std::string_view key, std::string_view value) {
    if (key == "fn" || key == "cfn") {
      PW_TRY_ASSIGN(const std::string_view name, name_of(value, functions_));
      (key == "fn" ? function_ : callee_) = builder_.frame(name);
      if (key == "fn") {
        builder_.profile.tree.frames.set_file(*function_, file_ == "???" ? "" : file_);
        builder_.profile.tree.frames.set_module(*function_, object_ == "???" ? "" : object_);
      }
    } else if (key == "fl" || key == "fi" || key == "fe" || key == "cfi" || key == "cfl") {
      PW_TRY_ASSIGN(const std::string_view name, name_of(value, files_));
      if (key == "fl") file_ = name;
    } else if (key == "ob" || key == "cob") {
      PW_TRY_ASSIGN(const std::string_view name, name_of(value, objects_));
      if (key == "ob") object_ = name;
    } else if (key == "calls") {
      if (!callee_) return bad("a call without the name of what is called");
      calling_ = true;
    } else if (key == "jfn" || key == "jfi") {  // where a jump leads: may define a short form
      PW_TRY(name_of(value, key == "jfn" ? functions_ : files_));
    } else if (key == "jump" || key == "jcnd") {
      skip_next_ = true;
    }
    return Nothing{};
  }

  // The line behind `calls=` says what that call cost with all below it, each other one what the function itself did.
  Status take_costs(std::string_view line) {
    if (!graph_) return bad("costs before the line `events:`");
    if (!function_) return bad("costs before the first function");
    for (std::size_t i = 0; i < positions_; ++i) (void)next_word(line);
    for (double& cost : costs_) {
      const std::string_view word = next_word(line);
      const auto number = word.empty() ? std::optional(0.0) : cost_of(word, cost);
      if (!number) return bad("a cost is not a whole number, or a relative one is below 0");
      cost = *number;
    }
    if (calling_)
      graph_->add_call(*function_, *callee_, costs_);
    else
      graph_->add_self(*function_, costs_);
    if (!calling_) counted_ += costs_[0];
    calling_ = false;
    return Nothing{};
  }

  void check_totals() {
    if (told_ > 0 && told_ != counted_)
      builder_.note("totals",
                    fmt::format("the file says that all costs are {:.0f}, but its lines make {:.0f}: it may be "
                                "damaged",
                                told_, counted_));
  }

  const Document& document_;
  Builder builder_;
  std::optional<CallGraph> graph_;
  std::unordered_map<std::string_view, std::string_view> functions_, files_, objects_;
  std::optional<FrameId> function_, callee_;
  std::string_view file_, object_;
  std::vector<double> costs_;
  std::size_t positions_ = 1, line_ = 0, unread_ = 0, first_unread_ = 0;
  double told_ = 0, counted_ = 0;
  bool calling_ = false, skip_next_ = false;
};

Result<Profile> read_callgrind(const Document& document) {
  return CallgrindReader(document).run();
}

int sniff_callgrind(std::string_view head) {
  if (head.starts_with("# callgrind format")) return 100;
  const bool events = head.starts_with("events: ") || head.find("\nevents: ") != std::string_view::npos;
  return events && head.find("\nfn=") != std::string_view::npos ? 90 : 0;
}

}  // namespace

extern const Format k_format_callgrind{"callgrind", "callgrind.out of valgrind, and cachegrind files of Xdebug",
                                       sniff_callgrind, read_callgrind};

}  // namespace perfwarden::profile
