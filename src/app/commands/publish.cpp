#include <fmt/format.h>
#include <memory>

#include "app/cli/command.hpp"
#include "app/cli/config_options.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/files.hpp"
#include "app/cli/messages.hpp"
#include "app/cli/verb.hpp"
#include "app/cli/version.hpp"
#include "app/pipe/judged_again.hpp"
#include "app/pipe/publication.hpp"
#include "app/pipe/report.hpp"
#include "app/pipe/trusted_config.hpp"
#include "base/text.hpp"
#include "github/api.hpp"
#include "github/run_context.hpp"
#include "net/redact.hpp"
#include "publish/access.hpp"
#include "publish/check_life.hpp"
#include "publish/notifier.hpp"

namespace perfwarden::app {
namespace {

constexpr std::size_t k_comment_characters = 65'000;  // asks for the comment's form

struct PublishOptions {
  ConfigOptions config;
  std::string file;
  bool dry_run = false, begin = false, cancelled = false;
};

// What this workflow publishes is the artifact of another one, which ran a pull request's code.
bool after_another_run(const RunContext& context) {
  return context.event == "workflow_run";
}

// A report from the artifact of a run that we do not trust must be about what the event says.
Status check_claims(const Report& report, const RunContext& context, const std::string& file) {
  const RunContext& claimed = report.context;
  const bool other_number =
      claimed.pull_request != 0 && context.is_pull_request() && claimed.pull_request != context.pull_request;
  const bool other_commit = !claimed.head_sha.empty() && claimed.head_sha != context.head_sha;
  if (!other_number && !other_commit) return Nothing{};
  return Error{
      .kind = ErrorKind::github,
      .what = fmt::format("the report is about pull request {} at commit {}, but this workflow is about {} at {}",
                          claimed.pull_request, text::one_line(claimed.head_sha.substr(0, 10)), context.pull_request,
                          context.head_sha.substr(0, 10)),
      .where = file,
      .hint = "publish the report of the run that triggered this workflow (`run-id:` of download-artifact)"};
}

// Which pull request this is about comes from GitHub, never from the file: a pull request wrote that.
Status find_pull_request(World& world, RunContext& context) {
  const std::string token = github::token(world.environment);
  if (!after_another_run(context) || token.empty()) return Nothing{};
  github::Api api(world.http, world.clock,
                  {context.api_url, context.repository, token, "perfwarden/" + std::string(version())});
  PW_TRY_ASSIGN(context.pull_request, github::resolve_pull_request(api, context));
  if (!context.is_pull_request())
    note(world, "no open pull request has commit " + context.head_sha.substr(0, 10) + " as its head");
  return Nothing{};
}

// A workflow that only publishes may have no checkout and so no config: then the defaults apply.
Result<TrustedConfig> config_or_defaults(World& world, const RunContext& context, const ConfigOptions& options) {
  PW_TRY_ASSIGN(std::optional<TrustedConfig> found, trusted_config_if_any(world, context, options));
  return found ? *std::move(found) : TrustedConfig{};
}

std::string folder_of(const std::string& file) {
  const std::size_t slash = file.rfind('/');
  return slash == std::string::npos ? "." : file.substr(0, slash);
}

// Shows what would be sent, instead of sending it; answers are those of a service that has nothing of ours yet.
class DryClient final : public net::HttpClient {
 public:
  explicit DryClient(World& world) : world_(world) {}
  Result<net::HttpResponse> send(const net::HttpRequest& request) override {
    show(fmt::format("{} {}", request.method, request.url), request.body);
    const bool is_list = request.url.find("/notes?") != std::string::npos;  // GitLab's
    return net::HttpResponse{200, {}, is_list ? "[]" : R"({"id": 1, "issues": []})"};
  }
  Result<long> mail(const net::Mail& mail) override {
    show(fmt::format("MAIL {}", mail.server), mail.text);
    return 250L;
  }

 private:
  void show(const std::string& where, const std::string& what) {
    world_.console.out(
        fmt::format("\n{}\n{}\n", net::redact(text::one_line(where)), text::printable(net::redact(what))));
  }
  World& world_;
};

// GitHub's notifiers need its answers, so of them only the comment is shown.
Status show(World& world, const Report& report, const Config& config, const report::Templates& templates) {
  DryClient dry(world);
  publish::Post post{report, templates, "", world.environment, dry, world.clock, world.console};
  post.of_branch = true;
  PW_TRY_ASSIGN(const std::string text, post.text("markdown", k_comment_characters));
  world.console.out(text);
  for (const publish::Notifier* notifier : publish::notifiers()) {
    if (!notifier->needs.starts_with("PERFWARDEN_")) {
      note(world, fmt::format("would send {}: {}", notifier->name, notifier->summary));
      continue;
    }
    const publish::Delivery delivery = publish::publish_all(post, config.publish, std::span(&notifier, 1)).front();
    if (delivery.note.empty()) continue;
    note(world,
         fmt::format("{} {}: {}", delivery.state == publish::Delivery::State::sent ? "would send" : "would not send",
                     notifier->name, delivery.note));
  }
  return Nothing{};
}

// Before there is a report, or where there will be none: only the check of the commit is told.
Result<ExitCode> tell_check(World& world, const PublishOptions& options) {
  Report report;
  PW_TRY_ASSIGN(report.context, github::run_context(world.environment));
  PW_TRY_ASSIGN(const TrustedConfig trusted, config_or_defaults(world, report.context, options.config));
  report.tool_version = version();
  const report::Templates templates;
  publish::Post post{report, templates, "", world.environment, world.http, world.clock, world.console};
  publish::open_session(post);
  const CheckRunConfig& config = trusted.loaded.config.publish.check;
  const Result<publish::Delivery> delivery =
      options.begin ? publish::begin_check(post, config) : publish::abandon_check(post, config);
  if (!delivery) {
    warn(world, delivery.error().text());
    return trusted.loaded.config.publish.failure == OnFailure::fail ? k_not_published : k_pass;
  }
  note(world, "check: " + delivery->note);
  return k_pass;
}

Result<ExitCode> publish_again(World& world, const PublishOptions& options) {
  PW_TRY_ASSIGN(const std::string text, read_input(options.file));
  PW_TRY_ASSIGN(Report report, report::read_json(text, options.file));
  PW_TRY_ASSIGN(RunContext context, github::run_context(world.environment));
  PW_TRY_ASSIGN(const TrustedConfig trusted, config_or_defaults(world, context, options.config));
  const Config& config = trusted.loaded.config;
  PW_TRY_ASSIGN(const report::Templates templates,
                load_templates(TrustedFiles(world, trusted.base_sha), config.report.templates));
  if (options.dry_run) {
    PW_TRY(show(world, report, config, templates));
    return k_pass;
  }
  if (!context.in_github && !world.environment.get("CI_MERGE_REQUEST_IID"))
    return Error{
        .kind = ErrorKind::usage,
        .what = "this is neither GitHub Actions nor a merge request of GitLab, so there is nowhere to publish to",
        .hint = "`--dry-run` shows the comment; `perfwarden report` renders the other forms"};
  PW_TRY(find_pull_request(world, context));
  if (after_another_run(context) || context.is_pull_request()) PW_TRY(check_claims(report, context, options.file));
  if (after_another_run(context)) {
    PW_TRY_ASSIGN(report, judge_again(world, context, trusted, report, folder_of(options.file)));
  }
  report.context = std::move(context);
  const bool sent = publish(world, report, config, templates, folder_of(options.file));
  return sent ? k_pass : k_not_published;
}

Run declare_publish(Verb& verb) {
  auto options = std::make_shared<PublishOptions>();
  add_config_options(verb, options->config);
  verb.add_option("report", options->file, "A report.json");
  verb.add_flag("--begin", options->begin, "Before measuring: the check of the commit (`publish.check`) is under way");
  verb.add_flag("--cancelled", options->cancelled, "Without a report: that check has ended");
  verb.add_flag("--dry-run", options->dry_run, "Print the comment and what would be sent, without sending it");
  return [options](World& world) -> Result<ExitCode> {
    if (options->begin || options->cancelled) return tell_check(world, *options);
    if (options->file.empty()) return wrong_usage("there is no report to send", "name a report.json");
    return publish_again(world, *options);
  };
}

}  // namespace

extern const Command k_command_publish{
    "publish",
    "Send a report.json: to GitHub (comment, label, annotations, summary, outputs), GitLab (note), and to what "
    "`publish:` names",
    declare_publish,
    "  perfwarden publish reports/SHA/report.json\n"
    "  perfwarden publish reports/SHA/report.json --dry-run   print the comment, send nothing\n"
    "  perfwarden publish --begin                             before measuring: the commit's check is under way",
    {k_not_published}};

}  // namespace perfwarden::app
