#include "support/fakes.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace perfwarden::support {
namespace fs = std::filesystem;

os::Command shell(const std::string& line) {
  os::Command command;
  command.argv = {"sh", "-c", line};
  command.env = {{"PATH", "/usr/local/bin:/usr/bin:/bin"}};
  command.timeout_s = 60;
  return command;
}

TemporaryDirectory::TemporaryDirectory() {
  std::string name = (fs::temp_directory_path() / "perfwarden-test-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) ADD_FAILURE() << "mkdtemp failed for " << name;
  path_ = fs::canonical(name).string();
}

TemporaryDirectory::~TemporaryDirectory() {
  if (std::getenv("PW_KEEP_TEMPORARY") != nullptr) {
    std::fprintf(stderr, "kept %s\n", path_.c_str());
    return;
  }
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string TemporaryDirectory::write(const std::string& name, std::string_view text) const {
  const fs::path path = fs::path(path_) / name;
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
  return path.string();
}

std::string slurp(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) ADD_FAILURE() << "cannot read " << path;
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::string fixture(const std::string& name) {
  return slurp(source_path("tests/fixtures/" + name));
}

void expect_golden(const std::string& name, const std::string& actual) {
  const std::string path = source_path("tests/golden/" + name);
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    fs::create_directories(fs::path(path).parent_path());
    std::ofstream(path, std::ios::binary) << actual;
    return;
  }
  std::ifstream in(path, std::ios::binary);
  std::ostringstream expected;
  expected << in.rdbuf();
  if (in && expected.str() == actual) return;
  const std::string got = path + ".actual";
  fs::create_directories(fs::path(path).parent_path());
  std::ofstream(got, std::ios::binary) << actual;
  std::string diff;
  if (FILE* pipe = popen(("diff -u '" + path + "' '" + got + "' 2>&1 | head -n 60").c_str(), "r"); pipe != nullptr) {
    char buffer[4096];
    while (const std::size_t n = fread(buffer, 1, sizeof buffer, pipe)) diff.append(buffer, n);
    pclose(pipe);
  }
  ADD_FAILURE() << "differs from golden " << name << " (UPDATE_GOLDEN=1 accepts it):\n" << diff;
}

}  // namespace perfwarden::support
