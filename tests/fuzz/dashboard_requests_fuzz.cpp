#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "dashboard/server/site.hpp"
#include "os/files/files.hpp"

namespace {

using namespace perfwarden;
using dashboard::Request;
using dashboard::Response;

void demand(bool holds) {
  if (!holds) __builtin_trap();
}

class StillClock final : public os::Clock {
 public:
  [[nodiscard]] double monotonic_s() const override { return 0; }
  [[nodiscard]] std::int64_t unix_s() const override { return 1'800'000'000; }
  void sleep_s(double /*seconds*/) override {}
};

class NoRepository final : public dashboard::Repository {
 public:
  [[nodiscard]] dashboard::Origins origins(const CommitRange& /*range*/) override { return {}; }
  [[nodiscard]] std::string subject(const std::string& /*commit*/) override { return ""; }
};

// A site over a history of one run, for those who have its token.
class Shown {
 public:
  Shown() {
    demand(folder_.has_value());
    const std::string address = "sqlite:" + *folder_ + "/history.db";
    auto opened = store::open(address, store::Access::write);
    demand(opened.has_value());
    store_ = std::move(*opened);
    store::RunRecord record;
    record.run.commit = std::string(40, 'a');
    record.run.branch = "main";
    record.run.time = "2026-11-21T10:00:00Z";
    Series& series = record.head.series.emplace_back();
    series.id = {"core", "parse/large", "wall_time"};
    series.metric = {"wall_time", "s", Better::lower, false, true};
    series.invocations = {{0.1, 0.2}, {0.3}};
    record.head.run = record.run;
    demand(store_->save(record).has_value());
    site_.open = [address](store::Access access) { return store::open_at_once(address, access); };
    site_.setting.branch = "main";
    site_.setting.clock = &clock_;
    site_.setting.repository = &repository_;
    site_.setting.read_only = false;
    site_.setting.limit_of = [](const SeriesId&, const Metric&) { return std::optional<dashboard::SeriesLimit>(); };
    site_.setting.draw_profile = [](const ProfileSummary& one) { return Result<std::string>(one.stacks); };
    site_.setting.draw_change = [](const ProfileSummary& base, const ProfileSummary&) {
      return Result<std::string>(base.stacks);
    };
    site_.setting.placement_of = [](const std::string&) { return Result(std::optional<PlacementRanges>()); };
    site_.setting.compare = [](const Samples&, const Samples&, std::span<const Samples>) {
      return std::vector<Comparison>();
    };
    site_.guard.by = dashboard::Authentication::token;
    site_.guard.token = k_token;
    site_.guard.secret = "0123456789abcdef0123456789abcdef";
    site_.guard.hosts = {"localhost"};
    site_.guard.read_only = false;
  }
  ~Shown() { (void)os::remove_all(*folder_).has_value(); }
  Shown(const Shown&) = delete;
  Shown& operator=(const Shown&) = delete;

  [[nodiscard]] Response answer(const Request& request) { return dashboard::respond(site_, *store_, request); }
  [[nodiscard]] std::string stamp() { return store_->browser().stamp().value_or(""); }
  [[nodiscard]] std::string csrf() const { return site_.guard.csrf(); }

  static constexpr std::string_view k_token = "a-token-that-nobody-guesses";

 private:
  Result<std::string> folder_ = os::make_temporary_directory("perfwarden-fuzz-");
  StillClock clock_;
  NoRepository repository_;
  std::unique_ptr<store::Store> store_;
  dashboard::Site site_;
};

std::string_view taken(std::string_view& text, char end) {
  const std::size_t at = text.find(end);
  const std::string_view found = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return found;
}

// "POST /alerts/1", lines "name: value", an empty line, the body.
Request request_of(std::string_view text) {
  Request out;
  out.method = taken(text, ' ');
  out.target = taken(text, '\n');
  while (!text.empty() && !text.starts_with('\n')) {
    std::string_view line = taken(text, '\n');
    const std::string_view name = taken(line, ':');
    out.headers.emplace_back(text::lower(name), text::trim(line));
  }
  out.body = text.substr(text.empty() ? 0 : 1);
  return out;
}

}  // namespace

// Any request gets an answer. Without the token it gets nothing of the history and changes nothing; with it, still no
// secret.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Shown shown;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Request request = request_of(text);
  const bool guessed = text.find(Shown::k_token) != std::string_view::npos;
  const std::string before = shown.stamp();
  const Response stranger = shown.answer(request);
  demand(stranger.status >= 200 && stranger.status < 600);
  if (!guessed) demand(stranger.body.find("parse/large") == std::string::npos && shown.stamp() == before);
  request.headers.emplace_back("host", "localhost");
  request.headers.emplace_back("authorization", "Bearer " + std::string(Shown::k_token));
  request.headers.emplace_back("x-perfwarden-csrf", shown.csrf());
  const Response known = shown.answer(request);
  demand(known.status >= 200 && known.status < 600);
  if (!guessed) demand(known.body.find(Shown::k_token) == std::string::npos);
  return 0;
}
