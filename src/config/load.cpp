#include "config/load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "config/encoding.hpp"
#include "config/gate_variables.hpp"
#include "config/overrides.hpp"
#include "config/parts.hpp"

namespace perfwarden::config {

namespace {

constexpr std::string_view k_five_lines =
    "  version: 1\n"
    "  suites:\n"
    "    core: { run: ./build/bench --benchmark_format=json, parser: google-benchmark }\n"
    "  budgets:\n"
    "    \"*\": +5%";

Error whole_file(const std::string& file, std::string what, std::string hint, std::string excerpt = "") {
  return {.kind = ErrorKind::config,
          .what = std::move(what),
          .where = file,
          .hint = std::move(hint),
          .excerpt = std::move(excerpt)};
}

// Keys that affect the verdict, not how it is reported or stored.
bool changes_judgement(const Origin& one) {
  for (const std::string_view prefix :
       {"project", "build-cache.", "report.", "publish.", "overrides.", "history", "retention."})
    if (one.key.starts_with(prefix)) return false;
  return true;
}

std::string hash_of(const std::vector<Origin>& origins) {
  std::uint64_t hash = fnv1a("");
  for (const Origin& one : origins)
    if (changes_judgement(one)) hash = fnv1a(one.value, fnv1a("\x1f", fnv1a(one.key, fnv1a("\x1e", hash))));
  return hex16(hash);
}

}  // namespace

Result<Loaded> parse(std::string_view yaml, const std::string& file_name, const Vocabulary& vocabulary,
                     const std::vector<ValueOverride>& overrides) {
  if (yaml.size() > k_max_file)
    return whole_file(file_name, "the file is larger than 1 MiB",
                      "a config is a few hundred lines: is this the right file?");
  if (yaml.starts_with("\xEF\xBB\xBF")) yaml.remove_prefix(3);
  const Source source(file_name, yaml);
  Problems problems(source);
  if (const auto fault = encoding_fault(yaml)) {
    problems.add(fault->at, 1, fault->what, fault->cure);
    return problems.error();
  }
  auto root = read_tree(source, problems);
  if (!root && !problems.empty()) return problems.error();
  if (!root || root->kind == Node::Kind::null)
    return whole_file(file_name, "the config is empty",
                      "these five lines are enough to start:\n" + std::string(k_five_lines));
  if (root->kind != Node::Kind::map) {
    problems.add(root->place, source.width(root->place, root->text),
                 fmt::format("a config is a mapping of keys, not {}", describe(*root)), "begin with version: 1");
    return problems.error();
  }
  apply_overrides(*root, overrides);
  Loaded loaded;
  Reader reader(source, problems, loaded, vocabulary);
  read(Section(reader, &*root, "", "", names_of(fields())), fields(), loaded.config);
  warn_of_small_budgets(reader, *root);
  warn_of_percentiles(reader, *root);
  apply_gate_variables(reader, overrides);
  if (!problems.empty()) return problems.error();
  loaded.config.hash = hash_of(loaded.origins);
  return loaded;
}

void distrust(Loaded& loaded) {
  for (const Field<Config>& field : fields()) {
    if (field.key.trust != Trust::base_only) continue;
    field.reset(loaded.config);
    std::erase_if(loaded.origins, [&](const Origin& one) { return one.key.starts_with(field.key.name + "."); });
  }
}

std::string show(const Loaded& loaded) {
  std::string out;
  for (const Origin& one : loaded.origins)
    out += fmt::format("{} = {}   # {}\n", text::one_line(one.key),
                       one.value.empty() ? "(none)" : text::one_line(one.value), text::one_line(one.origin));
  return out;
}

}  // namespace perfwarden::config
