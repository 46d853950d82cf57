// What the proof of the same program costs. Usage: identity_cost PROGRAM
//
// Traced warm-up: a program that opens 1,000 files, traced against the same run untraced, in turns. Identity: PROGRAM
// (with its symbols; take a large one) against a copy with one more byte, so that everything is compared, against the
// SHA-256 of both. Medians.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include "base/sha256.hpp"
#include "identity/image.hpp"
#include "os/process/processes.hpp"
#include "support/fakes.hpp"

namespace perfwarden {
namespace {

double seconds(const std::function<void()>& work) {
  const auto began = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

int trace_a_thousand_files() {
  constexpr int k_files = 1'000, k_rounds = 15;
  const support::TemporaryDirectory folder;
  for (int i = 0; i < k_files; ++i) std::ofstream(folder / fmt::format("file{}", i)) << i;
  os::Command command;
  command.argv = {"/bin/cat"};
  for (int i = 0; i < k_files; ++i) command.argv.push_back(fmt::format("file{}", i));
  command.cwd = folder.path();
  os::SystemProcesses processes;
  std::vector<double> plain, traced;
  for (int round = 0; round < k_rounds; ++round) {
    bool ok = true;
    plain.push_back(seconds([&] { ok = processes.run(command).has_value() && ok; }));
    traced.push_back(seconds([&] {
      const auto run = processes.trace(command, folder.path());
      ok = run && run->trace.not_known.empty() && run->trace.files.size() >= k_files && ok;
    }));
    if (!ok) {
      fmt::print(stderr, "the program could not be run or traced here\n");
      return 1;
    }
  }
  fmt::print("1,000 files: untraced {:.1f} ms, traced {:.1f} ms: {:.2f} times\n", median(plain) * 1e3,
             median(traced) * 1e3, median(traced) / median(plain));
  return 0;
}

int compare_with_itself(const std::string& path) {
  constexpr int k_rounds = 5;
  std::ifstream in(path, std::ios::binary);
  const std::string base(std::istreambuf_iterator<char>(in), {});
  const std::string head = base + '\0';
  std::vector<double> hashed, compared;
  identity::ImageComparison result;
  for (int round = 0; round < k_rounds; ++round) {
    hashed.push_back(seconds([&] {
      for (const std::string* one : {&base, &head}) static_cast<void>(sha256(*one));
    }));
    compared.push_back(seconds([&] { result = identity::compare_images(base, head); }));
  }
  if (result.sameness != identity::Sameness::equivalent) {
    fmt::print(stderr, "{}: not proven equivalent to itself: {}\n", path,
               result.reasons.empty() ? "" : result.reasons.front());
    return 1;
  }
  fmt::print("{}: {:.1f} MB, {} functions: SHA-256 {:.2f} s, identity {:.2f} s: {:.1f} times\n", path,
             static_cast<double>(base.size()) / 1e6, result.same_functions, median(hashed), median(compared),
             median(compared) / median(hashed));
  return 0;
}

}  // namespace
}  // namespace perfwarden

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: identity_cost PROGRAM\n");
    return 2;
  }
  const int traced = perfwarden::trace_a_thousand_files();
  return std::max(traced, perfwarden::compare_with_itself(argv[1]));
}
