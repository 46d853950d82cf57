#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "checkout/clone_config.hpp"
#include "checkout/worktree.hpp"

namespace {

using namespace perfwarden;

// Answers every command out of the input: an exit status, then stdout up to the next record separator, of which the
// part after a unit separator is stderr.
class Answers final : public os::Processes {
 public:
  explicit Answers(std::string_view input) : input_(input) {}

  [[nodiscard]] Result<os::ProcessResult> run(const os::Command& command) override {
    // Whatever git said before, an argument of the next command is never an option that we did not write.
    for (const std::string& argument : command.argv)
      if (argument.starts_with("--upload-pack") || argument.find('\0') != std::string::npos) __builtin_trap();
    if (input_.empty()) return Error{.kind = ErrorKind::io, .what = "cannot run 'git': No such file or directory"};
    static constexpr std::array<int, 4> k_statuses{0, 0, 1, 128};
    os::ProcessResult result;
    result.exit_status = k_statuses[static_cast<unsigned char>(input_.front()) % k_statuses.size()];
    input_.remove_prefix(1);
    const std::string_view said = up_to('\x1e');
    const std::size_t end = said.find('\x1f');
    result.out = said.substr(0, end);
    if (end != std::string_view::npos) result.err = said.substr(end + 1);
    return result;
  }
  [[nodiscard]] std::string why_no_events() const override { return "not here"; }

 private:
  std::string_view up_to(char end) {
    const std::size_t at = input_.find(end);
    const std::string_view found = input_.substr(0, at);
    input_.remove_prefix(at == std::string_view::npos ? input_.size() : at + 1);
    return found;
  }

  std::string_view input_;
};

void demand(bool holds) {
  if (!holds) __builtin_trap();
}

template <class T>
void said(const Result<T>& result) {
  demand(result || !result.error().what.empty());
}

// The settings of a clone never name a program: each section of the copy is one of the allow list.
void check_settings(std::string_view input) {
  Answers git(input);
  const auto config = checkout::private_config(git, {"/nowhere", "/nowhere/.git", "/nowhere/.git"}, {}, std::nullopt);
  said(config);
  if (!config) return;
  for (const std::string_view line : text::lines(config->text)) {
    if (!line.starts_with('[')) continue;
    const std::string_view section = line.substr(1, line.find_first_of(" ]") - 1);
    demand(section == "core" || section == "http" || section == "remote" || section == "extensions" ||
           section == "lfs");
  }
  for (const auto& [key, value] : config->secret) demand(key.starts_with("http.") && key.ends_with(".extraheader"));
}

}  // namespace

// Whatever git prints, a question to it gives a value of its form, or an error with words.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto ask = [&](auto question) {
    Answers answers(input);
    question(checkout::Git(answers, "/proc", {}));  // where no clone lies
  };
  const auto is_hash = [](const std::string& hash) {
    return (hash.size() == 40 || hash.size() == 64) && hash.find_first_not_of("0123456789abcdefABCDEF") == hash.npos;
  };
  ask([&](const checkout::Git& git) {
    const Result<std::string> commit = git.resolve("main");
    said(commit);
    demand(!commit || is_hash(*commit));
  });
  ask([&](const checkout::Git& git) {
    const Result<std::string> base = git.merge_base("main", "topic");
    said(base);
    demand(!base || is_hash(*base));
  });
  ask([&](const checkout::Git& git) {
    const auto parents = git.parents("main");
    said(parents);
    if (parents)
      for (const std::string& parent : *parents) demand(is_hash(parent));
  });
  ask([&](const checkout::Git& git) {
    const Result<std::string> tree = git.tree("main");
    said(tree);
    demand(!tree || is_hash(*tree));
  });
  ask([](const checkout::Git& git) { said(git.is_repository()); });
  ask([](const checkout::Git& git) { said(git.branch()); });
  ask([](const checkout::Git& git) { said(git.has_changes()); });
  ask([](const checkout::Git& git) { said(git.has_file("main", "perfwarden.yml")); });
  ask([](const checkout::Git& git) { said(git.list("main", "templates")); });
  ask([](const checkout::Git& git) { said(git.tracks("perfwarden.yml")); });
  ask([](const checkout::Git& git) { said(git.show("main", "perfwarden.yml")); });
  ask([](const checkout::Git& git) { said(git.common_directory()); });
  check_settings(input);
  return 0;
}
