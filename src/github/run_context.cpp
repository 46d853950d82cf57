#include "github/run_context.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <utility>

#include "base/text.hpp"
#include "github/limits.hpp"
#include "json/parse.hpp"
#include "json/path.hpp"
#include "json/write.hpp"
#include "net/url.hpp"
#include "os/clock.hpp"
#include "os/files/files.hpp"

namespace perfwarden::github {
namespace {

using Json = nlohmann::json;

std::string dotted(std::initializer_list<std::string_view> path) {
  std::string out;
  for (const std::string_view part : path) out.append(out.empty() ? "" : ".").append(part);
  return out;
}

// The event's JSON with the name of the file, so that every error says where.
class Event {
 public:
  Event(Json value, std::string file) : value_(std::move(value)), file_(std::move(file)) {}

  [[nodiscard]] Error error(std::string what) const {
    return Error{.kind = ErrorKind::github,
                 .what = std::move(what),
                 .where = file_,
                 .hint = "GITHUB_EVENT_PATH must name the event's JSON as GitHub wrote it"};
  }
  [[nodiscard]] std::string text(std::initializer_list<std::string_view> path) const {
    return json::string_at(value_, path);
  }
  [[nodiscard]] std::int64_t integer(std::initializer_list<std::string_view> path) const {
    return json::integer_at(value_, path);
  }
  [[nodiscard]] Result<std::int64_t> positive(std::initializer_list<std::string_view> path) const {
    const std::int64_t number = json::integer_at(value_, path);
    if (number <= 0)
      return error(fmt::format("the event's field '{}' is missing or not a positive integer", dotted(path)));
    return number;
  }
  [[nodiscard]] Result<std::string> sha(std::initializer_list<std::string_view> path) const {
    const Json* found = json::at(value_, path);
    if (found == nullptr) return error(fmt::format("the event's field '{}' is missing", dotted(path)));
    std::string value = json::string_at(value_, path);
    if (!is_sha(value))
      return error(fmt::format("the event's field '{}' is not a commit (40 or 64 hex digits): {}", dotted(path),
                               text::truncate(text::one_line(json::dump(*found)), 60)));
    return value;
  }
  [[nodiscard]] const Json& value() const { return value_; }

 private:
  Json value_;
  std::string file_;
};

std::string without(std::string_view s, std::string_view prefix) {
  return std::string(s.starts_with(prefix) ? s.substr(prefix.size()) : s);
}

bool all_zeros(std::string_view sha) {
  return sha.find_first_not_of('0') == std::string_view::npos;
}

// Whether the head's repository is not ours, or is gone.
bool is_fork(const Event& event, std::string_view head_key, std::initializer_list<std::string_view> id_path,
             const RunContext& context) {
  const std::int64_t head_id = event.integer(id_path);
  if (head_id != 0 && context.repository_id != 0) return head_id != context.repository_id;
  return head_key.empty() || text::lower(head_key) != text::lower(context.repository);
}

// The moment of the event, as far as it says: then head_sha was the head. The time of the last push to the head's
// repository is never before the push of head_sha, so of both the later one is taken.
std::string head_since(const Event& event) {
  const std::string updated = event.text({"pull_request", "updated_at"});
  const std::string pushed = event.text({"pull_request", "head", "repo", "pushed_at"});
  if (!is_utc_second(updated)) return "";
  return is_utc_second(pushed) ? std::max(updated, pushed) : updated;
}

Status read_pull_request(const Event& event, RunContext& context) {
  context.of_pull_request = true;
  PW_TRY_ASSIGN(context.pull_request, event.positive({"pull_request", "number"}));
  PW_TRY_ASSIGN(context.head_sha, event.sha({"pull_request", "head", "sha"}));
  PW_TRY_ASSIGN(context.base_sha, event.sha({"pull_request", "base", "sha"}));
  context.base_ref = event.text({"pull_request", "base", "ref"});
  context.head_ref = event.text({"pull_request", "head", "ref"});
  context.head_repository = event.text({"pull_request", "head", "repo", "full_name"});
  context.from_fork = is_fork(event, context.head_repository, {"pull_request", "head", "repo", "id"}, context);
  context.head_since = head_since(event);
  if (context.action == "labeled") context.label_added = event.text({"label", "name"});
  return Nothing{};
}

Status read_push(const Event& event, RunContext& context) {
  PW_TRY_ASSIGN(context.base_sha, event.sha({"before"}));
  if (all_zeros(context.base_sha)) context.base_sha.clear();  // a branch that is new has nothing before it
  context.base_ref = context.default_branch;
  const std::string ref = event.text({"ref"});
  if (!ref.empty()) context.head_ref = without(without(ref, "refs/heads/"), "refs/tags/");
  return Nothing{};
}

// A merge queue's branch is called after the pull request that it tries: gh-readonly-queue/main/pr-123-<sha>. 0: it is
// called otherwise.
std::int64_t number_of_queued(std::string_view ref) {
  constexpr std::string_view k_queue = "gh-readonly-queue/", k_number = "pr-";
  const std::string_view last = ref.substr(ref.rfind('/') + 1);
  if (!ref.starts_with(k_queue) || !last.starts_with(k_number)) return 0;
  const auto parts = text::split(last.substr(k_number.size()), '-');
  const auto number = parts.size() == 2 && is_sha(parts[1]) ? text::to_integer(parts[0]) : std::nullopt;
  return number && *number > 0 ? *number : 0;
}

Status read_merge_group(const Event& event, RunContext& context) {
  PW_TRY_ASSIGN(context.head_sha, event.sha({"merge_group", "head_sha"}));
  PW_TRY_ASSIGN(context.base_sha, event.sha({"merge_group", "base_sha"}));
  context.base_ref = without(event.text({"merge_group", "base_ref"}), "refs/heads/");
  context.head_ref = without(event.text({"merge_group", "head_ref"}), "refs/heads/");
  context.pull_request = number_of_queued(context.head_ref);
  return Nothing{};
}

Status read_workflow_run(const Event& event, RunContext& context) {
  PW_TRY_ASSIGN(const std::string head, event.sha({"workflow_run", "head_sha"}));
  context.head_ref = event.text({"workflow_run", "head_branch"});
  context.head_repository = event.text({"workflow_run", "head_repository", "full_name"});
  context.from_fork = is_fork(event, context.head_repository, {"workflow_run", "head_repository", "id"}, context);
  // GITHUB_SHA is the default branch's tip, which the workflow itself comes from.
  context.base_sha = std::exchange(context.head_sha, head);
  context.base_ref = context.default_branch;
  context.of_pull_request = event.text({"workflow_run", "event"}).starts_with("pull_request");
  context.head_since = event.text({"workflow_run", "created_at"});  // not before the event of that run
  return Nothing{};
}

// A comment on an issue is about a pull request when the issue is one. Its head is not said: what is checked out
// counts.
Status read_issue_comment(const Event& event, RunContext& context) {
  if (json::at(event.value(), {"issue", "pull_request"}) == nullptr) return Nothing{};
  PW_TRY_ASSIGN(context.pull_request, event.positive({"issue", "number"}));
  context.of_pull_request = true;
  context.base_sha = std::exchange(context.head_sha, "");
  context.base_ref = context.default_branch;
  context.head_ref.clear();
  context.from_fork = true;  // for all that is known
  context.comment = event.integer({"comment", "id"});
  return Nothing{};
}

Status read_event(const Event& event, RunContext& context) {
  if (!event.value().is_object()) return event.error("the event is not a JSON object");
  if (const std::int64_t id = event.integer({"repository", "id"}); id > 0) context.repository_id = id;
  context.default_branch = event.text({"repository", "default_branch"});
  context.action = event.text({"action"});
  if (context.event.starts_with("pull_request")) return read_pull_request(event, context);
  if (context.event == "push") return read_push(event, context);
  if (context.event == "merge_group") return read_merge_group(event, context);
  if (context.event == "workflow_run") return read_workflow_run(event, context);
  if (context.event == "issue_comment") return read_issue_comment(event, context);
  return Nothing{};  // schedule, workflow_dispatch and the rest say all in the variables
}

Result<std::string> address(const os::Environment& environment, const std::string& name, const std::string& otherwise) {
  std::string value = environment.get(name).value_or(otherwise);
  while (value.ends_with('/')) value.pop_back();
  if (const auto url = net::parse_url(value); !url)
    return Error{.kind = ErrorKind::github, .what = fmt::format("{} is {}", name, url.error().what)};
  return value;
}

bool is_repository(std::string_view s) {
  const auto parts = text::split(s, '/');
  return parts.size() == 2 && std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
           return !part.empty() && part != "." && part != ".." &&
                  part.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") ==
                      std::string_view::npos;
         });
}

// The values of a matrix, as toJSON(matrix) writes it, in the order of their names.
std::string values_of_matrix(const std::string& matrix) {
  const auto value = json::parse(matrix);
  if (!value || !value->is_object()) return "";
  std::vector<std::string> values;
  values.reserve(value->size());
  for (const Json& one : *value) values.push_back(one.is_string() ? one.get<std::string>() : json::dump(one));
  return text::join(values, ", ");
}

std::string leg_of(const os::Environment& environment) {
  constexpr std::size_t k_longest = 100;
  const auto input = [&](const std::string& name) {
    return environment.get("PERFWARDEN_" + name).value_or(environment.get("INPUT_" + name).value_or(""));
  };
  const std::string name = input("NAME");
  return text::truncate(text::one_line(text::trim(name.empty() ? values_of_matrix(input("MATRIX")) : name)), k_longest);
}

// "acme/widgets/.github/workflows/perf.yml@refs/heads/main" → ".github/workflows/perf.yml"; empty for anything else,
// such as a workflow of another repository.
std::string file_of_workflow(std::string_view reference, const std::string& repository) {
  const std::string prefix = repository + "/";
  if (repository.empty() || !reference.starts_with(prefix)) return "";
  reference.remove_prefix(prefix.size());
  return std::string(reference.substr(0, reference.find('@')));
}

Result<RunContext> from_variables(const os::Environment& environment) {
  const auto get = [&](const std::string& name) { return environment.get(name).value_or(""); };
  RunContext context;
  context.in_github = true;
  context.event = get("GITHUB_EVENT_NAME");
  context.repository = get("GITHUB_REPOSITORY");
  if (!context.repository.empty() && !is_repository(context.repository))
    return Error{.kind = ErrorKind::github, .what = "GITHUB_REPOSITORY is not of the form owner/name"};
  context.repository_id = text::to_integer(get("GITHUB_REPOSITORY_ID")).value_or(0);
  context.head_sha = get("GITHUB_SHA");
  if (!context.head_sha.empty() && !is_sha(context.head_sha))
    return Error{.kind = ErrorKind::github, .what = "GITHUB_SHA is not a commit (40 or 64 hex digits)"};
  context.base_ref = get("GITHUB_BASE_REF");
  context.head_ref = environment.get("GITHUB_HEAD_REF").value_or(get("GITHUB_REF_NAME"));
  context.actor = get("GITHUB_ACTOR");
  context.run_id = get("GITHUB_RUN_ID");
  context.run_attempt = get("GITHUB_RUN_ATTEMPT");
  context.workflow = get("GITHUB_WORKFLOW");
  context.job = get("GITHUB_JOB");
  context.leg = leg_of(environment);
  context.workflow_file = file_of_workflow(get("GITHUB_WORKFLOW_REF"), context.repository);
  PW_TRY_ASSIGN(context.server_url, address(environment, "GITHUB_SERVER_URL", "https://github.com"));
  PW_TRY_ASSIGN(context.api_url, address(environment, "GITHUB_API_URL", "https://api.github.com"));
  context.workspace = get("GITHUB_WORKSPACE");
  context.output_file = get("GITHUB_OUTPUT");
  context.summary_file = get("GITHUB_STEP_SUMMARY");
  return context;
}

bool in_github(const os::Environment& environment) {
  return environment.get("GITHUB_ACTIONS") == "true";
}

}  // namespace

bool is_sha(std::string_view s) {
  return (s.size() == 40 || s.size() == 64) && s.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_utc_second(std::string_view s) {
  return os::read_rfc3339(s).has_value();
}

std::string token(const os::Environment& environment) {
  for (const char* name : {"PERFWARDEN_TOKEN", "INPUT_TOKEN", "GITHUB_TOKEN", "GH_TOKEN"})
    if (const auto value = environment.get(name)) return std::string(text::trim(*value));
  return "";
}

Result<RunContext> run_context(const os::Environment& environment, std::string_view event_json,
                               const std::string& event_file) {
  if (!in_github(environment)) return RunContext{};
  PW_TRY_ASSIGN(RunContext context, from_variables(environment));
  auto value = json::parse(event_json);
  const bool broken = !value;
  const Event event(broken ? Json() : std::move(*value), event_file);
  if (broken) return event.error("the event is not well-formed JSON");
  PW_TRY(read_event(event, context));
  return context;
}

Result<RunContext> run_context(const os::Environment& environment) {
  if (!in_github(environment)) return RunContext{};
  const auto path = environment.get("GITHUB_EVENT_PATH");
  if (!path) {
    PW_TRY_ASSIGN(RunContext context, from_variables(environment));
    if (context.event.starts_with("pull_request") || context.event == "workflow_run")
      return Error{.kind = ErrorKind::github,
                   .what = "GITHUB_EVENT_PATH is not set, so the pull request is unknown",
                   .hint = "pass GITHUB_EVENT_PATH and its file into the container"};
    return context;
  }
  auto text = os::read_file(*path, k_max_event_bytes);
  if (!text) {
    Error error = std::move(text).error();
    error.kind = ErrorKind::github;
    if (error.hint.empty()) error.hint = "GITHUB_EVENT_PATH must name the event's JSON";
    return error;
  }
  return run_context(environment, *text, *path);
}

}  // namespace perfwarden::github
