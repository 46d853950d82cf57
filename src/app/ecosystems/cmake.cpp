#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "app/init/detect.hpp"
#include "app/init/native.hpp"
#include "base/text.hpp"

namespace perfwarden::app {
namespace {

// A Program is a target of a CMake project that holds benchmarks.
struct Program {
  std::string target;
  const File* list = nullptr;  // the CMakeLists.txt that makes it
  const File* source = nullptr;
  Harness harness = Harness::google_benchmark;
};

bool is_target_name(std::string_view word) {
  return is_plain_word(word) && word.find('/') == std::string_view::npos && word.find('.') == std::string_view::npos;
}

// Every call of a CMake file: `name(words…)`. Comments are skipped.
struct Call {
  std::string name;
  std::vector<std::string> words;
};
std::vector<Call> calls_in(const File& file) {
  std::string text;
  for (const std::string_view line : text::lines(file.text)) text += std::string(line.substr(0, line.find('#'))) + "\n";
  std::vector<Call> out;
  std::size_t from = 0;
  for (std::size_t open = text.find('('); open != std::string::npos; open = text.find('(', from)) {
    const std::size_t close = text.find(')', open);
    if (close == std::string::npos) break;
    const std::vector<std::string> before = words_of(std::string_view(text).substr(from, open - from));
    if (!before.empty())
      out.push_back({text::lower(before.back()), words_of(std::string_view(text).substr(open + 1, close - open - 1))});
    from = close + 1;
  }
  return out;
}

// Values by how they are written in a word: "${PROJECT_NAME}".
using Variables = std::map<std::string, std::string>;

constexpr std::size_t k_max_variables = 100;
constexpr std::size_t k_max_value = 100;

std::string with_values(std::string word, const Variables& variables) {
  if (word.find("${") == std::string::npos) return word;
  for (const auto& [written, value] : variables) word = text::replace_all(word, written, value);
  return word;
}

// The calls of a list, with the values that it and the lists above it give to variables of one word, and to
// PROJECT_NAME.
std::vector<Call> named_calls(const SourceTree& tree, const File& list) {
  std::vector<const File*> lists{&list};
  for (std::string place = list.folder; !place.empty();) {
    place = parent_of(place);
    if (const File* above = tree.at(below(place, "CMakeLists.txt"))) lists.push_back(above);
  }
  Variables variables;
  std::vector<Call> calls;
  for (auto file = lists.rbegin(); file != lists.rend(); ++file) {
    calls = calls_in(**file);
    for (Call& call : calls) {
      for (std::string& word : call.words) word = with_values(std::move(word), variables);
      if (call.name == "project" && !call.words.empty() && call.words[0].size() <= k_max_value)
        variables["${PROJECT_NAME}"] = call.words[0];
      const bool is_value = call.name == "set" && call.words.size() == 2 && call.words[1].size() <= k_max_value;
      if (is_value && variables.size() < k_max_variables)
        variables[fmt::format("${{{}}}", call.words[0])] = call.words[1];
    }
  }
  return calls;
}

// `word` names this source: as a path from the list's folder, or any that ends in its name.
bool names_source(const std::string& word, const File& source) {
  return word == source.name || word.ends_with("/" + source.name);
}

bool links(const std::vector<Call>& calls, const std::string& target, const std::vector<std::string_view>& libraries) {
  return std::any_of(calls.begin(), calls.end(), [&](const Call& call) {
    const bool own = call.name == "target_link_libraries" && !call.words.empty() && call.words.front() == target;
    return own && std::any_of(call.words.begin() + 1, call.words.end(), [&](const std::string& word) {
             return std::find(libraries.begin(), libraries.end(), word) != libraries.end();
           });
  });
}

// Words that come before the sources in the calls that take a list, and are no target.
bool is_list_call(const std::string& name) {
  return name == "set" || name == "list" || name == "foreach" || name == "file" || name == "target_sources";
}

// The target made of this source by this file; empty when it cannot be told. A function of the project's own takes the
// name first, as add_executable does; names in a list, made to targets in a loop, are the sources' without their
// endings.
std::string target_of(const std::vector<Call>& calls, const File& source) {
  const std::string stem = stem_of(source.name);
  std::string guess;
  for (const Call& call : calls) {
    if (call.words.empty()) continue;
    const bool whole = std::any_of(call.words.begin(), call.words.end(),
                                   [&](const std::string& word) { return names_source(word, source); });
    const bool by_stem = std::find(call.words.begin(), call.words.end(), stem) != call.words.end();
    if (!whole && !by_stem) continue;
    const std::string& first = call.words.front();
    if (call.name == "target_sources" && is_target_name(first)) return first;
    if (call.name.starts_with("add_library")) continue;
    const bool is_name_first = is_target_name(first) && !is_list_call(call.name);
    if (is_name_first && (call.words.size() > 1 || by_stem)) return first;
    guess = stem;
  }
  return is_target_name(guess) ? guess : "";
}

std::vector<Program> programs_of(const SourceTree& tree, Findings& findings) {
  std::vector<Program> out;
  const auto add = [&](Program program) {
    const bool known = std::any_of(out.begin(), out.end(), [&](const Program& other) {
      return other.target == program.target && other.list == program.list;
    });
    if (!known) out.push_back(std::move(program));
  };
  for (const File* source : benchmark_sources(tree)) {
    bool found = false;
    const File* list = tree.above(source->folder, {"CMakeLists.txt"});
    for (; list != nullptr && !found;
         list = list->folder.empty() ? nullptr : tree.above(parent_of(list->folder), {"CMakeLists.txt"})) {
      const std::string target = target_of(named_calls(tree, *list), *source);
      if (target.empty()) continue;
      add({target, list, source, *harness_of(*source)});
      found = true;
    }
  }
  // Sources that were not seen, or do not include what they use.
  for (const File& list : tree.files()) {
    if (list.name != "CMakeLists.txt") continue;
    const std::vector<Call> calls = named_calls(tree, list);
    for (const Call& call : calls) {
      if (call.name != "add_executable" || call.words.empty()) continue;
      const std::string& target = call.words.front();
      if (!links(calls, target, {"benchmark::benchmark", "benchmark::benchmark_main", "benchmark", "benchmark_main"}))
        continue;
      if (is_target_name(target))
        add({target, &list, nullptr, Harness::google_benchmark});
      else if (target.find('$') == std::string::npos)
        findings.doubt("'" + text::one_line(target) +
                       "' was skipped: its name needs quoting; write that suite by hand");
    }
  }
  return out;
}

// The folder of the project that the list belongs to: the highest one with a CMakeLists.txt, without a gap.
std::string project_of(const SourceTree& tree, const File& list) {
  std::string root = list.folder;
  for (std::string place = list.folder; !place.empty();) {
    place = parent_of(place);
    if (tree.at(below(place, "CMakeLists.txt")) != nullptr) root = place;
  }
  return root;
}

// "-DPROJECT_BENCHMARKS=ON" for the options that keep benchmarks from being built.
std::string switches_of(const SourceTree& tree, const std::string& project) {
  std::set<std::string> names;
  bool fetches = false;
  for (const File& file : tree.files()) {
    if (file.name != "CMakeLists.txt" || (!project.empty() && !file.path.starts_with(project + "/"))) continue;
    fetches = fetches || (file.has("FetchContent") && file.has("google/benchmark"));
    for (const Call& call : calls_in(file)) {
      if (call.name != "option" || call.words.empty() || !is_target_name(call.words.front())) continue;
      const bool is_of_benchmarks = text::lower(call.words.front()).find("bench") != std::string::npos;
      if (is_of_benchmarks && text::lower(call.words.back()) != "on") names.insert(call.words.front());
    }
  }
  std::string out;
  for (const std::string& name : names) out += " -D" + name + "=ON";
  return out + (fetches ? " -DBENCHMARK_ENABLE_TESTING=OFF" : "");
}

// Where the program is put: beside its list's build files, unless the project collects programs in one folder.
std::string output_folder(const SourceTree& tree, const std::string& project, const File& list) {
  for (const File& file : tree.files()) {
    if (file.name != "CMakeLists.txt" || (!project.empty() && !file.path.starts_with(project + "/"))) continue;
    for (const Call& call : calls_in(file)) {
      if (call.name != "set" || call.words.size() < 2 || call.words[0] != "CMAKE_RUNTIME_OUTPUT_DIRECTORY") continue;
      for (const char* root : {"${CMAKE_BINARY_DIR}", "${PROJECT_BINARY_DIR}", "${CMAKE_CURRENT_BINARY_DIR}"})
        if (call.words[1].starts_with(root)) return "build" + call.words[1].substr(std::string(root).size());
    }
  }
  return below("build", seen_from(project, list.folder));
}

// What apt has, where the project asks the system for it.
std::string install_step(const SourceTree& tree, Harness harness) {
  const std::string_view package = harness == Harness::catch2 ? "Catch2" : "benchmark";
  const bool asks = std::any_of(tree.files().begin(), tree.files().end(), [&](const File& file) {
    if (file.name != "CMakeLists.txt") return false;
    for (const std::string& call : calls_of(file.text, "find_package"))
      if (has_word(call, package)) return true;
    return false;
  });
  if (!asks || harness == Harness::nanobench) return "";
  return std::string("- run: sudo apt-get update && sudo apt-get install -y ") +
         (harness == Harness::catch2 ? "catch2" : "libbenchmark-dev");
}

void find_cmake(const SourceTree& tree, Findings& findings) {
  for (const Program& program : programs_of(tree, findings)) {
    const std::string project = project_of(tree, *program.list);
    Proposal suite = native_suite(program.target, output_folder(tree, project, *program.list) + "/" + program.target,
                                  program.harness, program.source, findings);
    suite.cwd = project;
    suite.build = "cmake -S . -B build -DCMAKE_BUILD_TYPE=Release" + switches_of(tree, project);
    suite.setup = "cmake --build build --parallel 2 --target " + program.target;
    suite.unversioned.push_back("/" + below(project, "build/"));
    if (std::string step = install_step(tree, program.harness); !step.empty()) suite.steps.push_back(std::move(step));
    findings.propose(std::move(suite));
  }
  if (!findings.empty()) return;
  for (const File& file : tree.files())
    if (file.name == "CMakeLists.txt" && file.has("benchmark::benchmark"))
      findings.doubt(file.path + " links benchmark::benchmark, but to which program was not recognised");
}

}  // namespace

extern const Ecosystem k_ecosystem_cmake{
    .name = "CMake",
    .marks = [] { return std::vector<std::string_view>{"CMakeLists.txt"}; },
    .find = find_cmake,
    .form =
        "perfwarden init --build 'cmake -S . -B build -DCMAKE_BUILD_TYPE=Release' --setup 'cmake --build build' "
        "--run './build/bench --benchmark_format=json'"};

}  // namespace perfwarden::app
