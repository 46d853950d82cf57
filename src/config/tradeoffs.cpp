#include <fmt/format.h>

#include <string>

#include "config/field.hpp"
#include "config/parts.hpp"
#include "config/section.hpp"
#include "config/type.hpp"

namespace perfwarden::config {
namespace {

constexpr double k_least_rate = 0.001, k_most_rate = 1000;

const Fields<TradeoffRule>& tradeoff_fields() {
  using T = TradeoffRule;
  static const Fields<T> k_fields{
      row("gain", &T::gain, text_type(), "metric that has to get better, for certain").preset("required"),
      row("cost", &T::cost, text_type(), "metric that may then break its soft limit").preset("required"),
      row("rate", &T::rate, number_type(k_least_rate, k_most_rate),
          "percent of cost that one percent of gain is worth"),
      row("match", &T::match, text_type(), "glob of suite/benchmark: where it holds"),
  };
  return k_fields;
}

}  // namespace

Field<Config> tradeoffs_field() {
  const Key each{.name = "<name>",
                 .value = "mapping",
                 .sentence = "one trade-off, by a name of your choice",
                 .names = R"({"minLength": 1, "maxLength": 100})",
                 .keys = keys_of(tradeoff_fields())};
  return special<Config>(
      {.name = "tradeoffs",
       .value = "mapping",
       .sentence = "what a gain is worth: a broken soft limit becomes a warning where another metric of the benchmark "
                   "got better by enough",
       .more = "see [Trade-offs](../docs/gates.md#trade-offs)",
       .keys = {each}},
      [](const Section& root, Config& config) {
        Reader& reader = root.reader();
        const Node* node = root.find("tradeoffs");
        if (!node || !reader.is_map(*node, "'tradeoffs'")) return;
        for (std::size_t i = 0; i < node->keys.size(); ++i) {
          const Node& key = node->keys[i];
          if (key.kind != Node::Kind::scalar) continue;
          TradeoffRule rule;
          rule.name = key.text;
          const std::string title = fmt::format("trade-off '{}'", text::one_line(rule.name));
          const Section section(reader, &node->items[i], "tradeoffs." + rule.name, title, names_of(tradeoff_fields()));
          read(section, tradeoff_fields(), rule);
          if (rule.gain.empty() || rule.cost.empty() || rule.gain == rule.cost)
            reader.problem(key, fmt::format("{} needs two metrics, `gain` and `cost`", title),
                           "for example { gain: wall_time, cost: max_rss, rate: 2 }");
          else
            config.tradeoffs.push_back(std::move(rule));
        }
      });
}

}  // namespace perfwarden::config
