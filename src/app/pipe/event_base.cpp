#include "app/pipe/event_base.hpp"

#include <string_view>
#include <vector>

#include "model/config.hpp"

namespace perfwarden::app {
namespace {

// nullopt when HEAD is not GitHub's merge of the event's head, or when the parent is not to be had. The head itself
// never passes for it: no commit is its own parent.
std::optional<EventBase> parent_of_merge(const checkout::Git& git, const RunContext& context) {
  const Result<std::vector<std::string>> parents = git.parents("HEAD");
  if (!parents || parents->size() != 2 || context.head_sha.empty() || parents->back() != context.head_sha)
    return std::nullopt;
  if (!git.ensure(parents->front())) return std::nullopt;
  return EventBase{parents->front(), true};
}

std::optional<EventBase> where_it_left(const checkout::Git& git, const std::string& branch) {
  if (branch.empty()) return std::nullopt;
  for (const std::string& name : {"origin/" + branch, branch})
    if (Result<std::string> found = git.merge_base(name, "HEAD")) return EventBase{*std::move(found), false};
  return std::nullopt;
}

}  // namespace

Result<std::optional<EventBase>> base_of_event(const checkout::Git& git, const RunContext& context) {
  const bool is_push = context.event == "push";
  if (!context.in_github || (context.base_sha.empty() && !is_push)) return std::optional<EventBase>();
  PW_TRY_ASSIGN(const bool here, git.is_repository());
  if (!here)
    return Error{.kind = ErrorKind::config,
                 .what = "this folder is not in a git repository, so what the base commit says cannot be read",
                 .hint = "check the repository out first (actions/checkout)"};
  if (context.of_pull_request)
    if (std::optional<EventBase> parent = parent_of_merge(git, context)) return parent;
  if (context.base_sha.empty()) return where_it_left(git, context.default_branch);
  Status found = git.ensure(context.base_sha);
  if (found) return std::optional<EventBase>({context.base_sha, context.event == "merge_group"});
  if (is_push && found.error().kind == ErrorKind::usage) return where_it_left(git, context.default_branch);
  Error error = std::move(found).error();
  if (error.kind == ErrorKind::usage) {
    error.kind = ErrorKind::config;
    error.what = "the base commit " + context.base_sha.substr(0, 10) +
                 " is not in this clone, so what it says about budgets cannot be read";
  }
  return error;
}

std::string usual_branch(const checkout::Git& git, const RunContext& context) {
  if (!context.default_branch.empty()) return context.default_branch;
  const auto is_there = [&git](const std::string& branch) {
    return git.resolve("origin/" + branch).has_value() || git.resolve(branch).has_value();
  };
  std::string main = BaselineConfig{}.branch;
  if (is_there(main)) return main;
  constexpr std::string_view k_remote = "origin/";
  if (const Result<std::string> head = git.run({"symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD"}))
    if (head->starts_with(k_remote)) return head->substr(k_remote.size());
  return is_there("master") ? "master" : main;
}

}  // namespace perfwarden::app
