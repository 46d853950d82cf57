#include <utility>

#include "integration/identity/corpus.hpp"

namespace perfwarden::identity {
namespace {

PairOfPrograms pair_of(std::string name, std::vector<Edit> edits, std::vector<Edit> of_both = {}) {
  return {.name = std::move(name), .edits = std::move(edits), .of_both = std::move(of_both)};
}

Edit before_all(std::string file, std::string text) {
  return {.file = std::move(file), .to = std::move(text) + "\n"};
}

const std::string k_helper =
    "#[inline(never)]\nfn helper(value: u64) -> u64 {\n    value.wrapping_mul(31).wrapping_add(7)\n}\n";

// A server that never comes back, and what it is told: of the form of a panic's location.
std::vector<Edit> server() {
  return {{"main.rs", "fn main() {",
           "struct Conf { name: &'static str, rounds: u32, width: u32 }\n"
           "#[inline(never)]\n"
           "fn serve(conf: &'static Conf) -> ! {\n"
           "    for i in 0..conf.rounds { println!(\"{}\", hot::hot(u64::from(i + conf.width))); }\n"
           "    println!(\"{}\", conf.name);\n"
           "    std::process::exit(0)\n"
           "}\n"
           "static CONF: Conf = Conf { name: \"server\", rounds: 300, width: 4 };\n"
           "fn main() {\n"
           "    if std::env::args().len() > 5 { serve(&CONF) }\n"}};
}

// Code that counts by the line on which it stands.
std::vector<Edit> counts_by_its_line() {
  return {{"guarded.rs", "#[inline(never)]\npub fn total",
           "#[track_caller]\n#[inline(never)]\nfn line() -> u64 {\n"
           "    u64::from(std::panic::Location::caller().line())\n}\n#[inline(never)]\npub fn total"},
          {"guarded.rs", "(0..16)", "(0..line())"}};
}

}  // namespace

std::string unused_rust_function(int statements) {
  std::string text =
      "#[no_mangle]\n#[inline(never)]\npub extern \"C\" fn never_used(value: u64) -> u64 {\n"
      "    let mut sum = value;\n";
  for (int i = 0; i < statements; ++i)
    text += "    sum = sum.wrapping_mul(" + std::to_string(2 * i + 3) + ").wrapping_add(value / 3);\n";
  return text + "    sum\n}\n";
}

std::vector<PairOfPrograms> innocent_rust_pairs() {
  std::vector<PairOfPrograms> pairs;
  for (const std::string file : {"text", "guarded", "shared"}) {
    pairs.push_back(pair_of("comment in " + file, {before_all(file + ".rs", "// Says nothing new.\n//")}));
    pairs.push_back(pair_of("unused function in " + file, {before_all(file + ".rs", unused_rust_function(7))}));
  }
  pairs.push_back(pair_of("large unused function", {before_all("hot.rs", unused_rust_function(90))}));
  pairs.push_back(pair_of("unused function that the compiler drops",
                          {before_all("text.rs", "#[allow(dead_code)]\nfn never(value: u64) -> u64 { value + 1 }")}));
  pairs.push_back(
      pair_of("local renamed", {{"hot.rs", "let mut sum = 0u64;\n    for i in 0..width {\n        sum = sum",
                                 "let mut all = 0u64;\n    for i in 0..width {\n        all = all"},
                                {"hot.rs", "    }\n    sum\n}", "    }\n    all\n}"}}));
  pairs.push_back(
      pair_of("function renamed", {{"hot.rs", "fn helper(", "fn aide("}, {"hot.rs", "(helper(", "(aide("}}));
  pairs.push_back(pair_of("test", {before_all("text.rs",
                                              "#[cfg(test)]\nmod tests {\n    #[test]\n    fn parses() {\n"
                                              "        assert_eq!(super::parse(\"1\"), 3);\n    }\n}")}));
  pairs.push_back(pair_of("unused type", {before_all("shapes.rs", "#[allow(dead_code)]\nstruct Unused(u8);")}));
  pairs.push_back(pair_of(
      "functions reordered",
      {{"hot.rs", k_helper, ""}, {"hot.rs", "#[inline(never)]\nfn spread", k_helper + "#[inline(never)]\nfn spread"}}));
  pairs.push_back(pair_of("comment above what is told to a server", {before_all("guarded.rs", "//")}, server()));
  return pairs;
}

std::vector<PairOfPrograms> guilty_rust_pairs() {
  return {
      pair_of("constant", {{"hot.rs", "wrapping_add(7)", "wrapping_add(9)"}}),
      pair_of("argument", {{"hot.rs", "spread(i, 64)", "spread(i, 70)"}}),
      pair_of("initial value", {{"shared.rs", "new(300)", "new(330)"}}),
      pair_of("alignment of two atomics", {{"shared.rs", "#[repr(align(64))]\n", ""}}),
      pair_of("table of numbers", {{"shared.rs", "5, 9, 2", "5, 8, 2"}}),
      pair_of("cases of a jump table", {{"dispatch.rs", "4 => value / 3,\n        5 => value.wrapping_sub(17)",
                                         "5 => value / 3,\n        4 => value.wrapping_sub(17)"}}),
      pair_of("order of a trait's functions",
              {{"shapes.rs", "    fn area(&self, scale: f64) -> f64;\n    fn edge(&self, scale: f64) -> f64;",
                "    fn edge(&self, scale: f64) -> f64;\n    fn area(&self, scale: f64) -> f64;"}}),
      pair_of("types of two objects", {{"shapes.rs", "Box::new(Square(2.0)), Box::new(Circle(1.5))",
                                        "Box::new(Circle(2.0)), Box::new(Square(1.5))"}}),
      pair_of("text", {{"text.rs", "\"three\"", "\"thref\""}}),
      pair_of("order of texts", {{"text.rs", "\"one\", \"two\"", "\"two\", \"one\""}}),
      pair_of("text that is returned", {{"text.rs", "\"a number without", "\"a numeral without"}}),
      pair_of("what a server is told", {{"main.rs", "rounds: 300", "rounds: 330"}}, server()),
      pair_of("line by which code counts", {before_all("guarded.rs", "//")}, counts_by_its_line()),
  };
}

}  // namespace perfwarden::identity
