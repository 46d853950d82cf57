#include "app/init/native.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace perfwarden::app {
namespace {

// The tag of its benchmarks, so that its tests do not run along.
std::string catch2_tag(const File* source) {
  for (const char* tag : {"[!benchmark]", "[benchmark]", "[bench]", "[perf]"})
    if (source != nullptr && source->has(tag)) return tag;
  return "";
}

// "results.json": the file into which the source writes nanobench's JSON.
std::string written_file(const File* source) {
  if (source == nullptr || !source->has("templates::json")) return "";
  for (std::size_t at = source->text.find(".json\""); at != std::string::npos;
       at = source->text.find(".json\"", at + 1)) {
    const std::size_t open = source->text.rfind('"', at);
    if (open == std::string::npos) continue;
    std::string name = source->text.substr(open + 1, at + 5 - open - 1);
    if (is_plain_word(name)) return name;
  }
  return "";
}

}  // namespace

std::optional<Harness> harness_of(const File& source) {
  if (!ends_in_any(source.name, {".cpp", ".cc", ".cxx", ".c++"})) return std::nullopt;
  if (source.has("benchmark/benchmark.h")) return Harness::google_benchmark;
  if (source.has("nanobench.h")) return Harness::nanobench;
  const bool includes = source.has("catch2/") || source.has("catch.hpp") || source.has("catch_amalgamated.hpp");
  if (includes && has_word(source.text, "BENCHMARK")) return Harness::catch2;
  if (includes && has_word(source.text, "BENCHMARK_ADVANCED")) return Harness::catch2;
  return std::nullopt;
}

std::vector<const File*> benchmark_sources(const SourceTree& tree) {
  std::vector<const File*> out;
  for (const File& file : tree.files())
    if (harness_of(file)) out.push_back(&file);
  return out;
}

Proposal native_suite(const std::string& name, const std::string& path, Harness harness, const File* source,
                      Findings& findings) {
  Proposal suite;
  suite.suite = name;
  suite.run = path.find('/') == std::string::npos ? "./" + path : path;
  switch (harness) {
    case Harness::google_benchmark:
      suite.run += " --benchmark_format=json --benchmark_min_time=0.05 --benchmark_repetitions=3";
      suite.parser = "google-benchmark";
      suite.harness = "Google Benchmark";
      break;
    case Harness::catch2: {
      const std::string tag = catch2_tag(source);
      suite.run += (tag.empty() ? "" : " '" + tag + "'") + " -r xml --benchmark-samples 20 --benchmark-warmup-time 20";
      suite.parser = "catch2";
      suite.harness = "Catch2";
      break;
    }
    case Harness::nanobench:
      suite.harness = "nanobench";
      suite.output_file = written_file(source);
      if (!suite.output_file.empty()) {
        suite.parser = "nanobench";
        suite.unversioned.push_back("/" + suite.output_file);
        break;
      }
      suite.parser = "time";
      findings.doubt(
          "nanobench prints tables for people, so the program is timed as a whole; to compare single benchmarks, "
          "let it write bench.render(ankerl::nanobench::templates::json(), file), and set output-file and parser: "
          "nanobench");
      break;
  }
  return suite;
}

std::vector<std::string> calls_of(const std::string& text, const std::string& function) {
  std::vector<std::string> found;
  const std::string low = text::lower(text);
  for (std::size_t at = low.find(function); at != std::string::npos; at = low.find(function, at + 1)) {
    const std::size_t open = low.find_first_not_of(" \t\r\n", at + function.size());
    if (open == std::string::npos || low[open] != '(') continue;
    if (at > 0 && (text::is_alphanumeric(low[at - 1]) || low[at - 1] == '_')) continue;
    const std::size_t close = low.find(')', open);
    if (close == std::string::npos) break;
    found.push_back(text.substr(open + 1, close - open - 1));
  }
  return found;
}

}  // namespace perfwarden::app
