#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/cli/command.hpp"
#include "app/cli/config_options.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/messages.hpp"
#include "app/cli/verb.hpp"
#include "app/dashboard/flames.hpp"
#include "app/dashboard/repository.hpp"
#include "app/history/open.hpp"
#include "app/history/person.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "baseline/placement.hpp"
#include "compare/compare.hpp"
#include "compare/past.hpp"
#include "dashboard/export.hpp"
#include "dashboard/server/server.hpp"
#include "gates/demand.hpp"
#include "gates/judge.hpp"
#include "os/files/files.hpp"
#include "os/random.hpp"

namespace perfwarden::app {
namespace {

constexpr std::size_t k_most_port = 65'535;
constexpr std::size_t k_least_token = 16;  // characters

struct DashboardVerb {
  ConfigOptions config;
  bool serve = false, read_only = false;
  std::string export_to;
  std::string host = "127.0.0.1", authentication = "none", token_env, token_file, user_header = "X-Forwarded-User";
  std::size_t port = 8080, threads = 4;
  std::size_t most_series = 500, points = 60;
  std::vector<std::string> allowed_hosts, proxies;
};

Result<std::string> token_in(World& world, const DashboardVerb& options) {
  std::string token;
  if (!options.token_env.empty()) token = world.environment.get(options.token_env).value_or("");
  if (!options.token_file.empty()) {
    PW_TRY_ASSIGN(token, os::read_file(options.token_file, 4096));
  }
  token = text::trim(token);
  if (token.size() >= k_least_token) return token;
  return wrong_usage(token.empty() ? "--auth token needs a token"
                                   : fmt::format("the token is shorter than {} characters", k_least_token),
                     "put one into a variable and name it: --token-env PERFWARDEN_DASHBOARD_TOKEN, or a file: "
                     "--token-file FILE; `openssl rand -hex 32` makes one");
}

Result<dashboard::Guard> guard_of(World& world, const DashboardVerb& options) {
  dashboard::Guard guard;
  guard.secret = hex16(os::random_bits()) + hex16(os::random_bits());
  guard.read_only = options.read_only;
  guard.who = person(world);
  guard.user_header = text::lower(options.user_header);
  guard.hosts = {"localhost", "127.0.0.1", "[::1]"};
  for (const std::string& host : options.allowed_hosts) guard.hosts.push_back(text::lower(host));
  if (options.host != "0.0.0.0" && options.host != "::")
    guard.hosts.push_back(options.host.find(':') == std::string::npos ? options.host : "[" + options.host + "]");
  if (options.authentication == "token") {
    guard.by = dashboard::Authentication::token;
    PW_TRY_ASSIGN(guard.token, token_in(world, options));
  } else if (options.authentication == "proxy") {
    guard.by = dashboard::Authentication::proxy;
    if (options.proxies.empty())
      return wrong_usage("--auth proxy needs the proxy's address", "--trusted-proxy 10.1.2.3, or a network of proxies");
  } else if (!dashboard::is_loopback(options.host)) {
    return wrong_usage("whoever reaches this machine could read everything, and change alerts",
                       "add --auth token or --auth proxy, or listen at 127.0.0.1");
  }
  return guard;
}

dashboard::Setting setting_of(World& world, const DashboardVerb& options, const std::shared_ptr<const Config>& config,
                              dashboard::Repository& repository) {
  dashboard::Setting out;
  out.branch = config->baseline.branch;
  out.config_file = config_file(world, options.config).value_or("");
  out.budgets = config->budgets;
  out.limit_of = [config](const SeriesId& id, const Metric& metric) -> std::optional<dashboard::SeriesLimit> {
    const Budget* budget = gates::budget_for(id, metric, *config);
    if (budget == nullptr || budget->off) return std::nullopt;
    const std::optional<Limit> limit = gates::limit_for(*budget, metric);
    if (!limit) return std::nullopt;
    return dashboard::SeriesLimit{budget->glob, *limit};
  };
  out.compare = [config](const Samples& base, const Samples& head, std::span<const Samples> earlier) {
    return compare::all(base, head, config->statistics, compare::past_of(earlier), gates::demands_of(*config));
  };
  out.draw_profile = draw_kept_profile;
  out.draw_change = draw_kept_change;
  out.placement_of = [config](const std::string& fingerprint) {
    return baseline::read_placement(config->baseline.directory, fingerprint);
  };
  out.repository = &repository;
  out.clock = &world.clock;
  out.version = PW_VERSION;
  return out;
}

Result<ExitCode> serve_dashboard(World& world, const DashboardVerb& options, const std::string& history,
                                 dashboard::Setting setting) {
  PW_TRY_ASSIGN(dashboard::Guard guard, guard_of(world, options));
  // An older history is migrated once; who may only read would hold a migrated copy of it in each thread.
  if (!guard.read_only) PW_TRY(store::open_at_once(history, store::Access::write, patience(world)));
  dashboard::Site site{.setting = std::move(setting),
                       .guard = std::move(guard),
                       .open = [history](store::Access access) { return store::open_at_once(history, access); }};
  dashboard::ServerOptions server;
  server.host = options.host;
  server.port = static_cast<std::uint16_t>(options.port);
  server.proxies = options.proxies;
  server.threads = options.threads;
  PW_TRY(dashboard::serve(site, server, [&](std::uint16_t port) {
    const std::string host = options.host.find(':') == std::string::npos ? options.host : "[" + options.host + "]";
    world.console.out(fmt::format("http://{}:{}/\n", host, port));
    if (site.guard.read_only) note(world, "alerts can be looked at, but not changed");
  }));
  return k_pass;
}

Result<ExitCode> export_dashboard(World& world, const DashboardVerb& options, const std::string& history,
                                  const dashboard::Setting& setting) {
  PW_TRY_ASSIGN(const std::unique_ptr<store::Store> store, store::open(history, store::Access::read, patience(world)));
  dashboard::Memory memory;
  const dashboard::Desk desk{*store, setting, memory};
  PW_TRY_ASSIGN(const dashboard::Exported done,
                dashboard::export_pages(desk, {.most_series = options.most_series, .points = options.points},
                                        [&](const std::string& name, const std::string& text) {
                                          return os::write_file(options.export_to + "/" + name, text);
                                        }));
  world.console.out(fmt::format("{}/index.html\n", text::one_line(options.export_to)));
  if (done.series < done.all_series)
    note(world, fmt::format("{} of {} series have a page; --series-limit raises that", done.series, done.all_series));
  return k_pass;
}

Result<ExitCode> show_dashboard(World& world, const DashboardVerb& options) {
  if (options.serve == !options.export_to.empty())
    return wrong_usage("dashboard needs one of --serve and --export",
                       "perfwarden dashboard --serve, or perfwarden dashboard --export public");
  PW_TRY_ASSIGN(Config config, config_if_any(world, options.config));
  bool kept = false;
  if (!config.history.empty()) {
    PW_TRY_ASSIGN(kept, store::exists(config.history));
  }
  if (!kept) return no_history(config);
  const std::string history = config.history;
  GitRepository repository(world, history, config.baseline.branch);
  dashboard::Setting setting =
      setting_of(world, options, std::make_shared<const Config>(std::move(config)), repository);
  setting.read_only = options.read_only || !options.serve;
  return options.serve ? serve_dashboard(world, options, history, std::move(setting))
                       : export_dashboard(world, options, history, setting);
}

Run declare_dashboard(Verb& verb) {
  auto options = std::make_shared<DashboardVerb>();
  verb.add_flag("--serve", options->serve, "Serve the pages until a signal comes");
  verb.add_option("--export", options->export_to,
                  "Write the pages as files into this folder, for GitHub Pages or to open");
  verb.add_option("--port", options->port, "Port; 0 takes a free one").within(0, k_most_port).show_default();
  verb.add_option("--host", options->host, "Address to listen at; other than this machine's own only with --auth")
      .show_default();
  verb.add_option("--allow-host", options->allowed_hosts, "Another name that the server answers to (may be repeated)");
  verb.add_flag("--read-only", options->read_only, "Alerts cannot be changed");
  verb.add_option("--auth", options->authentication, "none; token; proxy: a proxy says who asks")
      .one_of({"none", "token", "proxy"})
      .show_default();
  verb.add_option("--token-env", options->token_env, "Variable that holds the token");
  verb.add_option("--token-file", options->token_file, "File that holds the token");
  verb.add_option("--trusted-proxy", options->proxies, "Address or network of the proxy (may be repeated)");
  verb.add_option("--user-header", options->user_header, "Header in which the proxy says who asks").show_default();
  verb.add_option("--threads", options->threads, "Requests that are answered at once").within(1, 64).show_default();
  verb.add_option("--series-limit", options->most_series, "Series that an export has pages of, at most")
      .within(1, 100'000)
      .show_default();
  verb.add_option("--points", options->points, "Points of each chart of an export, at most")
      .within(10, 20'000)
      .show_default();
  add_config_file(verb, options->config);
  return [options](World& world) { return show_dashboard(world, *options); };
}

}  // namespace

extern const Command k_command_dashboard{"dashboard",
                                         "The history as pages: look, compare, triage alerts",
                                         declare_dashboard,
                                         "  perfwarden dashboard --serve --port 8080        http://127.0.0.1:8080/\n"
                                         "  perfwarden dashboard --export public            files, for GitHub Pages",
                                         {k_not_measured}};

}  // namespace perfwarden::app
