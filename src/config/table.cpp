#include <fmt/format.h>

#include "base/text.hpp"
#include "config/parts.hpp"

namespace perfwarden::config {
namespace {

void take_version(const Section& section, Config&) {
  Reader& reader = section.reader();
  const Node* node = section.find("version");
  if (!node) {
    reader.problems.add({1, 0, ""}, 1, "'version' is missing", "begin the file with version: 1");
  } else if (node->kind != Node::Kind::scalar || (type_of(*node) != ScalarType::integer && !node->given_outside())) {
    reader.problem(*node, fmt::format("'version' must be the number 1, not {}", describe(*node)), "write version: 1");
  } else if (node->text != "1") {
    reader.problem(*node, fmt::format("version {} is not known here", text::truncate(text::one_line(node->text), 40)),
                   "this perfwarden reads version: 1");
  }
  section.record("version", "1", node);
}

}  // namespace

// The order is that of `config show` and of the hash.
const Fields<Config>& fields() {
  const auto modes = choice_type<Mode>();
  const Key version{.name = "version",
                    .value = "`1`",
                    .preset = "required",
                    .sentence = "version of this file's format",
                    .schema = R"({"const": 1})",
                    .file_only = true};
  static const Fields<Config> k_fields{
      special<Config>(version, take_version),
      row("project", &Config::project, text_type(), "name shown in reports").preset("the repository's name"),
      row("mode", &Config::mode, modes,
          "whether a broken budget fails the run; `observe`, the way to start, reports everything, and no verdict "
          "fails the run")
          .input(),
      defaults_field(),
      suites_field(),
      metrics_field(),
      budgets_field(),
      tradeoffs_field(),
      benchmarks_field(),
      statistics_field(),
      machine_field(),
      placement_field(),
      profile_gates_field(),
      row("patterns", &Config::patterns, path_type(),
          "file with your own rules about code that is known to be slow; a rule with the `id` of a built-in one "
          "replaces it")
          .more("see [Patterns](#patterns)"),
      analysis_field(),
      baseline_field(),
      build_cache_field(),
      identity_field(),
      report_field(),
      publish_field(),
      overrides_field(),
      history_field(),
      retention_field(),
  };
  return k_fields;
}

}  // namespace perfwarden::config
