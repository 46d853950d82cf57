#include "profile/kept.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>
#include <span>

#include "json/cursor.hpp"
#include "json/object_writer.hpp"
#include "json/parse.hpp"
#include "json/write.hpp"
#include "profile/limits.hpp"

namespace perfwarden::profile {
namespace {

constexpr std::string_view k_kept_schema = "perfwarden.profiles/1";
constexpr std::string_view k_json = ".json";
constexpr std::size_t k_most_recordings = 1000;  // of one benchmark

// ── writing ──

// JSON values of a recording, rather too many than too few.
std::size_t values_of(const Profile& profile) {
  const std::size_t types = profile.types.size();
  return profile.tree.size() * (2 + types) + profile.tree.frames.size() * 4 +
         profile.functions.size() * (4 + 2 * types) + profile.events.size() * 5 + types * 4 + 32;
}

void write_tree(const CallTree& tree, json::ObjectWriter& out) {
  std::vector<FrameId> frames(tree.frames.size());
  std::vector<std::uint32_t> parents, frame_of_node;
  parents.reserve(tree.size());
  frame_of_node.reserve(tree.size());
  std::iota(frames.begin(), frames.end(), FrameId{0});
  for (NodeId id = 1; id < tree.size(); ++id) {
    parents.push_back(tree.node(id).parent);
    frame_of_node.push_back(tree.node(id).frame);
  }
  out.objects("frames", frames, [&tree](json::ObjectWriter& frame, FrameId id) {
    frame.text("name", tree.frames.name(id));
    if (!tree.frames.file(id).empty()) frame.text("file", tree.frames.file(id));
    if (!tree.frames.module(id).empty()) frame.text("module", tree.frames.module(id));
  });
  out.wholes("parents", parents);
  out.wholes("nodes", frame_of_node);
}

void write_recording(const Profile& profile, json::ObjectWriter& out) {
  out.text("format", profile.format);
  out.whole("default_type", profile.default_type);
  if (profile.count_type) out.whole("count_type", *profile.count_type);
  out.flag("exact", profile.exact);
  out.exact("period", profile.period);
  out.exact("seconds", profile.seconds);
  out.text("program", profile.program);
  out.objects("events", profile.events, [](json::ObjectWriter& event, const SampledEvent& one) {
    event.text("name", one.name);
    event.text("scope", one.scope);
    event.whole("samples", one.samples);
    event.whole("cost", one.cost);
  });
  write_tree(profile.tree, out);
  std::size_t type = 0;
  out.objects("types", profile.types, [&](json::ObjectWriter& column, const SampleType& one) {
    column.text("name", one.name);
    column.text("unit", one.unit);
    column.exact("self", profile.self[type]);
    if (type < profile.unlisted.size()) column.exact("unlisted", profile.unlisted[type]);
    ++type;
  });
  out.objects("functions", profile.functions, [](json::ObjectWriter& function, const FunctionCost& one) {
    function.whole("frame", one.frame);
    function.exact("self", one.self);
    function.exact("total", one.total);
  });
}

void write_benchmark(const KeptProfile& kept, std::string& text) {
  json::ObjectWriter out(text);
  out.text("suite", kept.suite);
  out.text("benchmark", kept.benchmark);
  out.objects("recordings", kept.recordings,
              [](json::ObjectWriter& recording, const Profile& profile) { write_recording(profile, recording); });
}

// ── reading ──

double finite(const json::Cursor& at) {
  const double value = at.number();
  if (!std::isfinite(value)) at.fail("not a finite number");
  return value;
}

std::vector<double> finite_numbers(const json::Cursor& at, std::size_t wanted) {
  std::vector<double> out;
  out.reserve(std::min(wanted, k_max_kept_values));
  at.each(k_max_kept_values, [&out](const json::Cursor& item) { out.push_back(finite(item)); });
  if (out.size() != wanted) at.fail(fmt::format("{} numbers where {} belong", out.size(), wanted));
  return out;
}

// An index into a list of that size.
std::size_t index_at(const json::Cursor& at, std::size_t size) {
  const std::size_t value = at.size();
  if (value < size) return value;
  at.fail(fmt::format("{} is not one of {}", value, size));
  return 0;
}

// The nodes of a tree as they were written: repeated stacks are one node, so there may be fewer in the tree.
class TreeReader {
 public:
  explicit TreeReader(Profile& profile) : tree_(profile.tree) {}

  // False where the tree is not one; the cursor then says why.
  bool read(const json::Cursor& at) {
    at["frames"].each(k_max_kept_values, [this](const json::Cursor& frame) {
      const std::string name = frame["name"].text();
      if (name.size() > k_max_name_bytes) frame.fail("the name is too long");
      frames_.push_back(tree_.frames.add(name));
      if (frame.has("file")) tree_.frames.set_file(frames_.back(), frame["file"].text());
      if (frame.has("module")) tree_.frames.set_module(frames_.back(), frame["module"].text());
    });
    std::vector<std::size_t> frame_of_node;
    at["nodes"].each(k_max_kept_values,
                     [&](const json::Cursor& node) { frame_of_node.push_back(index_at(node, frames_.size())); });
    std::vector<std::uint32_t> depth{0};
    at["parents"].each(k_max_kept_values, [&](const json::Cursor& item) {
      const std::size_t parent = index_at(item, nodes_.size());
      if (item.failed() || nodes_.size() > frame_of_node.size()) return;
      depth.push_back(depth[parent] + 1);
      if (depth.back() > k_max_depth) item.fail("the stack is too deep");
      nodes_.push_back(tree_.child(nodes_[parent], frames_[frame_of_node[nodes_.size() - 1]]));
    });
    if (!at.failed() && nodes_.size() != frame_of_node.size() + 1) at["parents"].fail("not as many as there are nodes");
    return !at.failed();
  }

  // Numbers of the nodes as written → of the tree's.
  [[nodiscard]] std::vector<double> costs(std::span<const double> written) const {
    std::vector<double> out(tree_.size(), 0);
    for (std::size_t i = 0; i < written.size(); ++i) out[nodes_[i]] += written[i];
    return out;
  }
  [[nodiscard]] std::size_t written_nodes() const { return nodes_.size(); }
  [[nodiscard]] FrameId frame(const json::Cursor& at) const {
    const std::size_t index = index_at(at, frames_.size());
    return at.failed() ? 0 : frames_[index];
  }

 private:
  CallTree& tree_;
  std::vector<FrameId> frames_;
  std::vector<NodeId> nodes_{k_root};
};

void read_types(const json::Cursor& at, const TreeReader& tree, Profile& profile) {
  at["types"].each(k_max_sample_types, [&](const json::Cursor& column) {
    profile.types.push_back({column["name"].text(), column["unit"].text()});
    const std::vector<double> self = finite_numbers(column["self"], tree.written_nodes());
    if (column.failed()) return;
    profile.self.push_back(tree.costs(self));
    if (column.has("unlisted")) profile.unlisted.push_back(finite(column["unlisted"]));
  });
  const std::size_t count = profile.types.size();
  if (count == 0) at["types"].fail("no sample type");
  if (!profile.unlisted.empty() && profile.unlisted.size() != count) at["types"].fail("some have 'unlisted' only");
  profile.default_type = index_at(at["default_type"], count);
  if (at.has("count_type")) profile.count_type = index_at(at["count_type"], count);
  at["events"].each(k_max_sample_types, [&](const json::Cursor& event) {
    profile.events.push_back({event["name"].text(), event["scope"].text(), index_at(event["samples"], count),
                              index_at(event["cost"], count)});
  });
}

Profile read_recording(const json::Cursor& at) {
  Profile profile;
  TreeReader tree(profile);
  if (!tree.read(at)) return profile;
  profile.format = at["format"].text();
  profile.exact = at["exact"].flag();
  profile.period = finite(at["period"]);
  profile.seconds = finite(at["seconds"]);
  profile.program = at["program"].text();
  read_types(at, tree, profile);
  const std::size_t types = profile.types.size();
  at["functions"].each(k_max_kept_values, [&](const json::Cursor& function) {
    profile.functions.push_back({tree.frame(function["frame"]), finite_numbers(function["self"], types),
                                 finite_numbers(function["total"], types)});
  });
  return profile;
}

KeptProfile read_benchmark(const json::Cursor& at) {
  KeptProfile kept{.suite = at["suite"].text(), .benchmark = at["benchmark"].text(), .recordings = {}};
  at["recordings"].each(k_most_recordings, [&kept](const json::Cursor& recording) {
    if (!recording.failed()) kept.recordings.push_back(read_recording(recording));
  });
  if (kept.recordings.empty()) at.fail("no recording");
  return kept;
}

}  // namespace

const KeptProfile* KeptProfiles::find(std::string_view suite, std::string_view benchmark) const {
  const auto found = std::find_if(profiles.begin(), profiles.end(), [&](const KeptProfile& one) {
    return one.suite == suite && one.benchmark == benchmark;
  });
  return found == profiles.end() ? nullptr : &*found;
}

std::string kept_beside(std::string_view samples_file) {
  if (samples_file.ends_with(k_json)) samples_file.remove_suffix(k_json.size());
  return std::string(samples_file) + ".profiles.json";
}

KeptText write_kept(const KeptProfiles& kept) {
  constexpr std::size_t k_envelope = 1024;
  std::string benchmarks;
  std::size_t values = k_envelope, written = 0;
  for (const KeptProfile& one : kept.profiles) {
    for (const Profile& recording : one.recordings) values += values_of(recording);
    if (values > k_max_kept_values) break;
    const std::size_t before = benchmarks.size();
    if (before > 0) benchmarks += ',';
    write_benchmark(one, benchmarks);
    if (benchmarks.size() + kept.commit.size() + k_envelope > k_max_kept_bytes) {
      benchmarks.resize(before);
      break;
    }
    ++written;
  }
  return {fmt::format("{{\"schema\":\"{}\",\"commit\":{},\"profiles\":[{}]}}\n", k_kept_schema,
                      json::quoted(kept.commit), benchmarks),
          kept.profiles.size() - written};
}

Result<KeptProfiles> read_kept(std::string_view text, const std::string& name) {
  constexpr std::size_t k_most_benchmarks = 10'000;
  PW_TRY_ASSIGN(const nlohmann::json value,
                json::parse(text, name, {.limits = {.bytes = k_max_kept_bytes, .values = k_max_kept_values}}));
  json::Cursor::Problem problem;
  const json::Cursor root(value, "", problem);
  KeptProfiles out;
  if (root["schema"].text() != k_kept_schema) root["schema"].fail("not " + std::string(k_kept_schema));
  out.commit = root["commit"].text();
  root["profiles"].each(k_most_benchmarks, [&](const json::Cursor& benchmark) {
    if (!root.failed()) out.profiles.push_back(read_benchmark(benchmark));
  });
  if (root.failed())
    return Error{.kind = ErrorKind::parse,
                 .what = fmt::format("the kept profiles are not usable: {}: {}", problem.place, problem.what),
                 .where = name,
                 .hint = "remove the file; the next run that profiles writes it anew"};
  return out;
}

}  // namespace perfwarden::profile
