#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "profile/format.hpp"
#include "profile/limits.hpp"
#include "profile/read/builder.hpp"
#include "profile/read/json_text.hpp"
#include "profile/read/placed_name.hpp"

// The Firefox profiler's processed profiles (https://profiler.firefox.com), which samply and Firefox write: tables in
// columns, of each thread or, in newer files, shared by all. Threads are summed.
namespace perfwarden::profile {
namespace {

constexpr std::string_view k_firefox_cure =
    "save the profile again, with samply record --save-only or from profiler.firefox.com";

// A column of places in another table; none where the file says null.
using Places = std::vector<std::optional<std::size_t>>;

// The tables that samples are looked up in, down to the tree.
struct Tables {
  std::vector<NodeId> nodes;  // by stack
};

class FirefoxReader {
 public:
  explicit FirefoxReader(const Document& document) : document_(document), builder_(document, k_firefox_cure) {}

  Result<Profile> run() {
    PW_TRY_ASSIGN(const Json file, read_json(document_, k_firefox_cure));
    const Json& threads = member(file, "threads");
    if (!member(file, "meta").is_object() || !threads.is_array())
      return builder_.error("this is not a processed profile of Firefox or samply: it has no meta or no threads");
    const std::string_view product = text_of(member(member(file, "meta"), "product"));
    builder_.profile.program = product.substr(product.find_last_of('/') + 1);
    const Json& shared = member(file, "shared");
    std::optional<Tables> tables;
    if (member(shared, "stackTable").is_object()) {
      place_ = "shared";
      PW_TRY_ASSIGN(tables, tables_of(shared, shared));
    }
    for (std::size_t i = 0; i < threads.size(); ++i) {
      place_ = fmt::format("threads[{}]", i);
      Tables own;
      if (!tables) {
        PW_TRY_ASSIGN(own, tables_of(threads[i], shared));
      }
      PW_TRY(take_samples(member(threads[i], "samples"), tables ? *tables : own));
    }
    finish_types(member(file, "meta"));
    return builder_.finish();
  }

 private:
  [[nodiscard]] Error bad(std::string_view what) const { return builder_.error(fmt::format("{}.{}", place_, what)); }

  // The column of a table, each of whose numbers is a place among `size` things.
  Result<Places> column(const Json& owner, const char* table, const char* name, std::size_t size) const {
    const Json& numbers = member(member(owner, table), name);
    if (!numbers.is_array()) return bad(fmt::format("{} has no {}", table, name));
    Places out;
    out.reserve(numbers.size());
    for (const Json& number : numbers) {
      out.push_back(index_of(number, size));
      if (!out.back() && !number.is_null() && number != -1)
        return bad(fmt::format("{}.{}[{}] is out of range", table, name, out.size() - 1));
    }
    return out;
  }

  Result<Tables> tables_of(const Json& owner, const Json& shared) {
    const Json& own_strings =
        member(owner, "stringArray").is_array() ? member(owner, "stringArray") : member(owner, "stringTable");
    const Json& strings = own_strings.is_array() ? own_strings : member(shared, "stringArray");
    if (!strings.is_array()) return bad("stringArray is missing");
    PW_TRY_ASSIGN(const std::vector<FrameId> functions, functions_of(owner, strings));
    PW_TRY_ASSIGN(const Places frames, column(owner, "frameTable", "func", functions.size()));
    PW_TRY_ASSIGN(const Places stacks, column(owner, "stackTable", "frame", frames.size()));
    PW_TRY_ASSIGN(const Places prefixes, prefixes_of(owner, stacks.size()));
    if (prefixes.size() != stacks.size()) return bad("stackTable has columns of different lengths");
    const Json& depths = member(member(owner, "frameTable"), "inlineDepth");
    Tables tables;
    std::vector<std::size_t> depth;
    for (std::size_t i = 0; i < stacks.size(); ++i) {
      if (prefixes[i].value_or(0) > i || (prefixes[i] && *prefixes[i] == i))
        return bad(fmt::format("stackTable.prefix[{}] is not before it", i));
      if (!stacks[i] || !frames[*stacks[i]]) return bad(fmt::format("stackTable.frame[{}] names no function", i));
      NodeId node = prefixes[i] ? tables.nodes[*prefixes[i]] : k_root;
      depth.push_back(prefixes[i] ? depth[*prefixes[i]] + 1 : 1);
      FrameId frame = functions[*frames[*stacks[i]]];
      if (depths.is_array() && *stacks[i] < depths.size() && number_of(depths[*stacks[i]]).value_or(0) > 0)
        frame = builder_.frame(std::string(builder_.profile.tree.frames.name(frame)) + "_[i]");
      if (depth.back() <= k_max_depth) {  // what is deeper counts there
        PW_TRY_ASSIGN(node, builder_.child(node, frame));
      }
      tables.nodes.push_back(node);
    }
    return tables;
  }

  // Since version 66 or so a stack says how far before it its caller's is; 0: it has none.
  Result<Places> prefixes_of(const Json& owner, std::size_t size) const {
    const Json& offsets = member(member(owner, "stackTable"), "prefixOffset");
    if (!offsets.is_array()) return column(owner, "stackTable", "prefix", size);
    Places out;
    for (const Json& number : offsets) {
      const auto offset = index_of(number, out.size() + 1);
      if (!offset) return bad(fmt::format("stackTable.prefixOffset[{}] is out of range", out.size()));
      out.push_back(*offset == 0 ? std::nullopt : std::optional(out.size() - *offset));
    }
    return out;
  }

  Result<std::vector<FrameId>> functions_of(const Json& owner, const Json& strings) {
    PW_TRY_ASSIGN(const Places names, column(owner, "funcTable", "name", strings.size()));
    const Json& table = member(owner, "funcTable");
    const Json& files = member(table, "fileName");
    const Json& lines = member(table, "lineNumber");
    const Json& resources = member(table, "resource");
    const Json& libraries = member(member(owner, "resourceTable"), "name");
    std::vector<FrameId> out;
    for (std::size_t i = 0; i < names.size(); ++i) {
      const std::string_view name = names[i] ? text_of(strings[*names[i]]) : std::string_view{};
      const auto text_at = [&](const Json& column, std::size_t place) {
        const auto index =
            column.is_array() && place < column.size() ? index_of(column[place], strings.size()) : std::nullopt;
        return index ? text_of(strings[*index]) : std::string_view{};
      };
      const std::string_view file = text_at(files, i);
      const bool lined = lines.is_array() && i < lines.size();
      out.push_back(builder_.frame(placed_name(name, file, lined ? whole_number_of(lines[i]).value_or(0) : 0)));
      builder_.profile.tree.frames.set_file(out.back(), file);
      if (const auto resource = resources.is_array() && i < resources.size()
                                    ? index_of(resources[i], libraries.is_array() ? libraries.size() : 0)
                                    : std::nullopt)
        builder_.profile.tree.frames.set_module(out.back(), text_at(libraries, *resource));
    }
    return out;
  }

  Result<std::size_t> type_for(const Json& samples) {
    const std::string_view kind = text_of(member(samples, "weightType"));
    SampleType type{"samples", "count"};
    if (kind == "bytes") type = {"memory", "bytes"};
    if (kind == "tracing-ms") type = {"time", "milliseconds"};
    std::vector<SampleType>& types = builder_.profile.types;
    const auto found = std::find(types.begin(), types.end(), type);
    if (found != types.end()) return static_cast<std::size_t>(found - types.begin());
    PW_TRY(builder_.add_type(std::move(type)));
    return types.size() - 1;
  }

  Status take_samples(const Json& samples, const Tables& tables) {
    const Json& stacks = member(samples, "stack");
    if (!stacks.is_array()) return bad("samples has no stack");
    PW_TRY_ASSIGN(const std::size_t type, type_for(samples));
    const Json& weights = member(samples, "weight");
    if (weights.is_array() && weights.size() != stacks.size())
      return bad("samples does not have one weight for each stack");
    for (std::size_t i = 0; i < stacks.size(); ++i) {
      if (stacks[i].is_null()) continue;  // nothing ran
      const auto stack = index_of(stacks[i], tables.nodes.size());
      const auto weight = weights.is_array() ? number_of(weights[i]) : std::optional(1.0);
      if (!stack) return bad(fmt::format("samples.stack[{}] names a stack that is not there", i));
      if (!weight) return bad(fmt::format("samples.weight[{}] is not a number", i));
      builder_.add(tables.nodes[*stack], type, *weight);
    }
    return Nothing{};
  }

  void finish_types(const Json& meta) {
    Profile& profile = builder_.profile;
    for (std::size_t i = 0; i < profile.types.size(); ++i)
      if (profile.types[i].name == "samples") profile.count_type = profile.default_type = i;
    const double start = number_of(member(meta, "profilingStartTime")).value_or(0);
    const double end = number_of(member(meta, "profilingEndTime")).value_or(0);
    if (end > start) profile.seconds = (end - start) / 1e3;
  }

  const Document& document_;
  Builder builder_;
  std::string place_;
};

Result<Profile> read_firefox(const Document& document) {
  return FirefoxReader(document).run();
}

int sniff_firefox(std::string_view head) {
  // What Firefox's own devtools save holds the unprocessed profile: reading it says what to do.
  return looks_like_json(head, {"meta", "preprocessedProfileVersion"})       ? 95
         : looks_like_json(head, {"label", "duration", "markers", "frames"}) ? 20
                                                                             : 0;
}

}  // namespace

extern const Format k_format_firefox{"firefox", "The Firefox profiler's processed profiles, as samply saves them",
                                     sniff_firefox, read_firefox};

}  // namespace perfwarden::profile
