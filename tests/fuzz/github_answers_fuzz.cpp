#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "github/api.hpp"
#include "github/artifacts.hpp"
#include "github/issues.hpp"
#include "github/people.hpp"
#include "github/workflow_runs.hpp"

namespace {

using namespace perfwarden;

// Answers every request out of the input: a status, a Link or a Location, a body up to the next NUL.
class Answers final : public net::HttpClient {
 public:
  Answers(std::string_view input, const std::string& origin) : input_(input), origin_(origin) {}

  [[nodiscard]] Result<net::HttpResponse> send(const net::HttpRequest& request) override {
    // The token goes to the API's own origin and to no other, whatever an answer says.
    for (const auto& [name, value] : request.headers)
      if (name == "Authorization" && !request.url.starts_with(origin_ + "/")) __builtin_trap();
    if (input_.empty() || ++asked_ > k_most) return Error{.kind = ErrorKind::network, .what = "no answer"};
    static constexpr std::array<long, 8> k_statuses{200, 200, 200, 201, 302, 403, 404, 422};
    net::HttpResponse response;
    response.status = k_statuses[static_cast<unsigned char>(input_.front()) % k_statuses.size()];
    input_.remove_prefix(1);
    const std::string_view header = up_to('\n');
    if (!header.empty()) response.headers = {{"link", std::string(header)}, {"location", std::string(header)}};
    response.body = std::string(up_to('\0'));
    return response;
  }
  [[nodiscard]] Result<long> mail(const net::Mail& /*mail*/) override { return 250L; }

 private:
  static constexpr int k_most = 50;

  std::string_view up_to(char end) {
    const std::size_t at = input_.find(end);
    const std::string_view found = input_.substr(0, at);
    input_.remove_prefix(at == std::string_view::npos ? input_.size() : at + 1);
    return found;
  }

  std::string_view input_;
  std::string origin_;
  int asked_ = 0;
};

// Time passes only when somebody waits.
class StillClock final : public os::Clock {
 public:
  [[nodiscard]] double monotonic_s() const override { return now_s_; }
  [[nodiscard]] std::int64_t unix_s() const override { return 1'800'000'000 + static_cast<std::int64_t>(now_s_); }
  void sleep_s(double seconds) override { now_s_ += seconds; }

 private:
  double now_s_ = 0;
};

template <class T>
void said(const Result<T>& result) {
  if (!result && result.error().what.empty()) __builtin_trap();
}

}  // namespace

// Whatever a server answers, a call gives a value or an error with words, and the token stays with the API.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string origin = "https://api.github.test";
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto with_api = [&](auto call) {
    Answers http(input, origin);
    StillClock clock;
    github::Api api(http, clock, {.api_url = origin, .repository = "acme/parser", .token = "secret"});
    call(api);
  };
  with_api([](github::Api& api) { said(api.comments(7)); });
  with_api([](github::Api& api) { said(api.events(7)); });
  with_api([](github::Api& api) { said(api.pull_request(7)); });
  with_api([](github::Api& api) { said(api.open_pull_requests("owner", "branch")); });
  with_api([](github::Api& api) { (void)api.viewer(); });
  with_api([](github::Api& api) { said(github::artifacts_named(api, "perfwarden")); });
  with_api([](github::Api& api) { said(github::download_artifact(api, github::Artifact())); });
  with_api([](github::Api& api) { said(github::workflow_run(api, 1)); });
  with_api([](github::Api& api) { said(github::runs_of(api, "perfwarden.yml", std::string(40, 'a'))); });
  with_api([](github::Api& api) { said(github::issues_with(api, "label")); });
  with_api([](github::Api& api) { said(github::permission_of(api, "login")); });
  return 0;
}
