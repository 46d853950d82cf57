#include "app/pipe/own_code.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace perfwarden::app {
namespace {

using testing::HasSubstr;

TracedFile read_file(const std::string& path, std::int64_t changed_ns = 0) {
  TracedFile file{.path = path};
  file.kind = TracedFile::Kind::file;
  file.read = true;
  file.signature.changed_ns = changed_ns;
  return file;
}

class OwnCode : public testing::Test {
 protected:
  OwnCode() : places_{"/ws", "/ws/.perfwarden/a/b", "/ws/.perfwarden/a/h"} {}
  void both_read(const TracedFile& file) {
    add(base_, file);
    add(head_, file);
  }
  static void add(Trace& trace, const TracedFile& file) {
    trace.files.push_back(file);
    std::sort(trace.files.begin(), trace.files.end(),
              [](const TracedFile& a, const TracedFile& b) { return a.path < b.path; });
  }
  // What a file of a side holds; "" makes a folder.
  void holds(const std::string& path, const std::string& content) { disk_[path] = content; }
  Result<std::vector<Warning>> check() {
    return check_own_code({"core", &base_, &head_}, places_, builds_, [this](const std::string& path) {
      TracedFile file{.path = path};
      const auto found = disk_.find(path);
      if (found == disk_.end()) return file;
      file.kind = found->second.empty() ? TracedFile::Kind::folder : TracedFile::Kind::file;
      file.digest = found->second;
      return file;
    });
  }
  void expect_refused(const std::string& what, const std::string& cure) {
    const auto checked = check();
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().kind, ErrorKind::benchmark);
    EXPECT_THAT(checked.error().what, HasSubstr(what));
    EXPECT_THAT(checked.error().hint, HasSubstr(cure));
  }
  void expect_accepted(std::size_t notes = 0) {
    const auto checked = check();
    ASSERT_TRUE(checked) << checked.error().text();
    EXPECT_EQ(checked->size(), notes);
  }

  Places places_;
  BuildTime builds_{100, 200};
  Trace base_, head_;
  std::map<std::string, std::string> disk_;
};

TEST_F(OwnCode, FilesOfTheSideAndOfTheSystemAreFine) {
  add(base_, read_file("/ws/.perfwarden/a/b/bench"));
  add(head_, read_file("/ws/.perfwarden/a/h/bench"));
  both_read(read_file("/usr/lib/libc.so.6"));
  expect_accepted();
}

TEST_F(OwnCode, AFileOfTheCheckoutThatDiffersBetweenTheSidesIsRefused) {
  both_read(read_file("/ws/lib/code.py"));
  holds(places_.base + "/lib/code.py", "1");
  holds(places_.head + "/lib/code.py", "2");
  expect_refused("base uses lib/code.py", "PYTHONPATH");
}

TEST_F(OwnCode, AFileThatOnlyOneSideHasDiffersToo) {
  both_read(read_file("/ws/bench"));
  holds(places_.head + "/bench", "2");
  expect_refused("uses bench", "relative to the checkout");
}

TEST_F(OwnCode, AnUnchangedHarnessOrVirtualEnvironmentIsANote) {
  both_read(read_file("/ws/.venv/lib/python3.11/site-packages/numpy/core.py"));
  both_read(read_file("/ws/harness.py"));
  holds(places_.base + "/harness.py", "1");
  holds(places_.head + "/harness.py", "1");
  expect_accepted(1);
  EXPECT_THAT((*check())[0].text, HasSubstr("2 files"));
}

// As cargo does with .cargo/config.toml and Cargo.toml of all folders above.
TEST_F(OwnCode, AProgramThatReadsBothCopiesRunsItsOwn) {
  for (auto* trace : {&base_, &head_}) add(*trace, read_file("/ws/Cargo.toml"));
  add(base_, read_file(places_.base + "/Cargo.toml"));
  add(head_, read_file(places_.head + "/Cargo.toml"));
  holds(places_.base + "/Cargo.toml", "1");
  holds(places_.head + "/Cargo.toml", "2");
  expect_accepted();
}

TEST_F(OwnCode, ReadingOrWritingTheOtherSideIsRefused) {
  add(head_, read_file(places_.base + "/data"));
  expect_refused("head reads .perfwarden/a/b/data, which belongs to base", "own checkout");
  head_.files.clear();
  TracedFile made = read_file(places_.base + "/data");
  made.read = false;
  made.made = made.written = true;
  add(head_, made);
  expect_refused("head writes", "own checkout");
}

TEST_F(OwnCode, WhatABuildInstallsIntoASharedPlaceIsRefused) {
  both_read(read_file("/opt/prefix/bin/tool", 150));
  expect_refused("/opt/prefix/bin/tool, which a build changed", "--prefix=$PWD/prefix");
}

TEST_F(OwnCode, WhatWasInstalledEarlierOrIsOfOneSideAloneIsFine) {
  both_read(read_file("/opt/prefix/bin/tool", 50));
  add(base_, read_file("/opt/by-commit/base/tool", 150));
  expect_accepted();
}

TEST_F(OwnCode, CachesAndInstalledPackagesMayBeChangedByABuild) {
  both_read(read_file("/root/.cache/go-build/01/0123-d", 150));
  both_read(read_file("/usr/lib/python3/site-packages/numpy/core.py", 150));
  expect_accepted(1);
}

TEST_F(OwnCode, TheProjectsOwnPackageMayNot) {
  both_read(read_file("/usr/lib/python3/site-packages/mylib/code.py", 150));
  holds(places_.base + "/src/mylib/code.py", "1");
  holds(places_.head + "/src/mylib/code.py", "2");
  expect_refused("site-packages/mylib/code.py", "virtual environment");
  base_.files.clear();
  head_.files.clear();
  both_read(read_file("/usr/lib/python3/site-packages/mylib/_fast.so", 150));
  holds(places_.head + "/src/mylib", "");
  expect_refused("mylib/_fast.so", "virtual environment");
}

TEST_F(OwnCode, WhatTheRunItselfMadeIsNotItsCode) {
  TracedFile made = read_file("/tmp/out", 150);
  made.made = true;
  both_read(made);
  expect_accepted();
}

TEST_F(OwnCode, ALinkMadeToASystemLibraryWhileBuildingIsNoBuildOfIt) {
  TracedFile file = read_file("/usr/lib/ld-linux.so.2", 150);
  file.signature.modified_ns = 20;
  both_read(file);
  expect_accepted();
  file = read_file("/usr/lib/libparser.so", 150);
  file.signature.modified_ns = 140;
  both_read(file);
  expect_refused("/usr/lib/libparser.so, which a build changed", "--prefix");
}

}  // namespace
}  // namespace perfwarden::app
