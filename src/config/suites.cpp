#include <fmt/format.h>

#include "base/text.hpp"
#include "config/names.hpp"
#include "config/reader.hpp"
#include "config/run_options.hpp"
#include "config/when.hpp"

namespace perfwarden::config {
namespace {

constexpr std::array<std::string_view, 8> k_default_keys{"build",  "setup",   "shell", "iterations",
                                                         "warmup", "timeout", "env",   "pin"};
constexpr std::array<std::string_view, 19> k_suite_keys{
    "build", "setup",  "run",        "teardown", "shell",   "cases", "cwd", "output-file", "parser", "metrics",
    "count", "binary", "iterations", "warmup",   "timeout", "env",   "pin", "when",        "profile"};
constexpr std::array<std::string_view, 2> k_parser_keys{"regex", "metric"};

constexpr std::size_t k_max_suites = 200;
constexpr std::size_t k_max_name = 64;

bool is_suite_name(std::string_view name) {
  const auto low = [](char c) { return text::is_lower_or_digit(c); };
  return !name.empty() && name.size() <= k_max_name && low(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return low(c) || c == '_' || c == '-'; });
}

bool holds_case(const CommandLine& command) {
  const auto has = [](const std::string& word) { return word.find("{case}") != std::string::npos; };
  return has(command.shell) || std::any_of(command.argv.begin(), command.argv.end(), has);
}

// A named group may be written (?<name>…), as people know it.
bool has_group(std::string_view pattern, std::string_view name) {
  return pattern.find(fmt::format("(?<{}>", name)) != std::string_view::npos;
}

// SuiteReader reads one suite and records what is effective.
class SuiteReader {
 public:
  SuiteReader(Reader& reader, const Node& key, const Node& node, const RunOptions& defaults)
      : reader_(reader),
        key_(key),
        section_(reader, &node, "suites." + key.text, fmt::format("suite '{}'", text::one_line(key.text)),
                 k_suite_keys),
        defaults_(defaults) {}

  Suite read() {
    suite_.name = key_.text;
    suite_.where = reader_.source.position(key_.place);
    if (!is_suite_name(key_.text))
      reader_.problem(key_, fmt::format("'{}' is no name for a suite", text::one_line(key_.text)),
                      fmt::format("use lower-case letters, digits, '-' and '_', at most {}", k_max_name));
    const RunOptions options = merge(read_run_options(reader_, section_), defaults_);
    read_commands(options);
    read_cases();
    take_path("cwd", suite_.working_directory);
    take_path("output-file", suite_.output_file);
    read_parser();
    section_.take_strings("metrics", suite_.metrics);
    read_count();
    take_path("binary", suite_.binary);
    suite_.when = read_when(reader_, section_);
    suite_.profile = read_profiling(reader_, section_);
    apply(options);
    return std::move(suite_);
  }

 private:
  void given(std::string_view key, std::string value, const Node* node) {
    reader_.record(section_.path(key), std::move(value), reader_.origin(node));
  }

  void take_path(std::string_view key, std::string& target) {
    section_.take(
        key, target, [&](const Node& n, std::string_view k) { return reader_.inner_path(n, k); },
        [](const std::string& value) { return value; });
  }

  void read_commands(const RunOptions& options) {
    const bool shell = section_.find("shell") && section_.find("shell")->text == "true";
    if (options.build) suite_.build = options.build->value;
    if (options.setup) suite_.setup = options.setup->value;
    given("build", print_command(suite_.build), options.build ? options.build->node : nullptr);
    given("setup", print_command(suite_.setup), options.setup ? options.setup->node : nullptr);
    const auto own = [&](std::string_view key, CommandLine& target) {
      section_.take(
          key, target, [&](const Node& n, std::string_view k) { return read_command(reader_, n, k, shell); },
          print_command);
    };
    own("run", suite_.run);
    own("teardown", suite_.teardown);
    if (!section_.find("run") && section_.node())
      reader_.problem(key_, fmt::format("suite '{}' has no 'run'", text::one_line(key_.text)),
                      "add the command that runs the benchmark: run: ./bench");
  }

  void read_cases() {
    section_.take(
        "cases", suite_.cases, [&](const Node& n, std::string_view k) { return cases_of(n, k); }, print_list);
    if (suite_.run.empty()) return;
    if (const Node* node = section_.find("cases"); node && !suite_.cases.empty() && !holds_case(suite_.run))
      reader_.problem(*section_.node()->key("cases"), "'cases' are given, but 'run' does not use them",
                      "put {case} where each of them belongs in 'run'");
    if (suite_.cases.empty() && !section_.find("cases") && holds_case(suite_.run))
      reader_.problem(*section_.find("run"), "'run' holds {case}, but the suite has no 'cases'", "add cases: [a, b]");
  }

  std::optional<std::vector<std::string>> cases_of(const Node& node, std::string_view key) {
    if (node.kind != Node::Kind::sequence) return reader_.strings(node, key);
    std::vector<std::string> out;
    for (const Node& item : node.items) {
      auto word = reader_.literal(item, key);
      if (!word) return std::nullopt;
      const bool twice = std::find(out.begin(), out.end(), *word) != out.end();
      if (word->empty() || twice) {
        reader_.problem(item,
                        twice ? fmt::format("case '{}' is given twice", text::one_line(*word)) : "a case is empty",
                        "take it out");
        return std::nullopt;
      }
      out.push_back(std::move(*word));
    }
    if (!out.empty()) return out;
    reader_.problem(node, "'cases' is an empty list", "name at least one case or take the key out");
    return std::nullopt;
  }

  void read_count() {
    static const std::vector<std::string> k_known{"allocations", "instructions"};
    std::vector<std::string> wanted;
    section_.take_strings("count", wanted);
    const Node* node = section_.find("count");
    if (node == nullptr || node->kind != Node::Kind::sequence) return;
    for (const Node& item : node->items)
      if (item.kind == Node::Kind::scalar && !item.text.empty()) (void)reader_.one_of(item, "count", k_known);
    const auto has = [&](std::string_view word) {
      return std::find(wanted.begin(), wanted.end(), word) != wanted.end();
    };
    suite_.count_allocations = has(k_known[0]);
    suite_.count_instructions = has(k_known[1]);
  }

  void read_parser() {
    const Node* node = section_.find("parser");
    static const std::vector<std::string> names(k_parsers.begin(), k_parsers.end());
    if (node && node->kind == Node::Kind::map) {
      read_regex(*node);
    } else if (node && node->kind == Node::Kind::scalar && node->text == "regex") {
      reader_.problem(*node, "parser 'regex' needs its pattern",
                      "write parser: { regex: '^(?<name>\\S+) (?<value>\\S+)' }");
    } else if (node) {
      if (const auto name = reader_.one_of(*node, "parser", names)) suite_.parser.name = *name;
    }
    given("parser", suite_.parser.name, node);
    if (suite_.parser.name != "regex") return;
    given("parser.regex", suite_.parser.regex, node->find("regex"));
    given("parser.metric", suite_.parser.metric, node->find("metric"));
  }

  void read_regex(const Node& node) {
    const Section inner(reader_, &node, section_.path("parser"), "'parser'", k_parser_keys);
    suite_.parser.name = "regex";
    const Node* pattern = inner.find("regex");
    if (!pattern) {
      if (inner.all_known())
        reader_.problem(node, "'parser' has no 'regex'", "write parser: { regex: '…' } or a parser's name");
      return;
    }
    if (const auto regex = reader_.text(*pattern, "regex")) {
      if (!has_group(*regex, "value"))
        reader_.problem(*pattern, "'regex' has no group named 'value'", "put (?<value>…) around the number");
      suite_.parser.regex = *regex;
    }
    if (const Node* metric = inner.find("metric"))
      if (const auto name = reader_.text(*metric, "metric")) suite_.parser.metric = *name;
  }

  void apply(const RunOptions& options) {
    Iterations& iterations = suite_.iterations;
    if (options.least) iterations.min = options.least->value;
    if (options.most) iterations.max = options.most->value;
    if (!options.most) iterations.max = std::max(iterations.min, iterations.max);
    if (!options.least) iterations.min = std::min(iterations.min, iterations.max);
    const auto node_of = [](const auto& option) { return option ? option->node : nullptr; };
    if (iterations.min > iterations.max) {
      const bool own_most = node_of(options.most) && node_of(options.most) != node_of(defaults_.most);
      const Node* at = own_most ? node_of(options.most) : node_of(options.least);
      reader_.problem(*at, fmt::format("iterations: max {} is below min {}", iterations.max, iterations.min),
                      fmt::format("min is given at {}, max at {}", reader_.origin(node_of(options.least)),
                                  reader_.origin(node_of(options.most))));
    }
    if (options.max_time_s) iterations.max_time_s = options.max_time_s->value;
    if (options.warmup) suite_.warmup = options.warmup->value;
    if (options.timeout_s) suite_.timeout_s = options.timeout_s->value;
    if (options.cpus) suite_.cpus = options.cpus->value;
    given("iterations.min", fmt::format("{}", iterations.min), node_of(options.least));
    given("iterations.max", fmt::format("{}", iterations.max), node_of(options.most));
    given("iterations.max-time", fmt::format("{:.10g}s", iterations.max_time_s), node_of(options.max_time_s));
    given("warmup", fmt::format("{}", suite_.warmup), node_of(options.warmup));
    given("timeout", fmt::format("{:.10g}s", suite_.timeout_s), node_of(options.timeout_s));
    for (const auto& [name, value] : options.env) {
      suite_.env[name] = value.value;
      given("env." + name, value.value, value.node);
    }
    std::vector<std::string> cpus;
    for (const int cpu : suite_.cpus) cpus.push_back(std::to_string(cpu));
    given("pin.cpus", print_list(cpus), node_of(options.cpus));
  }

  Reader& reader_;
  const Node& key_;
  Section section_;
  const RunOptions& defaults_;
  Suite suite_;
};

}  // namespace

void read_suites(Reader& reader, const Node& root) {
  const Section defaults_section(reader, root.find("defaults"), "defaults", "'defaults'", k_default_keys);
  const RunOptions defaults = read_run_options(reader, defaults_section);
  const Node* suites = root.find("suites");
  if (!suites) {
    reader.problems.add({1, 0, ""}, 1, "'suites' is missing",
                        "add the program to measure: suites: { core: { run: ./bench } }");
    return;
  }
  if (!reader.is_map(*suites, "'suites'")) return;
  if (suites->keys.empty()) reader.problem(*suites, "'suites' is empty", "name a suite: core: { run: ./bench }");
  if (suites->keys.size() > k_max_suites) {
    reader.problem(suites->keys[k_max_suites], fmt::format("more than {} suites", k_max_suites),
                   "use 'cases' within a suite");
    return;
  }
  if (const Node* shared = root.find("defaults")) {
    const Weight weight = weight_of(*shared);
    if (weight.bytes * suites->keys.size() > k_max_text || weight.nodes * suites->keys.size() > 10 * k_max_nodes) {
      reader.problem(*root.key("defaults"), fmt::format("'defaults' hold too much for {} suites", suites->keys.size()),
                     "every suite gets a copy: give large values to the suites that need them");
      return;
    }
  }
  for (std::size_t i = 0; i < suites->keys.size(); ++i)
    if (suites->keys[i].kind == Node::Kind::scalar)
      reader.loaded.config.suites.push_back(SuiteReader(reader, suites->keys[i], suites->items[i], defaults).read());
}

}  // namespace perfwarden::config
