#include "integration/identity/corpus.hpp"

#include <utility>

namespace perfwarden::identity {
namespace {

PairOfPrograms innocent(std::string name, std::vector<Edit> edits) {
  return {.name = std::move(name), .is_innocent = true, .edits = std::move(edits)};
}

PairOfPrograms guilty(std::string name, std::vector<Edit> edits) {
  return {.name = std::move(name), .edits = std::move(edits)};
}

PairOfPrograms guilty(std::string name, std::string file, std::string from, std::string to) {
  return guilty(std::move(name), {{std::move(file), std::move(from), std::move(to)}});
}

Edit in_front(std::string file, std::string text) {
  return {.file = std::move(file), .to = std::move(text) + "\n"};
}

}  // namespace

std::string unused_function(int statements) {
  std::string text = "__attribute__((used)) static long never_used(long value) {\n  long sum = value;\n";
  for (int i = 0; i < statements; ++i) text += "  sum = sum * " + std::to_string(2 * i + 3) + " + value / 3;\n";
  return text + "  return sum;\n}\n";
}

std::vector<PairOfPrograms> innocent_pairs() {
  std::vector<PairOfPrograms> pairs;
  for (const int statements : {0, 1, 3, 9, 40, 120}) {
    pairs.push_back(innocent("unused function of " + std::to_string(statements) + " statements before hot.cpp",
                             {in_front("hot.cpp", unused_function(statements))}));
  }
  for (const std::string file : {"main", "text", "shapes", "dispatch", "start", "guarded", "shared"}) {
    pairs.push_back(innocent("unused function before " + file, {in_front(file + ".cpp", unused_function(5))}));
    pairs.push_back(innocent("comment in " + file, {in_front(file + ".cpp", "// Says nothing new.\n//\n")}));
  }
  const auto add = [&](std::string name, std::vector<Edit> edits) {
    pairs.push_back(innocent(std::move(name), std::move(edits)));
  };
  add("nothing", {});
  add("unused function in two places",
      {in_front("hot.cpp", unused_function(5)), in_front("text.cpp", unused_function(7))});
  add("unused functions call each other",
      {in_front("text.cpp", unused_function(3) + "__attribute__((used)) static long nor_this(long a) "
                                                 "{ return never_used(a) + 1; }\n")});
  add("unused function with a switch",
      {in_front("dispatch.cpp",
                "__attribute__((used)) static int never(int a, int b) {\n  switch (a) {\n"
                "    case 0: return b + 7;\n    case 1: return b * 3;\n    case 2: return b ^ 5;\n"
                "    case 3: return b / 7;\n    case 4: return b - 9;\n    case 5: return b << 3;\n"
                "    default: return b & 77;\n  }\n}\n")});
  add("unused function with a text", {in_front("text.cpp",
                                               "extern \"C\" int puts(const char*);\n__attribute__((used)) static void "
                                               "never() { puts(\"never said\"); }\n")});
  add("unused function that throws",
      {in_front("guarded.cpp", "__attribute__((used)) static void never(int a) { if (a > 3) throw a; }\n")});
  add("unused type, template, alias and constant",
      {in_front(
          "hot.cpp",
          "struct Unused { int a; int sum() const { return a; } };\ntemplate <class T> T never(T a) { return a; }\n"
          "using Long = long;\nconstexpr int k_never = 7;\ninline int neither(int a) { return a + k_never; }\n")});
  add("local renamed",
      {{"hot.cpp", "long sum = 0;\n  for (int i = 0; i < width; ++i) sum += value >> (i & 31);\n  return sum;",
        "long total = 0;\n  for (int i = 0; i < width; ++i) total += value >> (i & 31);\n  return total;"}});
  add("parameter renamed",
      {{"shapes.cpp",
        "measure(const Shape& shape, int count) {\n  double sum = 0;\n  for (int i = 0; i < "
        "count; ++i) sum += shape.area(i) - shape.edge(0.5);",
        "measure(const Shape& form, int count) {\n  double sum = 0;\n  for (int i = 0; i < count; ++i) sum += "
        "form.area(i) - form.edge(0.5);"}});
  add("static function renamed", {{"guarded.cpp", "static int checked(int value)", "static int proven(int value)"},
                                  {"guarded.cpp", "return checked(value);", "return proven(value);"}});
  add("static data renamed",
      {{"text.cpp", "const words[]", "const numbers[]"}, {"text.cpp", "words[kind]", "numbers[kind]"}});
  add("line of an assert that does not fire", {{"hot.cpp", "long hot(int count) {\n", "long hot(int count) {\n\n\n"}});
  add("functions reordered",
      {{"hot.cpp", "__attribute__((noinline, cold)) long rarely(long value) {\n  return value / 3 + 1;\n}\n", ""},
       {"hot.cpp", "static inline long folded",
        "__attribute__((noinline, cold)) long rarely(long value) {\n  return value / 3 + 1;\n}\nstatic inline long "
        "folded"}});
  add("static functions reordered",
      {{"dispatch.cpp", "__attribute__((noinline)) static long halved(long value) {\n  return value / 2;\n}\n", ""},
       {"dispatch.cpp", "__attribute__((noinline)) static long negated",
        "__attribute__((noinline)) static long halved(long value) {\n  return value / 2;\n}\n__attribute__((noinline)) "
        "static long "
        "negated"}});
  add("written otherwise", {{"hot.cpp", "sum += value >> (i & 31);", "sum = sum + (value >> (31 & i));"}});
  add("condition turned round", {{"guarded.cpp", "if (value == 1000001)", "if (1000001 == value)"}});
  add("unused function after all others",
      {{"hot.cpp", "// A table that is used", unused_function(12) + "// A table that is used"}});
  add("unused function in the middle",
      {{"text.cpp", "long parse(const char* text) {", unused_function(12) + "long parse(const char* text) {"}});
  add("declaration that nobody uses",
      {in_front("main.cpp", "long elsewhere(int, const char*);\nextern int neither;\n")});
  add("name of a type", {{"guarded.cpp", "struct Closer {\n  long* place;\n  ~Closer()",
                          "struct Finisher {\n  long* place;\n  ~Finisher()"},
                         {"guarded.cpp", "const Closer closer", "const Finisher closer"}});
  add("namespace without a name",
      {{"hot.cpp", "static inline long folded(long value) {\n  return value % 1000 + 3;\n}",
        "namespace {\ninline long folded(long value) {\n  return value % 1000 + 3;\n}\n}"}});
  add("empty lines everywhere",
      {in_front("hot.cpp", "\n\n"), in_front("text.cpp", "\n"), in_front("main.cpp", "\n\n\n"),
       in_front("shapes.cpp", "\n"), in_front("dispatch.cpp", "\n\n")});
  add("unused enumeration and variable",
      {in_front("text.cpp", "enum class Never { one, two };\ninline constexpr int never = 3;\n")});
  add("unused lambda", {in_front("start.cpp", "inline const auto never = [](int a) { return a + 1; };\n")});
  add("macro and static_assert", {in_front("shapes.cpp", "#define NEVER 7\nstatic_assert(sizeof(int) == 4);\n")});
  add("body of an unused function",
      {{"hot.cpp", "// A table that is used",
        "__attribute__((used)) static long never(long a) { return a * a; }\n// A table that is used"}});
  for (auto order :
       {std::vector<std::string>{"text.cpp", "hot.cpp"}, std::vector<std::string>{"guarded.cpp", "main.cpp"},
        std::vector<std::string>{"hot.cpp", "guarded.cpp", "main.cpp"}}) {
    auto pair = innocent("link order: " + order[0] + " first", {});
    pair.order = std::move(order);
    pairs.push_back(std::move(pair));
  }
  auto debug = innocent("with debug information", {});
  debug.compile = "-g";
  pairs.push_back(debug);
  return pairs;
}

std::vector<PairOfPrograms> guilty_pairs() {
  std::vector<PairOfPrograms> pairs{
      guilty("caller's constant argument", "main.cpp", "hot(64)", "hot(65)"),
      guilty("argument of an unchanged function", "hot.cpp", "spread(sum, 12)", "spread(sum, 13)"),
      guilty("initial value", "shared.cpp", "rounds = 300", "rounds = 330"),
      guilty("alignas of two atomics", {{"shared.cpp", "alignas(64) long readers", "long readers"},
                                        {"shared.cpp", "alignas(64) long writers", "long writers"}}),
      guilty("alignas of one atomic", "shared.cpp", "alignas(64) long readers", "long readers"),
      guilty("a new object between two atomics", "shared.cpp", "long buffer[96];",
             "long newcomer = 7;\nlong buffer[96];"),
      guilty("a smaller buffer", {{"shared.cpp", "buffer[96]", "buffer[80]"}, {"shared.cpp", "i % 96", "i % 80"}}),
      guilty("value of a constant table", "shared.cpp", "2.5F", "2.25F"),
      guilty("value of an integer table", "hot.cpp", "3, 1, 4, 1, 5", "3, 1, 4, 2, 5"),
      guilty("order of an integer table", "hot.cpp", "3, 1, 4, 1, 5", "3, 4, 1, 1, 5"),
      guilty("table used from one", "hot.cpp", "0, 10, 20", "0, 10, 21"),
      guilty("thread-local initial value", "shared.cpp", "depth = 5", "depth = 6"),
      guilty("thread-local order", {{"shared.cpp", "thread_local int depth = 5;\nthread_local long spare;",
                                     "thread_local long spare = 1;\nthread_local int depth = 5;"}}),
      guilty("initial value of a static local", "text.cpp", "calls = 40", "calls = 41"),
      guilty("one instruction", "hot.cpp", "value * 31 + 7", "value * 31 - 7"),
      guilty("constant in code", "hot.cpp", "value * 31", "value * 33"),
      guilty("inlined callee", "hot.cpp", "value % 1000 + 3", "value % 1000 + 4"),
      guilty("rarely called function", "hot.cpp", "value / 3 + 1", "value / 3 + 2"),
      guilty("when a rare function is called", "hot.cpp", "count > 1000", "count > 10"),
      guilty("loop's start", "hot.cpp", "int i = 1; i <=", "int i = 0; i <="),
      guilty("shift", "hot.cpp", "i & 31", "i & 15"),
      guilty("call removed", "main.cpp", "    sum += parse(\"12,7,x,9001\");\n", ""),
      guilty("call twice", "main.cpp", "    sum += guarded(i + argc);\n",
             "    sum += guarded(i + argc);\n    sum += guarded(i + argc);\n"),
      guilty("calls in another order", "main.cpp", "sum += hot(64);\n    sum += parse(\"12,7,x,9001\");",
             "sum += parse(\"12,7,x,9001\");\n    sum += hot(64);"),
      guilty("text that is passed", "main.cpp", "12,7,x,9001", "12,7,x,9002"),
      guilty("longer text that is passed", "main.cpp", "12,7,x,9001", "12,7,x,9001,9001,9001"),
      guilty("text in a function", "text.cpp", "\"x,9\"", "\"x,8\""),
      guilty("texts of a table swapped", "text.cpp", "\"one\", \"two\"", "\"two\", \"one\""),
      guilty("texts of a switch swapped", {{"text.cpp", "return \"red\"", "return \"mauve\""},
                                           {"text.cpp", "return \"green\"", "return \"red\""},
                                           {"text.cpp", "return \"mauve\"", "return \"green\""}}),
      guilty("text of a switch", "text.cpp", "\"blue\"", "\"blau\""),
      guilty("digit's bound", "text.cpp", "*text <= '9'", "*text <= '8'"),
      guilty("order of virtual functions",
             {{"shapes.cpp",
               "  virtual double area(double side) const = 0;\n  virtual double edge(double side) const = 0;",
               "  virtual double edge(double side) const = 0;\n  virtual double area(double side) const = 0;"}}),
      guilty("which virtual function is called", "shapes.cpp", "shape.area(i) - shape.edge(0.5)",
             "shape.edge(i) - shape.area(0.5)"),
      guilty("override of another function", "shapes.cpp", "return side * side * 3.14159", "return side * side * 3.15"),
      guilty("overrides swapped",
             {{"shapes.cpp",
               "double area(double side) const override { return side * side; }\n  double edge(double "
               "side) const override { return 4 * side; }",
               "double area(double side) const override { return 4 * side; }\n  double edge(double side) const "
               "override { return side * side; }"}}),
      guilty("object of another class", "shapes.cpp", "static Circle circle;", "static Square circle;"),
      guilty("floating constant", "shapes.cpp", "shape.edge(0.5)", "shape.edge(0.25)"),
      guilty("cases swapped",
             {{"dispatch.cpp", "case 0:\n      return value + 7;\n    case 1:\n      return value * 3;",
               "case 1:\n      return value + 7;\n    case 0:\n      return value * 3;"}}),
      guilty("cases turned round", {{"dispatch.cpp", "case 0:", "case 100:"},
                                    {"dispatch.cpp", "case 1:", "case 0:"},
                                    {"dispatch.cpp", "case 2:", "case 1:"},
                                    {"dispatch.cpp", "case 3:", "case 2:"},
                                    {"dispatch.cpp", "case 100:", "case 3:"}}),
      guilty("case to default", "dispatch.cpp", "    case 4:\n      return value - 9;\n", ""),
      guilty("table of functions", "dispatch.cpp", "{twice, negated, halved}", "{twice, halved, negated}"),
      guilty("another function of equal type", "dispatch.cpp", "return twice(value);", "return negated(value);"),
      guilty("order of labels", "dispatch.cpp", "{&&add, &&subtract, &&stop}", "{&&subtract, &&add, &&stop}"),
      guilty("order of constructors", "start.cpp", "First first;\nSecond second;", "Second second;\nFirst first;"),
      guilty("priority of constructors", {{"start.cpp", "constructor(201)", "constructor(203)"}}),
      guilty("constructor that is new",
             {in_front("start.cpp",
                       "extern long order;\n__attribute__((constructor)) static void late() { "
                       "order += 17; }\n")}),
      guilty("constructor that is gone", "start.cpp", "Second second;\n", ""),
      guilty("handlers swapped",
             {{"guarded.cpp",
               "catch (const TooSmall& small) {\n    return small.value + closed;\n  } catch (const "
               "TooLarge& large) {\n    return large.value - closed;",
               "catch (const TooLarge& small) {\n    return small.value + closed;\n  } catch (const TooSmall& "
               "large) {\n    return large.value - closed;"}}),
      guilty("handler gone",
             {{"guarded.cpp", " catch (const TooLarge& large) {\n    return large.value - closed;\n  }", ""}}),
      guilty("what is thrown", "guarded.cpp", "throw TooLarge{value}", "throw TooSmall{value}"),
      guilty("when something is thrown", "guarded.cpp", "1000001", "100001"),
      guilty("destructor", "guarded.cpp", "*place += 1", "*place += 2"),
      guilty("unused function that is used", {in_front("text.cpp", unused_function(3)),
                                              {"text.cpp", "long sum = calls;", "long sum = never_used(calls);"}}),
      guilty("memory order", "shared.cpp", "&readers, 1, __ATOMIC_RELAXED", "&writers, 1, __ATOMIC_RELAXED"),
  };
  const auto with = [&](std::string name, std::string compile, std::string link) {
    pairs.push_back({.name = std::move(name), .compile = std::move(compile), .link = std::move(link)});
  };
  with("another -O", "-O1", "");
  with("for size", "-Os", "");
  with("without frame pointers' absence", "-fno-omit-frame-pointer", "");
  with("for a newer processor", "-mavx2 -O3", "");
  with("another library is loaded", "", "-Wl,--no-as-needed -lm");
  with("another path of libraries", "", "-Wl,-rpath,/opt/elsewhere");
  with("bound before the start", "", "-Wl,-z,now");
  with("another interpreter", "", "-Wl,--dynamic-linker,/lib/elsewhere.so");
  with("a stack that may be executed", "", "-Wl,-z,execstack");
  return pairs;
}

}  // namespace perfwarden::identity
