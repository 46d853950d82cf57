#include "profile/frame_name.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace perfwarden::profile {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

TEST(FrameName, TheAnnotationSaysTheKindAndIsNotOfTheBareName) {
  EXPECT_EQ(kind_of("memcpy_[k]"), FrameKind::kernel);
  EXPECT_EQ(kind_of("Foo.bar_[j]"), FrameKind::jit);
  EXPECT_EQ(kind_of("Foo.bar_[i]"), FrameKind::inlined);
  EXPECT_EQ(kind_of("schedule_[w]"), FrameKind::waker);
  EXPECT_EQ(kind_of("Foo.bar_[0]"), FrameKind::interpreted);
  EXPECT_EQ(kind_of("Foo.bar_[1]"), FrameKind::compiled);
  EXPECT_EQ(kind_of("operator[]"), FrameKind::user);
  EXPECT_EQ(kind_of("_[k]"), FrameKind::user);
  EXPECT_EQ(kind_of(""), FrameKind::user);
  EXPECT_EQ(bare_name("memcpy_[k]"), "memcpy");
  EXPECT_EQ(bare_name("a_[x]"), "a_[x]");
}

TEST(FrameName, AFunctionIsWithoutItsTierAndTheLineExecutedButKeepsTheKernel) {
  for (const auto& [name, function] : Pairs{{"Foo.bar_[j]", "Foo.bar"},
                                            {"Foo.bar_[1]", "Foo.bar"},
                                            {"memcpy_[k]", "memcpy_[k]"},
                                            {"parse (app/x.py:12)", "parse (app/x.py)"},
                                            {"x.py:12(parse)", "x.py:12(parse)"}})
    EXPECT_EQ(function_of(name), function);
}

TEST(FrameName, WhatDiffersBetweenBuildsOrRunsMatches) {
  for (const auto& [base, head] : Pairs{
           {"main+0x1f", "main+0x2a3"},
           {"0x7f0012ab", "0x55d4f1"},
           {"frob.isra.0", "frob"},
           {"frob.constprop.0.isra.3", "frob.part.1.cold"},
           {"frob.llvm.1234567890", "frob"},
           {"void frob<int>(int) [clone .isra.0] [clone .cold]", "void frob<int>(int)"},
           {"core::fmt::write::h0123456789abcdef", "core::fmt::write::hfedcba9876543210"},
           {"memcpy@@GLIBC_2.14", "memcpy@GLIBC_2.2.5"},
           {"run(int)::{lambda(int)#1}::operator()(int) const", "run(int)::{lambda(int)#2}::operator()(int) const"},
           {"foo::$_0::operator()", "foo::$_12::operator()"},
           {"app::run::{{closure}}", "app::run::{{closure}}"},
           {"app::run::{closure#0}", "app::run::{closure#3}"},
           {"Foo$$Lambda$14/0x0000000800c1.apply", "Foo$$Lambda$91.1234.apply"},
           {"Foo.lambda$run$3", "Foo.lambda$run$4"},
           {"jdk/internal/reflect/GeneratedMethodAccessor17.invoke",
            "jdk/internal/reflect/GeneratedMethodAccessor2.invoke"},
           {"com/sun/proxy/$Proxy12.call", "com/sun/proxy/$Proxy9.call"},
           {"LambdaForm$DMH/0x00080.invoke", "LambdaForm$DMH/0x0009f.invoke"},
           {"main.main.func1", "main.main.func2.1"},
           {"parse file:///app/x.js:10:3", "parse file:///app/x.js:12:5"},
           {"(anonymous) /app/main.3f2a9c1b.js:1:2", "(anonymous) /app/main.0123abcd.js:1:99"},
           {"LazyCompile:*parse /app/x.js:1:2", "LazyCompile:~parse /app/x.js:3:2"},
           {"pool-3-thread-17", "pool-1-thread-2"},
           {"GC Thread#3", "GC Thread#11"},
           {"python-1234/1240", "python-77/78"},
           {"swapper-?", "swapper-0"},
           {"parse_[j]", "parse_[1]"},
       })
    EXPECT_EQ(matching_key(base), matching_key(head)) << base;
}

TEST(FrameName, DifferentFunctionsDoNotMatch) {
  for (const auto& [one, other] : Pairs{{"parse_v1", "parse_v2"},
                                        {"sha256", "sha512"},
                                        {"memcpy", "memcpy_[k]"},
                                        {"std::array<int, 3>::at", "std::array<int, 4>::at"},
                                        {"vec4::dot", "vec3::dot"},
                                        {"app.partial", "app.part"},
                                        {"Foo.run", "Foo.lambda$run$1"},
                                        {"utf8.Decode", "utf16.Decode"}})
    EXPECT_NE(matching_key(one), matching_key(other)) << one;
}

TEST(FrameName, PlainNamesAreTheirOwnKeys) {
  for (const char* name : {"main", "std::vector<int>::push_back(int const&)", "net/http.(*conn).serve",
                           "java/util/HashMap.get", "operator<<", "~Foo", "a\xff\xfe"})
    EXPECT_EQ(matching_key(name), name);
}

TEST(FrameName, PackagesAreToldByEachLanguagesWayOfWriting) {
  for (const auto& [name, package] : Pairs{
           {"std::vector<int, std::allocator<int> >::push_back(int const&)", "std"},
           {"void nlohmann::detail::parse<char const*>(char const*)", "nlohmann"},
           {"unsigned long acme::count(std::string const&)", "acme"},
           {"(anonymous namespace)::acme::run()", "acme"},
           {"alloc::vec::Vec<T>::push", "alloc"},
           {"<alloc::vec::Vec<T> as core::ops::Drop>::drop", "alloc"},
           {"<&mut T as serde_json::Read>::next", "serde_json"},
           {"<T as core::convert::Into<U>>::into", "core"},
           {"net/http.(*conn).serve", "net/http"},
           {"github.com/acme/x/v2.Run[go.shape.int]", "github.com/acme/x/v2"},
           {"runtime.mallocgc", "runtime"},
           {"main.main.func1", "main"},
           {"java/util/HashMap.get", "java.util"},
           {"java.util.HashMap.get", "java.util"},
           {"Ljava/util/HashMap;::get", "java.util"},
           {"com.acme.Foo$Bar.run(int)", "com.acme"},
           {"loads (/usr/lib/python3.11/json/__init__.py:299)", "json"},
           {"get (/venv/lib/python3.11/site-packages/requests/api.py:62)", "requests"},
           {"parse (app/parse.py:12)", "app"},
           {"<module> (main.py:3)", "main"},
           {"_find_and_load (<frozen importlib._bootstrap>:1027)", "importlib._bootstrap"},
           {"cloneDeep /app/node_modules/lodash/index.js:10:3", "lodash"},
           {"transform (file:///app/node_modules/@babel/core/lib/x.js:1:2)", "@babel/core"},
           {"readSync node:internal/fs:10:3", "node:internal/fs"},
           {"do_syscall_64_[k]", "kernel"},
       })
    EXPECT_EQ(package_of(name, ""), package) << name;
}

TEST(FrameName, WhereTheNameTellsNoPackageTheModuleDoes) {
  EXPECT_EQ(package_of("memcpy", "/usr/lib/x86_64-linux-gnu/libc.so.6"), "libc.so.6");
  EXPECT_EQ(package_of("schedule", "[kernel.kallsyms]"), "kernel");
  EXPECT_EQ(package_of("memcpy", ""), "");
  EXPECT_EQ(package_of("[unknown]", "[unknown]"), "");
}

TEST(FrameName, HostileNamesCostLittleAndBreakNothing) {
  for (const std::string& name :
       {std::string(16384, '<'), std::string(16384, '('), std::string(16384, '.'), std::string("\0\n\x1b[2J", 6),
        std::string("::"), std::string("<"), std::string(">::"), std::string("."), std::string("/"), std::string(":::"),
        std::string("L;::"), std::string("node_modules/"), std::string("node_modules/@/"), std::string("_[k]")}) {
    (void)matching_key(name);
    (void)function_of(name);
    EXPECT_LE(package_of(name, name).size(), name.size() + 6);
  }
}

}  // namespace
}  // namespace perfwarden::profile
