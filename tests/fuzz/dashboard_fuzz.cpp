#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.hpp"
#include "dashboard/server/site.hpp"
#include "store/store.hpp"

namespace {

using namespace perfwarden;
using dashboard::Request, dashboard::Response, dashboard::Site;

class Subjects final : public dashboard::Repository {
 public:
  [[nodiscard]] dashboard::Origins origins(const CommitRange& range) override {
    dashboard::Origins out;
    out.suspects = {{range.first_changed, "<b>\"&'"}};
    out.commits = 3;
    out.owners = {"@acme/<perf>"};
    return out;
  }
  [[nodiscard]] std::string subject(const std::string& /*commit*/) override { return "<script>x</script>"; }
};

class StandingClock final : public os::Clock {
 public:
  [[nodiscard]] std::int64_t unix_s() const override { return 1'700'100'000; }
  [[nodiscard]] double monotonic_s() const override { return 0; }
  void sleep_s(double /*seconds*/) override {}
};

std::string commit_of(std::size_t run) {
  return fmt::format("{:040x}", 0xabc0000 + run);
}

store::RunRecord run_of(std::size_t number) {
  store::RunRecord record;
  record.run.commit = commit_of(number);
  record.run.branch = "main";
  record.run.time = os::rfc3339(1'700'000'000 + 3600 * static_cast<std::int64_t>(number));
  record.run.session = std::to_string(number);
  record.run.machine.facts = {{"cpu", "<i>"}};
  seal(record.run.machine);
  record.conclusion = "fail";
  record.base_commit = number == 0 ? "" : commit_of(number - 1);
  record.head.run = record.run;
  for (const char* name : {"parse/<large>", "load"}) {
    Series& one = record.head.series.emplace_back();
    one.id = {"core", name, "wall_time"};
    one.metric = {"wall_time", "s", Better::lower, false, true};
    one.invocations = {{number < 4 ? 0.010 : 0.012}, {number < 4 ? 0.0101 : 0.0121}};
    Comparison& compared = record.comparisons.emplace_back();
    compared.id = one.id;
    compared.ratio = number == 4 ? 1.2 : 1;
    compared.significance = number == 4 ? Significance::distinct : Significance::indistinct;
  }
  return record;
}

Alert alert_of(const store::RunRecord& before, const store::RunRecord& after) {
  Alert out;
  out.fingerprint = "0123456789abcdef";
  out.series = after.head.series.front().id;
  out.branch = "main";
  out.machine = after.run.machine.fingerprint;
  out.unit = "s";
  out.shape = "step";
  out.direction = Direction::regression;
  out.detected_at = after.run.time;
  out.last_before = before.run.commit;
  out.first_changed = after.run.commit;
  out.before = 0.010;
  out.after = 0.012;
  AlertEvent& found = out.events.emplace_back();
  found.version = 1;
  found.time = after.run.time;
  found.who = "perfwarden";
  return out;
}

// A site with a history of eight runs, for as long as the process lives.
struct Place {
  Place() {
    std::string name = (std::filesystem::temp_directory_path() / "dashboard_fuzz_XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) __builtin_trap();
    folder = name;
    const std::string address = "sqlite:" + name + "/history.db";
    auto opened = store::open(address, store::Access::write);
    if (!opened) __builtin_trap();
    store = std::move(*opened);
    for (std::size_t run = 0; run < 8; ++run)
      if (!store->save(run_of(run))) __builtin_trap();
    const std::array alerts{alert_of(run_of(3), run_of(4))};
    if (!store->save_alerts(alerts)) __builtin_trap();
    site.setting.branch = "main";
    site.setting.limit_of = [](const SeriesId&, const Metric&) {
      Limit limit;
      limit.soft = Change{.value = 0.05, .relative = true, .base_unit = "", .original = "+5%"};
      return std::optional(dashboard::SeriesLimit{"**", limit});
    };
    site.setting.compare = [](const Samples&, const Samples&, std::span<const Samples>) {
      return std::vector<Comparison>();
    };
    site.setting.repository = &subjects;
    site.setting.clock = &clock;
    site.setting.read_only = false;
    site.guard.hosts = {"localhost"};
    site.guard.secret = "0123456789abcdef0123456789abcdef";
    site.guard.read_only = false;
    site.open = [address](store::Access access) { return store::open_at_once(address, access); };
  }
  ~Place() {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }
  Place(const Place&) = delete;
  Place(Place&&) = delete;
  Place& operator=(const Place&) = delete;
  Place& operator=(Place&&) = delete;
  std::string folder;
  std::unique_ptr<store::Store> store;
  Subjects subjects;
  StandingClock clock;
  Site site;
};

// "GET /alerts?q=x", then headers, an empty line and the body. CSRF stands for the secret that pages know.
Request read_request(std::string_view text, const std::string& csrf) {
  Request out;
  const auto line = [&text] {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view found = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return found;
  };
  const std::string_view first = line();
  const std::size_t blank = std::min(first.find(' '), first.size());
  out.method = first.substr(0, blank);
  out.target = first.substr(std::min(blank + 1, first.size()));
  for (std::string_view header = line(); !header.empty(); header = line()) {
    const std::size_t colon = std::min(header.find(':'), header.size());
    const std::string_view value = text::trim(header.substr(std::min(colon + 1, header.size())));
    out.headers.emplace_back(text::lower(header.substr(0, colon)), value == "CSRF" ? csrf : std::string(value));
  }
  out.body = text;
  return out;
}

bool is_one_of_ours(int status) {
  static constexpr std::array k_statuses{200, 303, 304, 400, 401, 403, 404, 405, 409, 415, 421};
  return std::find(k_statuses.begin(), k_statuses.end(), status) != k_statuses.end();
}

}  // namespace

// Every request gets an answer of ours with its safety headers: JSON that is JSON, pages without anybody's markup, and
// nothing for a host that is not ours.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Place k_place;
  const Request request =
      read_request(std::string_view(reinterpret_cast<const char*>(data), size), k_place.site.guard.csrf());
  const Response response = dashboard::respond(k_place.site, *k_place.store, request);
  if (!is_one_of_ours(response.status)) __builtin_trap();
  if (std::none_of(response.headers.begin(), response.headers.end(),
                   [](const auto& header) { return header.first == "Content-Security-Policy"; }))
    __builtin_trap();
  if (response.type == "application/json" && !response.body.empty() && !nlohmann::json::accept(response.body))
    __builtin_trap();
  if (response.type.starts_with("text/html"))
    for (const char* markup : {"<script>x", "<large>", "<perf>", "<i>"})
      if (response.body.find(markup) != std::string::npos) __builtin_trap();
  const bool is_open = request.target.starts_with("/healthz") || request.target.starts_with("/assets/");
  if (response.status == 200 && !is_open && !dashboard::is_our_host(k_place.site.guard, request.header("host")))
    __builtin_trap();
  return 0;
}
