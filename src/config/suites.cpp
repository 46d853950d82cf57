#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "config/commands.hpp"
#include "config/parts.hpp"

namespace perfwarden::config {
namespace {

constexpr std::size_t k_max_suites = 200;
constexpr std::size_t k_max_name = 64;
constexpr int k_max_warmup = 1'000;
constexpr int k_least_layouts = 3;
constexpr int k_most_layouts = 64;

bool is_suite_name(std::string_view name) {
  const auto low = [](char c) { return text::is_lower_or_digit(c); };
  return !name.empty() && name.size() <= k_max_name && low(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return low(c) || c == '_' || c == '-'; });
}

bool is_variable_name(std::string_view name) {
  if (name.empty() || (name.front() >= '0' && name.front() <= '9')) return false;
  return std::all_of(name.begin(), name.end(), [](char c) { return c == '_' || text::is_alphanumeric(c); });
}

// A command, read by the `shell` of the same mapping: the suite's for its own commands, the defaults' for theirs.
Field<Suite> command_row(const std::string& name, CommandLine Suite::*member, const std::string& sentence) {
  Field<Suite> field = row(name, member, command_type(), sentence);
  field.take = [name, member](const Section& section, Suite& suite) {
    const Node* beside = section.own(name) ? section.node() : section.defaults();
    const Node* shell = beside ? beside->find("shell") : nullptr;
    section.take(name, suite.*member, command_type(shell && !shell->quoted && text::lower(shell->text) == "true"));
  };
  return field;
}

Field<Suite> shell_field() {
  return special<Suite>({.name = "shell",
                         .value = "boolean",
                         .preset = "`false`",
                         .sentence = "hand the command lines of this mapping to `/bin/sh -c`; lists never go through a "
                                     "shell",
                         .schema = boolean_type().schema},
                        [](const Section& section, Suite&) {
                          if (const Node* own = section.own("shell")) (void)section.reader().boolean(*own, "shell");
                        })
      .also_default();
}

Type<std::vector<std::string>> cases_type() {
  Type<std::vector<std::string>> type = list_type();
  type.schema = R"({"type": "array", "minItems": 1, "uniqueItems": true,
    "items": {"anyOf": [{"type": "string", "minLength": 1}, {"type": "number"}]}})";
  type.read = [](Reader& reader, const Node& node, std::string_view key) -> std::optional<std::vector<std::string>> {
    if (node.kind != Node::Kind::sequence) return reader.strings(node, key);
    std::vector<std::string> out;
    for (const Node& item : node.items) {
      auto word = reader.literal(item, key);
      if (!word) return std::nullopt;
      const bool twice = std::find(out.begin(), out.end(), *word) != out.end();
      if (word->empty() || twice) {
        reader.problem(item, twice ? fmt::format("case '{}' is given twice", text::one_line(*word)) : "a case is empty",
                       "take it out");
        return std::nullopt;
      }
      out.push_back(std::move(*word));
    }
    if (!out.empty()) return out;
    reader.problem(node, "'cases' is an empty list", "name at least one case or take the key out");
    return std::nullopt;
  };
  return type;
}

Field<Suite> count_field() {
  static const std::vector<std::string> k_known{"allocations", "instructions"};
  return special<Suite>({.name = "count",
                         .value = "list of " + code_list(k_known),
                         .sentence = "what to count exactly, in separate runs; instructions are counted by valgrind",
                         .more = "see [Counts](#counts)",
                         .schema = fmt::format(R"({{"type": "array", "uniqueItems": true, "items": {{"enum": {}}}}})",
                                               json_list(k_known))},
                        [](const Section& section, Suite& suite) {
                          std::vector<std::string> wanted;
                          section.take("count", wanted, list_type());
                          const Node* node = section.find("count");
                          if (node == nullptr || node->kind != Node::Kind::sequence) return;
                          for (const Node& item : node->items)
                            if (item.kind == Node::Kind::scalar && !item.text.empty())
                              (void)section.reader().one_of(item, "count", k_known);
                          const auto has = [&](std::string_view word) {
                            return std::find(wanted.begin(), wanted.end(), word) != wanted.end();
                          };
                          suite.count_allocations = has(k_known[0]);
                          suite.count_instructions = has(k_known[1]);
                        });
}

// A named group is written (?<name>…), or (?P<name>…) as in Python and Go.
bool has_group(std::string_view pattern, std::string_view name) {
  return pattern.find(fmt::format("(?<{}>", name)) != std::string_view::npos ||
         pattern.find(fmt::format("(?P<{}>", name)) != std::string_view::npos;
}

// Whether every ( has its ), so that looking for groups means something; the parser checks the rest of the pattern.
bool is_balanced(std::string_view pattern) {
  int open = 0;
  bool in_class = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '\\') {
      ++i;
    } else if (in_class) {
      in_class = c != ']';
    } else if (c == '[') {
      in_class = true;
      if (i + 1 < pattern.size() && pattern[i + 1] == '^') ++i;
      if (i + 1 < pattern.size() && pattern[i + 1] == ']') ++i;  // in first place an ordinary character
    } else if (c == '(') {
      ++open;
    } else if (c == ')' && --open < 0) {
      return false;
    }
  }
  return open == 0;
}

std::optional<std::string> parser_name(Reader& reader, const Node& node) {
  std::vector<std::string> names{"auto"};
  names.insert(names.end(), reader.vocabulary.parsers.begin(), reader.vocabulary.parsers.end());
  return reader.one_of(node, "parser", names);
}

Type<std::string> pattern_type() {
  Type<std::string> type = text_type();
  type.schema = R"({"type": "string", "minLength": 1, "pattern": "\\(\\?P?<value>"})";
  return type;
}

const Fields<ParserChoice>& regex_fields() {
  static const Fields<ParserChoice> k_fields{
      row("regex", &ParserChoice::regex, pattern_type(),
          "pattern with the named group `(?<value>…)`, and optionally `name`, `unit` and `metric`")
          .preset("required there"),
      row("metric", &ParserChoice::metric, text_type(), "name of the metric when the pattern has no such group")
          .preset("`wall_time` for times")};
  return k_fields;
}

void take_regex(const Section& section, const Node& node, ParserChoice& parser) {
  Reader& reader = section.reader();
  const Section inner = section.enter("parser", names_of(regex_fields()));
  parser.name = "regex";
  section.record("parser", parser.name, &node);
  read(inner, regex_fields(), parser);
  if (const Node* pattern = inner.find("regex")) {
    if (!parser.regex.empty() && !is_balanced(parser.regex))
      reader.problem(*pattern, "in 'regex' a ( has no ), or a ) no (",
                     "close each group, and write \\( and \\) for the characters themselves");
    else if (!parser.regex.empty() && !has_group(parser.regex, "value"))
      reader.problem(*pattern, "'regex' has no group named 'value'", "put (?<value>…) around the number");
  } else if (inner.all_known()) {
    reader.problem(node, "'parser' has no 'regex'", "write parser: { regex: '…' } or a parser's name");
  }
}

Field<Suite> parser_field() {
  return special<Suite>({.name = "parser",
                         .value = "name or mapping",
                         .preset = "`auto`",
                         .sentence = "format of the benchmark's output; `auto` detects it",
                         .more = "the names are those in the [list of formats](../docs/formats.md#benchmark-outputs)",
                         .schema = fmt::format(R"({{"enum": ["auto"{}]}})", k_parsers),
                         .mapping = R"({"required": ["regex"]})",
                         .keys = keys_of(regex_fields())},
                        [](const Section& section, Suite& suite) {
                          Reader& reader = section.reader();
                          const Node* node = section.find("parser");
                          if (node && node->kind == Node::Kind::map) return take_regex(section, *node, suite.parser);
                          if (node && node->kind == Node::Kind::scalar && node->text == "regex")
                            reader.problem(*node, "parser 'regex' needs its pattern",
                                           "write parser: { regex: '^(?<name>\\S+) (?<value>\\S+)' }");
                          else if (node)
                            suite.parser.name = parser_name(reader, *node).value_or(suite.parser.name);
                          section.record("parser", suite.parser.name, node);
                        });
}

Field<Suite> env_field() {
  const Key variable{.name = "<variable>",
                     .value = "text, number or boolean",
                     .sentence = "the value of the variable, as written",
                     .schema = R"({"type": ["string", "number", "boolean"]})",
                     .names = R"({"pattern": "^[A-Za-z_][A-Za-z0-9_]*$"})"};
  Field<Suite> field = special<Suite>(
      {.name = "env",
       .value = "mapping",
       .sentence = "environment variables of the commands; those of `defaults` are merged in one by one",
       .keys = {variable}},
      [](const Section& section, Suite& suite) {
        Reader& reader = section.reader();
        std::map<std::string, const Node*> given;
        for (const Node* layer : {section.own("env"), section.defaults() ? section.defaults()->find("env") : nullptr}) {
          if (!layer || !reader.is_map(*layer, "'env'")) continue;
          for (std::size_t i = 0; i < layer->items.size(); ++i) {
            const Node& name = layer->keys[i];
            if (name.kind != Node::Kind::scalar) continue;
            if (!is_variable_name(name.text))
              reader.problem(name, fmt::format("'{}' is not a valid variable name", text::one_line(name.text)),
                             "use letters, digits and '_'");
            else
              given.try_emplace(name.text, &layer->items[i]);
          }
        }
        for (const auto& [name, node] : given)
          if (const auto value = reader.literal(*node, name)) {
            suite.env[name] = *value;
            section.record("env." + name, *value, node);
          }
      });
  return std::move(field).also_default();
}

// Checks that concern several keys. `key` is the suite's name.
void check_suite(const Section& section, const Node& key, const Suite& suite) {
  Reader& reader = section.reader();
  if (!section.find("run") && section.node())
    reader.problem(key, fmt::format("suite '{}' has no 'run'", text::one_line(key.text)),
                   "add the command that runs the benchmark: run: ./bench");
  const bool uses_cases = holds(suite.run, "{case}");
  if (!suite.run.empty() && !suite.cases.empty() && !uses_cases)
    reader.problem(*section.node()->key("cases"), "'cases' are given, but 'run' does not use them",
                   "put {case} where each of them belongs in 'run'");
  if (!suite.run.empty() && !section.find("cases") && uses_cases)
    reader.problem(*section.find("run"), "'run' holds {case}, but the suite has no 'cases'", "add cases: [a, b]");
  if (suite.layouts > 0 && suite.layouts < k_least_layouts)
    reader.problem(*section.find("layouts"), fmt::format("{} layouts have no spread to judge by", suite.layouts),
                   "use at least 3, 8 are enough for most, or 0 for none");
  if (const Node* own = section.own("layouts");
      own != nullptr && suite.layouts > 0 && suite.build.empty() && suite.setup.empty())
    reader.problem(*own, "'layouts' needs a build to repeat, and the suite has none",
                   "add build: to the suite, or remove layouts");
  check_iterations(section, suite.iterations);
}

Suite read_suite(Reader& reader, const Node& key, const Node& node, const Node* defaults) {
  Suite suite;
  suite.name = key.text;
  suite.where = reader.source.position(key.place);
  if (!is_suite_name(key.text))
    reader.problem(key, fmt::format("'{}' is not a valid suite name", text::one_line(key.text)),
                   fmt::format("use lower-case letters, digits, '-' and '_', at most {}", k_max_name));
  const Section section(reader, &node, "suites." + key.text, fmt::format("suite '{}'", text::one_line(key.text)),
                        names_of(suite_fields()), {.defaults = defaults});
  read(section, suite_fields(), suite);
  check_suite(section, key, suite);
  return suite;
}

const Fields<Suite>& shared_fields() {
  static const Fields<Suite> k_fields = [] {
    Fields<Suite> fields = suite_fields();
    std::erase_if(fields, [](const Field<Suite>& field) { return !field.shared; });
    return fields;
  }();
  return k_fields;
}

// The mapping `defaults`, read once to report its problems; null when suites cannot use it.
const Node* checked_defaults(const Section& root) {
  Reader& reader = root.reader();
  const std::size_t problems = reader.problems.size(), origins = reader.loaded.origins.size();
  const Section section = root.enter("defaults", names_of(shared_fields()));
  Suite nobody;
  read(section, shared_fields(), nobody);
  reader.loaded.origins.resize(origins);  // they are values of suites only
  return reader.problems.size() == problems ? section.node() : nullptr;
}

void take_suites(const Section& root, std::vector<Suite>& out) {
  Reader& reader = root.reader();
  const Node* defaults = checked_defaults(root);
  const Node* suites = root.find("suites");
  if (!suites)
    return reader.problems.add({1, 0, ""}, 1, "'suites' is missing",
                               "add the program to measure: suites: { core: { run: ./bench } }");
  if (!reader.is_map(*suites, "'suites'")) return;
  if (suites->keys.empty()) reader.problem(*suites, "'suites' is empty", "name a suite: core: { run: ./bench }");
  if (suites->keys.size() > k_max_suites)
    return reader.problem(suites->keys[k_max_suites], fmt::format("more than {} suites", k_max_suites),
                          "use 'cases' within a suite");
  if (const Node* shared = root.find("defaults")) {
    const Weight weight = weight_of(*shared);
    if (weight.bytes * suites->keys.size() > k_max_text || weight.nodes * suites->keys.size() > 10 * k_max_nodes)
      return reader.problem(*root.node()->key("defaults"),
                            fmt::format("'defaults' hold too much for {} suites", suites->keys.size()),
                            "every suite gets a copy: give large values to the suites that need them");
  }
  for (std::size_t i = 0; i < suites->keys.size(); ++i)
    if (suites->keys[i].kind == Node::Kind::scalar)
      out.push_back(read_suite(reader, suites->keys[i], suites->items[i], defaults));
}

}  // namespace

const Fields<Suite>& suite_fields() {
  static const Fields<Suite> k_fields{
      command_row("build", &Suite::build, "builds the program, once for each side, before anything is measured")
          .also_default(),
      command_row("setup", &Suite::setup, "prepares data, once for each side, after the build").also_default(),
      command_row("run", &Suite::run, "the benchmark; one run is one invocation; `{case}` is replaced by the case")
          .preset("required"),
      command_row("teardown", &Suite::teardown, "cleans up, once for each side, at the end"),
      shell_field(),
      row("cases", &Suite::cases, cases_type(), "values for `{case}` in `run`; each is measured by itself"),
      row("cwd", &Suite::working_directory, path_type(), "working directory, inside the checkout")
          .preset("the checkout"),
      row("output-file", &Suite::output_file, path_type(),
          "read the result from this file, relative to the working directory")
          .preset("standard output"),
      parser_field(),
      row("metrics", &Suite::metrics, list_type(), "metrics to record, and to judge by budgets that name no metric")
          .preset("what the format reports"),
      count_field(),
      row("binary", &Suite::binary, path_type(), "file in the checkout whose size is the metric `binary_size`"),
      when_field(),
      profile_field(),
      iterations_field(),
      row("warmup", &Suite::warmup, integer_type(0, k_max_warmup),
          "first runs of each side, whose results are discarded; the first of them is traced, so 0 also gives up "
          "knowing whether each side runs its own code")
          .also_default(),
      row("layouts", &Suite::layouts, integer_type(0, k_most_layouts),
          "builds of each side, each with its code at other addresses, over which a flagged benchmark is confirmed; at "
          "least 3, and 8 are enough for most")
          .preset("0: none")
          .also_default(),
      row("timeout", &Suite::timeout_s, duration_type(),
          "longest time for one run; then its whole process group is killed")
          .also_default(),
      env_field(),
      group<Suite>(
          "pin",
          {row("cpus", &Suite::cpus, cpus_type(), "CPUs that the commands may use, like `\"2-3,5\"`").preset("all")},
          "where the commands run")
          .also_default(),
  };
  return k_fields;
}

Field<Config> defaults_field() {
  return special<Config>({.name = "defaults",
                          .value = "mapping",
                          .sentence = "defaults for every suite, key by key: any of " +
                                      code_list(names_of(shared_fields())) + " as in a suite",
                          .keys = keys_of(shared_fields()),
                          .folded = true},
                         {});  // `suites` reads both
}

Field<Config> suites_field() {
  const Key suite{.name = "<name>",
                  .value = "mapping",
                  .sentence = "one program and how it is measured",
                  .mapping = R"({"required": ["run"]})",
                  .names = fmt::format(R"({{"pattern": "^[a-z0-9][a-z0-9_-]{{0,{}}}$"}})", k_max_name - 1),
                  .keys = keys_of(suite_fields())};
  return special<Config>({.name = "suites",
                          .value = "mapping",
                          .preset = "required",
                          .sentence = "the programs to measure, by name: lower-case letters, digits, `-` and `_`",
                          .mapping = fmt::format(R"({{"minProperties": 1, "maxProperties": {}}})", k_max_suites),
                          .keys = {suite}},
                         [](const Section& root, Config& config) { take_suites(root, config.suites); });
}

}  // namespace perfwarden::config
