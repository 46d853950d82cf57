#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "dashboard/server/site.hpp"
#include "store/store.hpp"
#include "support/fakes.hpp"
#include "trend/alerts.hpp"
#include "trend/change_points.hpp"

// A history with something of everything, and a site that shows it.
namespace perfwarden::dashboard {

class SceneRepository final : public Repository {
 public:
  [[nodiscard]] Origins origins(const CommitRange& range) override {
    Origins out;
    out.suspects = {{range.first_changed, words}};
    out.commits = 12;
    out.owners = {"@acme/" + words};
    out.deploys = {words};
    out.rivals = {words};
    return out;
  }
  [[nodiscard]] std::string subject(const std::string& /*commit*/) override { return words; }
  std::string words = "Parser: fewer copies";
};

class Scene {
 public:
  // Each name is that of one benchmark; the first gets slower after 25 of 40 runs.
  explicit Scene(const std::vector<std::string>& names = {"parse/large", "parse/small", "load"}) {
    auto opened = store::open(address(), store::Access::write);
    if (!opened) {
      ADD_FAILURE() << opened.error().text();
      return;
    }
    store_ = std::move(*opened);
    for (std::size_t run = 0; run < 40; ++run) save_run(names, run);
    find_alert();
    EXPECT_TRUE(store_->add_deployments(std::vector<Deployment>{{time_of(20), "production", commit_of(20), names[0]}}));
    site.setting.branch = "main";
    site.setting.config_file = "perfwarden.yml";
    site.setting.budgets = {Budget{.glob = "**", .limits = {{"", limit()}}, .off = false, .where = {}}};
    site.setting.limit_of = [](const SeriesId&, const Metric&) { return std::optional(SeriesLimit{"**", limit()}); };
    site.setting.compare = [](const Samples&, const Samples&, std::span<const Samples>) {
      return std::vector<Comparison>();
    };
    site.setting.draw_profile = [](const ProfileSummary& one) { return Result<std::string>("<svg/>" + one.stacks); };
    site.setting.draw_change = [](const ProfileSummary& base, const ProfileSummary& head) {
      return Result<std::string>("<svg/>" + base.stacks + head.stacks);
    };
    site.setting.placement_of = [this](const std::string&) { return Result(placement); };
    site.setting.repository = &repository;
    site.setting.clock = &clock;
    site.setting.version = "1.2.3";
    site.setting.read_only = false;
    site.guard.hosts = {"localhost", "127.0.0.1"};
    site.guard.secret = "0123456789abcdef0123456789abcdef";
    site.guard.who = names[0];
    site.guard.read_only = false;
    site.open = [address = address()](store::Access access) { return store::open_at_once(address, access); };
  }

  [[nodiscard]] std::string address() const { return "sqlite:" + (directory_ / "history.db"); }
  [[nodiscard]] store::Store& store() { return *store_; }
  [[nodiscard]] static std::string commit_of(std::size_t run) { return fmt::format("{:040x}", 0xabc0000 + run); }
  [[nodiscard]] static std::string time_of(std::size_t run) {
    return os::rfc3339(1'699'000'000 + 3600 * static_cast<std::int64_t>(run));
  }
  [[nodiscard]] Response get(const std::string& target) {
    return respond(site, *store_, {.method = "GET", .target = target, .headers = {{"host", "localhost"}}});
  }
  [[nodiscard]] Response post(const std::string& target, const std::string& body) {
    return respond(site, *store_,
                   {.method = "POST",
                    .target = target,
                    .headers = {{"host", "localhost"},
                                {"content-type", "application/json"},
                                {"x-perfwarden-csrf", site.guard.csrf()}},
                    .body = body});
  }

  SceneRepository repository;
  std::optional<PlacementRanges> placement;
  support::FakeClock clock;
  Site site;

 private:
  static Limit limit() {
    Limit out;
    out.soft = Change{.value = 0.05, .relative = true, .base_unit = "", .original = "+5%"};
    return out;
  }

  void save_run(const std::vector<std::string>& names, std::size_t number) {
    store::RunRecord record;
    record.run.commit = commit_of(number);
    record.run.branch = "main";
    record.run.time = time_of(number);
    record.run.session = std::to_string(number);
    record.run.tool = names[0];
    record.run.machine.facts = {{"cpu", names[0]}, {"kernel", "6.1"}};
    seal(record.run.machine);
    record.conclusion = "fail";
    record.base_commit = number == 0 ? "" : commit_of(number - 1);
    record.head.run = record.run;
    record.head.warnings = {{"few-samples", names[0]}};
    for (std::size_t i = 0; i < names.size(); ++i) {
      Series& one = record.head.series.emplace_back();
      one.id = {"core", names[i], "wall_time"};
      one.metric = {"wall_time", "s", Better::lower, false, true};
      const double level = i == 0 && number >= 25 ? 0.0113 : 0.0100;
      for (int process = 0; process < 5; ++process)
        one.invocations.push_back({level * (1 + 0.004 * (random_.uniform() - 0.5))});
      Comparison& compared = record.comparisons.emplace_back();
      compared.id = one.id;
      compared.metric = one.metric;
      compared.ratio = i == 0 && number == 25 ? 1.13 : 1.001;
      compared.base.median = level;
      compared.head.median = level;
      compared.significance = i == 0 && number == 25 ? Significance::distinct : Significance::indistinct;
      compared.warnings = {{"few-samples", names[i]}};
    }
    Finding& finding = record.findings.emplace_back();
    finding.series = {"core", names[0], "wall_time"};
    finding.rule = "relative-change";
    finding.level = Level::soft;
    finding.reason = names[0];
    if (number % 5 == 0) record.profiles = {profile_of(names[0], number >= 25 ? 0.6 : 0.5)};
    EXPECT_TRUE(store_->save(record));
  }

  // Of every fifth run: the first benchmark's time is that of a function that has its name.
  static ProfileSummary profile_of(const std::string& name, double share) {
    ProfileSummary out;
    out.suite = "core";
    out.benchmark = name;
    out.type = {"cpu", "nanoseconds"};
    out.cost = out.samples = 100;
    out.functions = {{name, share, 1}, {"copy", 0.25, 0.25}};
    out.stacks = fmt::format("main;copy {}\n", 100 * share);
    return out;
  }

  void find_alert() {
    const auto history = store_->history({.series = {}, .branch = "main"});
    ASSERT_TRUE(history);
    for (const SeriesHistory& line : *history) {
      std::vector<double> values;
      for (const HistoryPoint& point : line.points) values.push_back(point.median);
      const auto alerts = trend::review(line, "main", trend::find_changes(values, {}, {}), {}, {.now = time_of(41)});
      EXPECT_TRUE(store_->save_alerts(alerts));
    }
  }

  support::TemporaryDirectory directory_;
  std::unique_ptr<store::Store> store_;
  SplitMix64 random_{7};
};

}  // namespace perfwarden::dashboard
