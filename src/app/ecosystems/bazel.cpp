#include "app/init/detect.hpp"
#include "app/init/native.hpp"

namespace perfwarden::app {
namespace {

void find_bazel(const SourceTree& tree, Findings& findings) {
  for (const File& file : tree.files()) {
    if (file.name != "BUILD" && file.name != "BUILD.bazel") continue;
    for (const char* rule : {"cc_binary", "cc_test"}) {
      for (const std::string& call : calls_of(file.text, rule)) {
        const std::size_t name = call.find("name");
        if (name == std::string::npos || call.find("google_benchmark") == std::string::npos) continue;
        const std::string target = in_quotes(call, '"', name);
        if (!is_plain_word(target)) continue;
        Proposal suite = native_suite(target, "bazel-bin/" + below(file.folder, target), Harness::google_benchmark,
                                      nullptr, findings);
        suite.build = "bazel build -c opt --copt=-falign-functions=64 //" + file.folder + ":" + target;
        findings.propose(std::move(suite));
      }
    }
  }
}

}  // namespace

extern const Ecosystem k_ecosystem_bazel{
    .name = "Bazel",
    .marks =
        [] {
          return std::vector<std::string_view>{"MODULE.bazel", "WORKSPACE", "WORKSPACE.bazel"};
        },
    .find = find_bazel,
    .form =
        "perfwarden init --build 'bazel build -c opt //bench' --run 'bazel-bin/bench/bench --benchmark_format=json'"};

}  // namespace perfwarden::app
