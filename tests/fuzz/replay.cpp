#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

// Feeds a corpus to a fuzz target without libFuzzer (g++ has none): every file as it is, cut at many places, and
// changed in many ways drawn from a fixed seed. A crash ends the process, with the name of the input as the last line
// printed.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr std::size_t k_cuts = 8;
constexpr std::size_t k_mutations = 16;
constexpr std::size_t k_max_bytes = 64 << 10;  // larger seeds are replayed whole but not mutated

void feed(const std::string& text) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
}

// What parsers trip over: numbers at the edge, quotes, brackets, control characters, broken UTF-8, YAML's indicators.
const std::vector<std::string>& tokens() {
  static const std::vector<std::string> list{"NaN",
                                             "-Infinity",
                                             "1e999",
                                             "-0",
                                             "18446744073709551616",
                                             "\"",
                                             "\\",
                                             "\\u0000",
                                             "{",
                                             "}",
                                             "[",
                                             "]",
                                             "[[[[[[[[",
                                             ":",
                                             ",",
                                             "*",
                                             "&a",
                                             "<<:",
                                             "|",
                                             "- ",
                                             "\n",
                                             "\r\n",
                                             "\t\t",
                                             "\x1b[31m",
                                             "\xff",
                                             "",
                                             "\xe2\x80\xae",
                                             "%",
                                             "null",
                                             "true",
                                             "1_000",
                                             "BM_/0/1"};
  return list;
}

std::string mutated(std::string text, std::mt19937& random) {
  const auto below = [&](std::size_t n) { return n == 0 ? 0 : random() % n; };
  const std::size_t edits = 1 + below(4);
  for (std::size_t edit = 0; edit < edits; ++edit) {
    const std::size_t at = below(text.size() + 1);
    const std::size_t length = below(std::min<std::size_t>(text.size() - at, 64) + 1);
    switch (below(5)) {
      case 0:
        text.insert(at, tokens()[below(tokens().size())]);
        break;
      case 1:
        text.replace(at, length, tokens()[below(tokens().size())]);
        break;
      case 2:
        text.erase(at, length);
        break;
      case 3:
        text.insert(at, text.substr(at, length));
        break;
      default:
        if (at < text.size()) text[at] = static_cast<char>(random());
    }
  }
  return text;
}

void replay(const std::string& text) {
  feed(text);
  if (text.size() > k_max_bytes) return;
  const std::size_t step = std::max<std::size_t>(1, text.size() / k_cuts);
  for (std::size_t cut = 0; cut < text.size(); cut += step) feed(text.substr(0, cut));
  std::mt19937 random(20261121);
  for (std::size_t i = 0; i < k_mutations; ++i) feed(mutated(text, random));
}

}  // namespace

int main(int argc, char** argv) {
  namespace fs = std::filesystem;
  std::vector<fs::path> files;
  for (int i = 1; i < argc; ++i) {
    if (!fs::is_directory(argv[i])) {
      std::fprintf(stderr, "no corpus: %s\n", argv[i]);
      return 1;
    }
    for (const auto& entry : fs::recursive_directory_iterator(argv[i])) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  if (files.empty()) {
    std::fprintf(stderr, "an empty corpus proves nothing\n");
    return 1;
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    std::fprintf(stderr, "%s\n", file.c_str());
    std::ifstream in(file, std::ios::binary);
    replay(std::string(std::istreambuf_iterator<char>(in), {}));
  }
  std::fprintf(stderr, "%zu files replayed\n", files.size());
  return 0;
}
