#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "app/init/detect.hpp"
#include "base/text.hpp"

namespace perfwarden::app {
namespace {

constexpr std::string_view k_results = "pytest-benchmark.json";

std::vector<std::string_view> project_files() {
  return {"pyproject.toml", "setup.py", "setup.cfg", "tox.ini", "requirements.txt"};
}

// The folder that the tests are run from.
std::string python_project(const SourceTree& tree, const File& file) {
  const File* project = tree.above(file.folder, project_files());
  return project == nullptr ? "" : project->folder;
}

// A test that takes the fixture: def test_x(…benchmark…).
bool takes_fixture(const File& file) {
  if (!file.name.ends_with(".py")) return false;
  for (std::size_t at = file.text.find("def test"); at != std::string::npos; at = file.text.find("def test", at + 1)) {
    const std::size_t end = std::min(file.text.find(':', at), file.text.size());
    if (has_word(std::string_view(file.text).substr(at, end - at), "benchmark")) return true;
  }
  return false;
}

// How the project runs a tool: by its package manager, else by the Python at hand.
struct PythonWay {
  std::string python = "python3";
  std::string build;
  std::vector<std::string> steps;
};

PythonWay python_way(const SourceTree& tree, const std::string& project) {
  constexpr const char* k_python =
      "- uses: actions/setup-python@a26af69be951a213d495a4c3e4e4022e16d87065 # v5.6.0\n  with:\n    python-version: "
      "\"3.12\"";
  PythonWay way;
  way.steps.emplace_back(k_python);
  if (tree.above(project, {"uv.lock"}) != nullptr) {
    way.steps.emplace_back("- run: python -m pip install uv");
    return {"uv run python", "uv sync --all-extras", way.steps};
  }
  if (tree.above(project, {"poetry.lock"}) != nullptr) {
    way.steps.emplace_back("- run: python -m pip install poetry");
    return {"poetry run python", "poetry install", way.steps};
  }
  if (tree.above(project, {"pdm.lock"}) != nullptr) {
    way.steps.emplace_back("- run: python -m pip install pdm");
    return {"pdm run python", "pdm install", way.steps};
  }
  std::string install = "- run: python -m pip install pytest pytest-benchmark";
  for (const File& file : tree.files())
    if (file.folder == project && file.name.starts_with("requirements") && is_plain_word(file.path))
      install += " -r " + file.path;
  if (tree.at(below(project, "pyproject.toml")) != nullptr || tree.at(below(project, "setup.py")) != nullptr)
    install += " ./" + project;
  way.steps.push_back(install);
  return way;
}

// Sources below src/ are found in this checkout, and not in the one that may be installed.
void use_sources(const SourceTree& tree, const std::string& project, Proposal& suite) {
  const std::string src = below(project, "src") + "/";
  if (std::any_of(tree.files().begin(), tree.files().end(), [&](const File& f) { return f.path.starts_with(src); }) ||
      (tree.at(below(project, "pyproject.toml")) != nullptr && tree.at(below(project, "pyproject.toml"))->has("src")))
    suite.env["PYTHONPATH"] = "src";
}

void find_pytest(const SourceTree& tree, Findings& findings) {
  std::set<std::string> projects;
  for (const File& test : tree.files()) {
    if (!takes_fixture(test)) continue;
    const std::string project = python_project(tree, test);
    if (!projects.insert(project).second) continue;
    std::set<std::string> paths;  // that hold benchmarks
    for (const File& other : tree.files())
      if (takes_fixture(other) && python_project(tree, other) == project && is_plain_word(other.path))
        paths.insert(other.folder == project ? other.name : seen_from(project, other.folder));
    const PythonWay way = python_way(tree, project);
    Proposal suite{.suite = "pytest", .cwd = project, .build = way.build};
    suite.run = way.python + " -m pytest " + text::join(std::vector<std::string>(paths.begin(), paths.end()), " ") +
                " --benchmark-only --benchmark-min-rounds=5 --benchmark-max-time=0.1 --benchmark-json=" +
                std::string(k_results);
    suite.output_file = k_results;
    suite.parser = "pytest-benchmark";
    suite.harness = "pytest-benchmark";
    suite.steps = way.steps;
    suite.unversioned = {std::string(k_results), "__pycache__/", ".pytest_cache/"};
    use_sources(tree, project, suite);
    findings.propose(std::move(suite));
  }
}

// Where asv keeps results: "results" unless its configuration, JSON with comments, says otherwise. Empty: a name that
// needs quoting.
std::string asv_results(const File& configuration) {
  constexpr std::string_view k_key = "\"results_dir\"";
  for (const std::string_view raw : text::lines(configuration.text)) {
    const std::string_view line = text::trim(raw);
    const std::size_t key = line.starts_with("//") ? std::string_view::npos : line.find(k_key);
    if (key == std::string_view::npos) continue;
    const std::string folder = in_quotes(line, '"', key + k_key.size());
    return is_plain_word(folder) ? folder : "";
  }
  return "results";
}

void find_asv(const SourceTree& tree, Findings& findings) {
  for (const File& file : tree.files()) {
    if (file.name != "asv.conf.json") continue;
    const std::string kept = asv_results(file);
    if (kept.empty()) continue;
    const std::string results = below(kept, "perfwarden");
    Proposal suite{.suite = "asv", .cwd = file.folder};
    suite.run = fmt::format(
        "rm -rf {0} && asv machine --yes --machine perfwarden >&2 && asv run --machine perfwarden --python=same "
        "--quick "
        "--set-commit-hash=$(git rev-parse HEAD) >&2 && cat {0}/*-existing-*",
        results);
    suite.shell = true;
    suite.parser = "asv";
    suite.harness = "asv";
    suite.steps = python_way(tree, file.folder).steps;
    suite.steps.emplace_back("- run: python -m pip install asv");
    suite.unversioned = {".asv/", results + "/"};
    findings.propose(std::move(suite));
  }
}

// Scripts that are run as they are.
void find_scripts(const SourceTree& tree, Findings& findings) {
  for (const File& file : tree.files()) {
    const std::string stem = stem_of(file.name);
    const bool named = stem.starts_with("bench") || stem.ends_with("_bench") || stem.ends_with("_benchmark");
    if (!file.name.ends_with(".py") || !named || file.has("import pytest") || takes_fixture(file)) continue;
    if (!file.has("__main__") && !file.has("timeit") && !file.has("perf_counter") && !file.has("pyperf")) continue;
    if (!is_plain_word(file.path)) continue;
    const std::string project = python_project(tree, file);
    const PythonWay way = python_way(tree, project);
    Proposal suite{.suite = stem, .cwd = project, .build = way.build};
    suite.run = way.python + " " + seen_from(project, file.path);
    suite.harness = "a script of its own";
    suite.steps = {way.steps.front()};
    suite.unversioned = {"__pycache__/"};
    use_sources(tree, project, suite);
    findings.propose(std::move(suite));
  }
}

void find_python(const SourceTree& tree, Findings& findings) {
  find_pytest(tree, findings);
  find_asv(tree, findings);
  if (findings.empty()) find_scripts(tree, findings);
}

}  // namespace

extern const Ecosystem k_ecosystem_python{
    .name = "Python",
    .marks = project_files,
    .find = find_python,
    .form =
        "perfwarden init --run 'python3 -m pytest --benchmark-only --benchmark-json=bench.json' --output-file "
        "bench.json --parser pytest-benchmark"};

}  // namespace perfwarden::app
