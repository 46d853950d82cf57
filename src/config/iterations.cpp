#include <fmt/format.h>

#include <algorithm>

#include "config/parts.hpp"

namespace perfwarden::config {
namespace {

constexpr int k_max_iterations = 10'000;

const Fields<Iterations>& iteration_fields() {
  static const Fields<Iterations> k_fields{
      row("min", &Iterations::min, integer_type(1, k_max_iterations),
          "runs of each side before the first decision; a side that is measured alone gets 10, if the bounds allow")
          .preset("`6`, or max if smaller"),
      row("max", &Iterations::max, integer_type(1, k_max_iterations),
          "runs of each side at most; a flagged benchmark is run up to 30 more times to confirm it")
          .preset("`50`, or min if larger"),
      row("max-time", &Iterations::max_time_s, duration_type(),
          "time for all runs of the suite, both sides together; benchmarks undecided by then are inconclusive")};
  return k_fields;
}

// Where the bounds of a mapping's `iterations` are given: a number is both of them.
struct Bounds {
  const Node *least = nullptr, *most = nullptr, *max_time = nullptr;
  [[nodiscard]] bool is_number() const { return least && least == most; }
};

Bounds bounds_of(const Node* mapping) {
  const Node* node = mapping ? mapping->find("iterations") : nullptr;
  if (!node) return {};
  if (node->kind != Node::Kind::map) return {node, node, nullptr};
  return {node->find("min"), node->find("max"), node->find("max-time")};
}

// Of a suite's own and its defaults', bound by bound.
Bounds bounds_of(const Section& suite) {
  Bounds out = bounds_of(suite.node());
  const Bounds shared = bounds_of(suite.defaults());
  if (!out.least) out.least = shared.least;
  if (!out.most) out.most = shared.most;
  if (!out.max_time) out.max_time = shared.max_time;
  return out;
}

void take_iterations(const Section& section, Iterations& out) {
  Reader& reader = section.reader();
  if (const Node* own = section.own("iterations"); own && own->kind == Node::Kind::map)
    (void)section.enter("iterations", names_of(iteration_fields()));  // for its unknown keys
  const Bounds bounds = bounds_of(section);
  const auto times = [&](const Node* node, std::string_view key) -> std::optional<int> {
    if (!node) return std::nullopt;
    return reader.integer(*node, bounds.is_number() ? "iterations" : key, 1, k_max_iterations);
  };
  const std::optional<int> least = times(bounds.least, "min");
  const std::optional<int> most = bounds.is_number() ? least : times(bounds.most, "max");
  out.min = least.value_or(out.min);
  out.max = most.value_or(out.max);
  if (!most) out.max = std::max(out.min, out.max);
  if (!least) out.min = std::min(out.min, out.max);
  if (bounds.max_time)
    out.max_time_s = duration_type().read(reader, *bounds.max_time, "max-time").value_or(out.max_time_s);
  section.record("iterations.min", std::to_string(out.min), bounds.least);
  section.record("iterations.max", std::to_string(out.max), bounds.most);
  section.record("iterations.max-time", duration_type().print(out.max_time_s), bounds.max_time);
}

}  // namespace

Field<Suite> iterations_field() {
  Field<Suite> field = special<Suite>(
      {.name = "iterations",
       .value = fmt::format("1 to {}, or mapping", k_max_iterations),
       .preset = "as many as decide",
       .sentence = "how many times each side is run: a number, or bounds within which a benchmark is run until it is "
                   "decided",
       .more = "see [How often a benchmark is run](#how-often-a-benchmark-is-run)",
       .schema = integer_type(1, k_max_iterations).schema,
       .keys = keys_of(iteration_fields())},
      [](const Section& section, Suite& suite) { take_iterations(section, suite.iterations); });
  return std::move(field).also_default();
}

void check_iterations(const Section& section, const Iterations& iterations) {
  if (iterations.min <= iterations.max) return;
  const Bounds bounds = bounds_of(section);
  const bool own_most = bounds.most && bounds.most == bounds_of(section.node()).most;
  const Reader& reader = section.reader();
  section.reader().problem(
      own_most ? *bounds.most : *bounds.least,
      fmt::format("iterations: max {} is below min {}", iterations.max, iterations.min),
      fmt::format("min is given at {}, max at {}", reader.origin(bounds.least), reader.origin(bounds.most)));
}

}  // namespace perfwarden::config
