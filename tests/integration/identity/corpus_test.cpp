#include "integration/identity/corpus.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <ostream>

#include "base/hash.hpp"
#include "identity/image.hpp"
#include "support/paths.hpp"

namespace perfwarden::identity {
namespace {

namespace fs = std::filesystem;

struct Toolchain {
  std::string name;
  std::string compiler;
  std::string compile = "-O2";
  std::string link = {};
  bool is_rust = false;
};

void PrintTo(const Toolchain& toolchain, std::ostream* out) {
  *out << toolchain.name;
}

std::string content(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

bool is_there(const std::string& tool) {
  return std::system(("command -v " + tool + " >/dev/null 2>&1").c_str()) == 0;
}

// Builds programs, and keeps what it built in a folder beside the tests, by what it was built of.
class Builder {
 public:
  explicit Builder(Toolchain toolchain) : toolchain_(std::move(toolchain)), folder_(fs::absolute("identity_corpus")) {
    fs::create_directories(folder_);
    const std::string program = toolchain_.is_rust ? "rust_program" : "program";
    for (const auto& entry : fs::directory_iterator(support::source_path("tests/integration/identity/" + program))) {
      sources_[entry.path().filename().string()] = content(entry.path());
    }
  }

  // The bytes of the program that `pair` makes; nullopt, with a failure of the test, when it cannot be built.
  std::optional<std::string> build(const PairOfPrograms& pair) const {
    auto sources = sources_;
    for (const auto* edits : {&pair.of_both, &pair.edits}) {
      for (const Edit& edit : *edits) {
        std::string& text = sources.at(edit.file);
        const auto at = edit.from.empty() ? 0 : text.find(edit.from);
        if (at == std::string::npos) {
          ADD_FAILURE() << pair.name << ": " << edit.file << " does not hold: " << edit.from;
          return std::nullopt;
        }
        text.replace(at, edit.from.size(), edit.to);
      }
    }
    if (toolchain_.is_rust) return built_at_once(sources);
    std::vector<std::string> order = pair.order;
    for (const auto& [file, text] : sources) {
      if (std::find(order.begin(), order.end(), file) == order.end()) order.push_back(file);
    }
    std::string objects;
    for (const auto& file : order) {
      const auto object = compiled(file, sources.at(file), pair.compile);
      if (object.empty()) return std::nullopt;
      objects += " " + object;
    }
    return linked(objects, pair.link);
  }

 private:
  static bool run(const std::string& command) {
    if (std::system(command.c_str()) == 0) return true;
    ADD_FAILURE() << command;
    return false;
  }

  // A crate is compiled as a whole.
  std::optional<std::string> built_at_once(const std::map<std::string, std::string>& sources) const {
    const auto command = toolchain_.compiler + " --edition=2021 -Awarnings " + toolchain_.compile + " main.rs";
    std::string all = command;
    for (const auto& [file, text] : sources) all += '\n' + file + '\n' + text;
    const auto program = folder_ / hex16(fnv1a(all));
    if (!fs::exists(program)) {
      const auto place = fs::path(program.string() + "." + std::to_string(::getpid()));
      fs::create_directories(place);
      for (const auto& [file, text] : sources) std::ofstream(place / file) << text;
      if (!run("cd " + place.string() + " && " + command + " -o made && mv made " + program.string()))
        return std::nullopt;
      fs::remove_all(place);
    }
    return content(program);
  }

  std::string compiled(const std::string& file, const std::string& text, const std::string& options) const {
    const auto command = toolchain_.compiler + " -std=c++20 -w " + toolchain_.compile + " " + options + " -c " + file;
    const auto name = hex16(fnv1a(command + '\n' + text));
    const auto object = folder_ / (name + ".o");
    if (!fs::exists(object)) {
      // A folder of its own, so that the compiler is told the same name of the file every time.
      const auto place = folder_ / (name + "." + std::to_string(::getpid()));
      fs::create_directories(place);
      std::ofstream(place / file) << text;
      if (!run("cd " + place.string() + " && " + command + " -o made.o && mv made.o " + object.string())) return {};
      fs::remove_all(place);
    }
    return object.string();
  }

  std::optional<std::string> linked(const std::string& objects, const std::string& options) const {
    const auto command = toolchain_.compiler + " " + toolchain_.link + objects + " " + options;
    const auto program = folder_ / hex16(fnv1a(command));
    if (!fs::exists(program)) {
      const auto made = program.string() + "." + std::to_string(::getpid());
      if (!run(command + " -o " + made + " && mv " + made + " " + program.string())) return std::nullopt;
    }
    return content(program);
  }

  Toolchain toolchain_;
  fs::path folder_;
  std::map<std::string, std::string> sources_;
};

std::string reasons(const ImageComparison& comparison) {
  std::string text;
  for (const auto& reason : comparison.reasons) text += "\n    " + reason;
  return text;
}

class Corpus : public ::testing::TestWithParam<Toolchain> {
 protected:
  void SetUp() override {
    const std::vector<std::string> tools{GetParam().compiler, GetParam().link == "-fuse-ld=lld" ? "ld.lld" : "ld"};
    for (const auto& tool : tools) {
      if (!is_there(tool)) GTEST_SKIP() << tool << " is not installed";
    }
    base_ = builder_.build({});
    ASSERT_TRUE(base_);
  }

  static std::vector<PairOfPrograms> all_innocent() {
    return GetParam().is_rust ? innocent_rust_pairs() : innocent_pairs();
  }
  static std::vector<PairOfPrograms> all_guilty() { return GetParam().is_rust ? guilty_rust_pairs() : guilty_pairs(); }

  ImageComparison judged(const PairOfPrograms& pair) const {
    const auto base = pair.of_both.empty() ? base_ : builder_.build({.edits = pair.of_both});
    const auto head = builder_.build(pair);
    return base && head ? compare_images(*base, *head) : ImageComparison{};
  }

  // An edit that a compiler makes nothing of is not guilty there.
  void expect_guilty(const PairOfPrograms& pair) {
    const auto comparison = judged(pair);
    if (comparison.sameness == Sameness::identical) {
      EXPECT_LE(++without_effect_, 1) << pair.name;
      return;
    }
    EXPECT_GT(comparison.sameness, Sameness::equivalent) << pair.name;
    EXPECT_FALSE(comparison.reasons.empty()) << pair.name;
  }

  Builder builder_{GetParam()};
  std::optional<std::string> base_;
  int without_effect_ = 0;
};

TEST_P(Corpus, NoGuiltyPairIsTheSameProgram) {
  for (const auto& pair : all_guilty()) expect_guilty(pair);
}

TEST_P(Corpus, NineOfTenInnocentPairsAreTheSameProgram) {
  std::size_t innocent = 0;
  std::size_t proven = 0;
  std::string unproven;
  for (const auto& pair : all_innocent()) {
    const auto comparison = judged(pair);
    ++innocent;
    if (comparison.sameness <= Sameness::equivalent) {
      ++proven;
      EXPECT_TRUE(comparison.functions_are_complete) << pair.name;
    } else {
      unproven += "\n  " + pair.name + reasons(comparison);
    }
  }
  EXPECT_GE(10 * proven, 9 * innocent) << proven << " of " << innocent << unproven;
  RecordProperty("proven", std::to_string(proven) + " of " + std::to_string(innocent) + unproven);
}

// With more units, rustc may deal the functions out anew for an edit, inline others than before, and really make
// another program; how often depends on its release. MovedCorpus has as many as rustc likes.
const std::string one_unit = "-Ccodegen-units=1";

INSTANTIATE_TEST_SUITE_P(
    Every, Corpus,
    ::testing::Values(
        Toolchain{.name = "Gcc", .compiler = "g++"},
        Toolchain{.name = "ForOneAddress", .compiler = "g++", .compile = "-O2 -fno-pie", .link = "-no-pie"},
        Toolchain{.name = "Clang", .compiler = "clang++"},
        Toolchain{.name = "Lld", .compiler = "clang++", .link = "-fuse-ld=lld"},
        Toolchain{.name = "Rust", .compiler = "rustc", .compile = one_unit + " -O", .is_rust = true},
        Toolchain{.name = "RustV0",
                  .compiler = "rustc",
                  .compile = one_unit + " -Copt-level=3 -Csymbol-mangling-version=v0 -Cdebug-assertions=on",
                  .is_rust = true}),
    [](const auto& toolchain) { return toolchain.param.name; });

// What hides a change best: everything else moves too.
class MovedCorpus : public Corpus {};
TEST_P(MovedCorpus, NoGuiltyPairIsTheSameProgram) {
  for (auto pair : all_guilty()) {
    if (GetParam().is_rust) {
      pair.edits.push_back({.file = "hot.rs", .to = unused_rust_function(6)});
    } else {
      pair.edits.push_back({.file = "hot.cpp", .to = unused_function(6)});
    }
    expect_guilty(pair);
  }
}
INSTANTIATE_TEST_SUITE_P(Every, MovedCorpus,
                         ::testing::Values(Toolchain{.name = "Gcc", .compiler = "g++"},
                                           Toolchain{
                                               .name = "Rust", .compiler = "rustc", .compile = "-O", .is_rust = true}),
                         [](const auto& toolchain) { return toolchain.param.name; });

class OnePair : public Corpus {};

TEST_P(OnePair, NamesTheFunctionsThatDiffer) {
  const auto comparison = judged({.edits = {{"hot.cpp", "value * 31 + 7", "value * 31 - 7"},
                                            {"text.cpp", "long parse(", unused_function(3) + "long parse("}}});
  EXPECT_EQ(comparison.sameness, Sameness::differs);
  EXPECT_TRUE(comparison.functions_are_complete);
  ASSERT_EQ(comparison.functions.size(), 2U);
  const FunctionChange& added = comparison.functions[0];
  EXPECT_EQ(added.name, "_ZL10never_usedl");
  EXPECT_FALSE(added.base);
  ASSERT_TRUE(added.head);
  EXPECT_FALSE(added.is_reachable);
  const FunctionChange& changed = comparison.functions[1];
  EXPECT_EQ(changed.name, "_ZL6helperl");
  ASSERT_TRUE(changed.base && changed.head);
  EXPECT_GT(changed.base->size, 0U);
  EXPECT_TRUE(changed.is_reachable);
  EXPECT_GT(comparison.same_functions, 20U);
  EXPECT_GT(comparison.moved_functions, 0U);
}

TEST_P(OnePair, NamesTheDataThatDiffers) {
  const auto comparison = judged({.edits = {{"shared.cpp", "rounds = 300", "rounds = 330"}}});
  EXPECT_EQ(comparison.data, std::vector<std::string>{"rounds"});
  EXPECT_EQ(comparison.reasons, std::vector<std::string>{"data `rounds` differs"});
  EXPECT_TRUE(comparison.functions.empty());
}

TEST_P(OnePair, MayIgnoreDataByName) {
  const auto head = builder_.build({.edits = {{"shared.cpp", "rounds = 300", "rounds = 330"}}});
  ASSERT_TRUE(head);
  EXPECT_EQ(compare_images(*base_, *head, {.ignored_symbols = {"rounds"}}).sameness, Sameness::equivalent);
  EXPECT_EQ(compare_images(*base_, *head, {.ignored_symbols = {"order"}}).sameness, Sameness::differs);
}

TEST_P(OnePair, BlamesTheFunctionWhoseTextDiffers) {
  const auto comparison =
      judged({.edits = {{"text.cpp", "\"a number without a name\"", "\"a number with a number\""}}});
  ASSERT_EQ(comparison.functions.size(), 1U);
  EXPECT_EQ(comparison.functions[0].name, "_Z5namedi");
}

TEST_P(OnePair, DiffersWhenAConstantTableLosesItsAlignment) {
  // On both sides of the table, since compilers order data as they like.
  const auto pad = [](const std::string& name) {
    return "extern const char " + name + "[70];\nconst char " + name + "[70] = {1};\n";
  };
  const auto with = [&](const std::string& alignment) {
    return builder_.build({.edits = {{"shared.cpp", "extern const", pad("pad_before") + alignment + "extern const"},
                                     {"shared.cpp", "long counted", pad("pad_after") + "long counted"}}});
  };
  const auto aligned = with("alignas(64) ");
  const auto plain = with("");
  ASSERT_TRUE(aligned && plain);
  EXPECT_EQ(compare_images(*aligned, *plain).sameness, Sameness::differs);
}

TEST_P(OnePair, IsNotKnownWhenItIsStripped) {
  const auto comparison = judged({.link = "-s"});
  EXPECT_EQ(comparison.sameness, Sameness::not_known);
  EXPECT_FALSE(comparison.functions_are_complete);
}

INSTANTIATE_TEST_SUITE_P(Gcc, OnePair, ::testing::Values(Toolchain{.name = "Gcc", .compiler = "g++"}));

TEST(Image, IsEquivalentToItselfWithAByteMore) {
  const auto bytes = content(support::allocator());  // no sanitizer has been through it
  const auto comparison = compare_images(bytes, bytes + '\0');
  EXPECT_EQ(comparison.sameness, Sameness::equivalent) << reasons(comparison);
  EXPECT_EQ(comparison.moved_functions, 0U);
  EXPECT_GE(comparison.same_functions, 5U);
}

}  // namespace
}  // namespace perfwarden::identity
