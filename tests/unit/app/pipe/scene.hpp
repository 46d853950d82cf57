#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "app/cli/world.hpp"
#include "base/text.hpp"
#include "support/fakes.hpp"

// A world without a git: its answers are made up, in a fresh folder that is the current one.
namespace perfwarden::support {

inline const std::string k_base_sha(40, 'a');
inline const std::string k_head_sha(40, 'b');

class Scene {
 public:
  Scene() : before_(std::filesystem::current_path()) {
    std::filesystem::current_path(directory.path());
    processes.answer = [this](const os::Command& command) { return git(command); };
  }
  ~Scene() { std::filesystem::current_path(before_); }
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;

  // How often git was called with these words first.
  [[nodiscard]] std::size_t calls(const std::string& words) const {
    std::size_t count = 0;
    for (const os::Command& command : processes.commands) count += text::join(command.argv, " ").starts_with(words);
    return count;
  }

  bool is_repository = true, shallow = false;
  std::map<std::string, std::string> commits{{"HEAD", k_head_sha}, {k_head_sha, k_head_sha}};  // by revision
  std::string merge_base;                                                                      // empty: none
  std::map<std::string, std::string> blobs;                                                    // by "sha:path"
  std::string diff;                                                                            // what git diff -z says
  std::map<std::string, std::string> fetched;  // what a fetch adds to the commits

  TemporaryDirectory directory;
  FakeProcesses processes;
  FakeClock clock;
  FakeConsole console;
  FakeHttp http;
  os::Environment environment;
  app::World world{processes, clock, environment, console, http};

 private:
  Result<os::ProcessResult> git(const os::Command& command) {
    const std::string line = text::join(command.argv, " ");
    const std::string last = command.argv.back();
    os::ProcessResult result;
    const auto give = [&result](std::string text) {
      result.out = std::move(text);
      return result;
    };
    result.exit_status = is_repository ? 0 : 128;
    if (!is_repository) result.err = "fatal: not a git repository";
    if (!is_repository) return result;
    if (line == "git rev-parse --show-toplevel") return give(directory.path() + "\n");
    if (line == "git rev-parse --is-shallow-repository") return give(shallow ? "true\n" : "false\n");
    if (line.starts_with("git symbolic-ref")) return give("change\n");
    if (line.starts_with("git diff")) return give(diff);
    if (line.starts_with("git fetch")) commits.insert(fetched.begin(), fetched.end());
    if (line.starts_with("git rev-parse --verify"))
      return found(commits, last.substr(0, last.find('^')), std::move(result));
    if (line.starts_with("git merge-base") && !merge_base.empty()) return give(merge_base + "\n");
    if (line.starts_with("git merge-base")) result.exit_status = 1;
    if (line.starts_with("git cat-file blob")) return found(blobs, last, std::move(result));
    if (line.starts_with("git ls-tree")) {
      const std::string path = last.substr(last.find(')') + 1);
      return give(blobs.contains(command.argv.at(command.argv.size() - 2) + ":" + path) ? "100644 blob 1\t" + path
                                                                                        : "");
    }
    if (line.starts_with("git cat-file -e")) result.exit_status = blobs.contains(last) ? 0 : 1;
    return result;
  }
  static os::ProcessResult found(const std::map<std::string, std::string>& in, const std::string& key,
                                 os::ProcessResult result) {
    const auto at = in.find(key);
    if (at == in.end()) result.exit_status = 1;
    if (at != in.end()) result.out = at->second;
    return result;
  }

  std::filesystem::path before_;
};

}  // namespace perfwarden::support
