#include "app/init/detect.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>

#include "base/text.hpp"
#include "json/parse.hpp"
#include "json/path.hpp"
#include "os/files/files.hpp"

namespace perfwarden::app {
namespace {

namespace fs = std::filesystem;

constexpr int k_max_depth = 6;
constexpr std::size_t k_max_entries = 20'000;
constexpr std::size_t k_max_file_bytes = 256 << 10;
constexpr std::size_t k_max_suites = 4;

struct File {
  std::string path;  // relative to the root, with '/'
  std::string name, folder;
  std::string text;
};

bool is_skipped_folder(const std::string& name) {
  static const std::set<std::string> k_skipped{"node_modules", "target",   "vendor",      "third_party",
                                               "third-party",  "external", "deps",        "dist",
                                               "out",          "reports",  "__pycache__", "venv"};
  return name.starts_with('.') || name.starts_with("build") || name.starts_with("cmake-build") ||
         name.starts_with("bazel-") || k_skipped.contains(name);
}

bool ends_in_any(const std::string& name, std::initializer_list<std::string_view> endings) {
  return std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) { return name.ends_with(ending); });
}

bool is_interesting(const std::string& name) {
  static const std::set<std::string> k_names{
      "CMakeLists.txt", "meson.build",    "go.mod",          "Cargo.toml",   "package.json", "Makefile",
      "GNUmakefile",    "makefile",       "BUILD",           "BUILD.bazel",  "MODULE.bazel", "WORKSPACE",
      "configure",      "pyproject.toml", "WORKSPACE.bazel", "build.gradle", "pom.xml"};
  return k_names.contains(name) || ends_in_any(name, {".cpp", ".cc", ".cxx", "_test.go", ".sh"}) ||
         (name.ends_with(".py") && name.find("bench") != std::string::npos);
}

// Sorted by depth, then path: files near the root are the most typical of the repository.
std::vector<File> look(const std::string& root) {
  std::vector<File> files;
  std::error_code error;
  std::size_t entries = 0;
  auto at = fs::recursive_directory_iterator(root, fs::directory_options::skip_permission_denied, error);
  for (const auto end = fs::recursive_directory_iterator(); !error && at != end; at.increment(error)) {
    if (++entries > k_max_entries) break;
    const std::string name = at->path().filename().string();
    std::error_code ignored;
    if (at->is_symlink(ignored)) continue;
    if (at->is_directory(ignored)) {
      if (is_skipped_folder(name) || at.depth() >= k_max_depth) at.disable_recursion_pending();
      continue;
    }
    if (!at->is_regular_file(ignored) || !is_interesting(name)) continue;
    const fs::path relative = at->path().lexically_relative(root);
    const auto text = os::read_file(at->path().string(), k_max_file_bytes);
    if (text) files.push_back({relative.generic_string(), name, relative.parent_path().generic_string(), *text});
  }
  const auto depth = [](const File& file) { return std::count(file.path.begin(), file.path.end(), '/'); };
  std::sort(files.begin(), files.end(),
            [&](const File& a, const File& b) { return depth(a) != depth(b) ? depth(a) < depth(b) : a.path < b.path; });
  return files;
}

// A word that needs no quotes on a command line, in YAML or in a shell.
bool is_plain_word(const std::string& word) {
  return !word.empty() && word.front() != '-' && std::all_of(word.begin(), word.end(), [](char c) {
    return text::is_alphanumeric(c) || std::string_view("_./+-").find(c) != std::string_view::npos;
  });
}

std::string suite_name(const std::string& word) {
  std::string name;
  for (const char c : text::lower(word)) {
    const bool good = text::is_lower_or_digit(c) || ((c == '_' || c == '-') && !name.empty());
    if (good) name += c;
  }
  return name.empty() ? "core" : name.substr(0, 40);
}

std::string below(const std::string& folder, const std::string& name) {
  if (folder.empty() || name.empty()) return folder + name;
  return folder + "/" + name;
}

// The insides of every call `function(…)`, up to its first ')'; the name in any case, as CMake has it. (std::regex
// recurses for each character: no match for files of unknown size.)
std::vector<std::string> calls_of(const std::string& text, const std::string& function) {
  std::vector<std::string> found;
  const std::string low = text::lower(text);
  for (std::size_t at = low.find(function); at != std::string::npos; at = low.find(function, at + 1)) {
    const std::size_t open = low.find_first_not_of(" \t\r\n", at + function.size());
    if (open == std::string::npos || low[open] != '(') continue;
    const std::size_t close = low.find(')', open);
    if (close == std::string::npos) break;
    found.push_back(text.substr(open + 1, close - open - 1));
  }
  return found;
}

std::string first_word(const std::string& text) {
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  if (start == std::string::npos) return "";
  return text.substr(start, text.find_first_of(" \t\r\n", start) - start);
}

// The text between the next two `quote`s at or after `from`; empty when there is none.
std::string in_quotes(std::string_view text, char quote, std::size_t from = 0) {
  const std::size_t open = text.find(quote, from);
  if (open == std::string_view::npos) return "";
  const std::size_t close = text.find(quote, open + 1);
  return close == std::string_view::npos ? "" : std::string(text.substr(open + 1, close - open - 1));
}

// Values of `name = "…"` in the sections of a TOML file with this heading.
std::vector<std::string> toml_names(const std::string& text, std::string_view heading) {
  std::vector<std::string> found;
  bool inside = false;
  for (const std::string_view raw : text::lines(text)) {
    const std::string_view line = text::trim(raw);
    if (line.starts_with('[')) inside = line.starts_with(heading);
    if (!inside || !line.starts_with("name")) continue;
    if (std::string name = in_quotes(line, '"'); !name.empty()) found.push_back(std::move(name));
  }
  return found;
}

const File* find_root(const std::vector<File>& files, const std::vector<std::string_view>& names) {
  for (const File& file : files) {
    if (file.folder.empty() && std::find(names.begin(), names.end(), file.name) != names.end()) return &file;
  }
  return nullptr;
}

// A Detective fills one Detection from the files seen.
class Detective {
 public:
  explicit Detective(std::vector<File> files) : files_(std::move(files)) {}

  Detection investigate() {
    find_build_system();
    google_benchmark();
    go();
    rust();
    node();
    scripts();
    others();
    return std::move(found_);
  }

 private:
  void find_build_system() {
    const std::pair<const char*, std::vector<std::string_view>> k_marks[] = {
        {"CMake", {"CMakeLists.txt"}},
        {"Meson", {"meson.build"}},
        {"Bazel", {"MODULE.bazel", "WORKSPACE", "WORKSPACE.bazel"}},
        {"Cargo", {"Cargo.toml"}},
        {"Go", {"go.mod"}},
        {"Make", {"Makefile", "GNUmakefile", "makefile"}},
        {"npm", {"package.json"}},
        {"Gradle", {"build.gradle"}},
        {"Maven", {"pom.xml"}},
        {"Python", {"pyproject.toml"}},
    };
    for (const auto& [name, marks] : k_marks) {
      if (find_root(files_, marks) != nullptr) {
        found_.build_system = name;
        return;
      }
    }
  }

  void propose(Proposal proposal, const std::string& library) {
    if (found_.suites.size() == k_max_suites) {
      doubt("more than " + std::to_string(k_max_suites) + " benchmarks were found; add '" + proposal.run + "' by hand");
      return;
    }
    const auto taken = [&](const std::string& name) {
      return std::any_of(found_.suites.begin(), found_.suites.end(),
                         [&](const Proposal& p) { return p.suite == name; });
    };
    const std::string stem = proposal.suite;
    for (int n = 2; taken(proposal.suite); ++n) proposal.suite = stem + "-" + std::to_string(n);
    if (found_.benchmark_library.empty()) found_.benchmark_library = library;
    found_.suites.push_back(std::move(proposal));
  }

  void doubt(std::string text) { found_.doubts.push_back(std::move(text)); }

  // A program of Google Benchmark, built at `path`.
  void propose_google(const std::string& name, std::string path, std::string build, std::string setup) {
    if (!is_plain_word(path)) {
      doubt("'" + text::one_line(path) + "' was skipped: its name needs quoting; write that suite by hand");
      return;
    }
    if (path.find('/') == std::string::npos) path = "./" + path;
    propose({suite_name(name), std::move(build), std::move(setup), path + " --benchmark_format=json",
             "google-benchmark", ""},
            "Google Benchmark");
  }

  void google_benchmark() {
    const std::size_t before = found_.suites.size();
    if (found_.build_system == "CMake") google_by_cmake();
    if (found_.build_system == "Meson") google_by_meson();
    if (found_.build_system == "Bazel") google_by_bazel();
    if (found_.suites.size() != before) return;
    for (const File& file : files_) {
      if (!ends_in_any(file.name, {".cpp", ".cc", ".cxx"}) ||
          file.text.find("<benchmark/benchmark.h>") == std::string::npos)
        continue;
      const std::string program = fs::path(file.name).stem().string();
      const std::string build = found_.build_system == "Make" ? "make " + program : "";
      propose_google(program, program, build, "");
      doubt(file.path + " uses Google Benchmark, but how it is built was not recognised: check `build` and `run`");
      return;
    }
  }

  void google_by_cmake() {
    for (const File& file : files_) {
      if (file.name != "CMakeLists.txt") continue;
      for (const std::string& call : calls_of(file.text, "add_executable")) {
        const std::string target = first_word(call);
        if (!links_benchmark(file.text, target)) continue;
        propose_google(target, below(below("build", file.folder), target),
                       "cmake -S . -B build -DCMAKE_BUILD_TYPE=Release",
                       "cmake --build build --parallel 2 --target " + target);
      }
    }
    if (!found_.suites.empty()) return;
    for (const File& file : files_) {
      if (file.name == "CMakeLists.txt" && file.text.find("benchmark::benchmark") != std::string::npos) {
        doubt(file.path + " links benchmark::benchmark, but to which program was not recognised");
      }
    }
  }

  // target_link_libraries(target … benchmark::benchmark …)
  static bool links_benchmark(const std::string& text, const std::string& target) {
    const std::vector<std::string> calls = calls_of(text, "target_link_libraries");
    return std::any_of(calls.begin(), calls.end(), [&](const std::string& call) {
      return first_word(call) == target && call.find("benchmark::benchmark") != std::string::npos;
    });
  }

  void google_by_meson() {
    const bool uses = std::any_of(files_.begin(), files_.end(), [](const File& file) {
      return file.name == "meson.build" && file.text.find("dependency('benchmark") != std::string::npos;
    });
    if (!uses) return;
    for (const File& file : files_) {
      if (file.name != "meson.build") continue;
      for (const std::string& call : calls_of(file.text, "executable")) {
        const std::string target = in_quotes(call, '\'');
        if (target.find("bench") == std::string::npos) continue;
        propose_google(target, below(below("build", file.folder), target), "meson setup build --buildtype=release",
                       "meson compile -C build");
      }
    }
  }

  void google_by_bazel() {
    for (const File& file : files_) {
      if (file.name != "BUILD" && file.name != "BUILD.bazel") continue;
      for (const char* rule : {"cc_binary", "cc_test"}) {
        for (const std::string& call : calls_of(file.text, rule)) {
          const std::size_t name = call.find("name");
          if (name == std::string::npos || call.find("google_benchmark") == std::string::npos) continue;
          const std::string target = in_quotes(call, '"', name);
          propose_google(target, "bazel-bin/" + below(file.folder, target),
                         "bazel build -c opt --copt=-falign-functions=64 //" + file.folder + ":" + target, "");
        }
      }
    }
  }

  void go() {
    const File* manifest = find_root(files_, {"go.mod"});
    if (manifest == nullptr) return;
    for (const File& file : files_) {
      if (!file.name.ends_with("_test.go") || file.text.find("\nfunc Benchmark") == std::string::npos) continue;
      const bool aligns = aligns_functions(*manifest);
      const std::string align = aligns ? "-ldflags=-funcalign=64 " : "";
      propose(
          {"go", "", "", "go test " + align + "-run '^$' -bench . -benchtime 100ms -benchmem ./...", "go-bench", ""},
          "testing.B");
      if (!aligns)
        doubt(
            "with Go 1.25 or later, add -ldflags=-funcalign=64 to `run`: else a change can seem slower only because it "
            "moved code");
      return;
    }
  }

  // Go 1.25 was the first whose linker knows -funcalign; an older one refuses it.
  static bool aligns_functions(const File& manifest) {
    constexpr std::string_view k_key = "go 1.";
    for (const std::string_view line : text::lines(manifest.text)) {
      if (!line.starts_with(k_key)) continue;
      std::string_view minor = line.substr(k_key.size());
      minor = minor.substr(0, minor.find_first_not_of("0123456789"));
      return text::to_integer(minor).value_or(0) >= 25;
    }
    return false;
  }

  void rust() {
    const File* manifest = find_root(files_, {"Cargo.toml"});
    if (manifest == nullptr) return;
    if (manifest->text.find("criterion") != std::string::npos) {
      const std::vector<std::string> benches = toml_names(manifest->text, "[[bench]]");
      for (const std::string& name : benches) {
        if (!is_plain_word(name)) continue;
        propose({suite_name(name), "cargo build --release --benches", "",
                 "cargo bench --bench " + name + " -- --output-format bencher", "regex",
                 R"(^test (?<name>\S+) +\.\.\. bench: +(?<value>[\d.]+) (?<unit>ns)/iter)"},
                "criterion");
      }
      doubt(benches.empty()
                ? "Cargo.toml names criterion but no [[bench]]: write the suite by hand"
                : "criterion is read from its 'bencher' lines: check that every benchmark is in the first report");
      return;
    }
    const std::vector<std::string> names = toml_names(manifest->text, "[package]");
    if (!names.empty()) {
      doubt("no criterion benchmark was found; to time the program itself: run: ./target/release/" +
            text::one_line(names.front()) + ", parser: time");
    }
  }

  void node() {
    const File* manifest = find_root(files_, {"package.json"});
    if (manifest == nullptr) return;
    const auto package = json::parse(manifest->text);
    if (!package) return;
    for (const char* name : {"bench", "benchmark", "benchmarks", "perf"}) {
      if (json::at(*package, {"scripts", name}) == nullptr) continue;
      propose({suite_name(name), "npm ci", "", std::string("npm run --silent ") + name, "time", ""}, "npm script");
      doubt(
          std::string("the npm script '") + name +
          "' is timed as a whole; to compare single benchmarks, let it print samples JSON (parser: json) or lines for "
          "parser: { regex: … }");
      return;
    }
  }

  void scripts() {
    for (const File& file : files_) {
      if (!file.name.ends_with(".sh")) continue;
      const bool times = file.text.find("hyperfine") != std::string::npos;
      if (!times && file.name.find("bench") == std::string::npos) continue;
      if (!is_plain_word(file.path)) continue;
      const bool bash =
          file.text.starts_with("#!") && text::lines(file.text).front().find("bash") != std::string_view::npos;
      propose(
          {suite_name(fs::path(file.name).stem().string()), "", "", (bash ? "bash " : "sh ") + file.path, "time", ""},
          times ? "hyperfine script" : "benchmark script");
      doubt(times ? file.path + " calls hyperfine: perfwarden times the command itself, so write that command as `run`"
                  : file.path + " is timed as a whole: check that it is a benchmark");
      return;
    }
  }

  void others() {
    for (const File& file : files_) {
      if (file.name == "pyproject.toml" && file.text.find("pytest-benchmark") != std::string::npos) {
        doubt(
            "pytest-benchmark was found, whose output has no reader here: write a suite with parser: time, json or "
            "regex");
      }
    }
  }

  std::vector<File> files_;
  Detection found_;
};

std::string single_quoted(const std::string& text) {
  return "'" + text::replace_all(text, "'", "''") + "'";
}

// A YAML scalar: plain where every reader takes it as text.
std::string scalar(const std::string& text) {
  const bool plain = !text.empty() &&
                     std::string_view("-?:,[]{}#&*!|>'\"%@` ").find(text.front()) == std::string_view::npos &&
                     text.find(": ") == std::string::npos && text.find(" #") == std::string::npos && text.back() != ':';
  return plain ? text : single_quoted(text);
}

}  // namespace

Detection detect(const std::string& root) {
  return Detective(look(root)).investigate();
}

std::string config_text(const std::vector<Proposal>& suites) {
  std::string text = "version: 1\nsuites:\n";
  for (const Proposal& suite : suites) {
    if (suite.build.empty() && suite.setup.empty() && suite.regex.empty() && scalar(suite.run) == suite.run &&
        suite.run.find_first_of(",{}[]") == std::string::npos) {
      text += "  " + suite.suite + ": { run: " + suite.run + ", parser: " + suite.parser + " }\n";
      continue;
    }
    text += "  " + suite.suite + ":\n";
    if (!suite.build.empty()) text += "    build: " + scalar(suite.build) + "\n";
    if (!suite.setup.empty()) text += "    setup: " + scalar(suite.setup) + "\n";
    text += "    run: " + scalar(suite.run) + "\n";
    text +=
        "    parser: " + (suite.regex.empty() ? suite.parser : "{ regex: " + single_quoted(suite.regex) + " }") + "\n";
  }
  return text + "budgets:\n  \"*\": +5%\n";
}

}  // namespace perfwarden::app
