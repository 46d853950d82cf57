#include "app/profile/remote.hpp"

#include <fmt/format.h>

#include <utility>

#include "app/cli/messages.hpp"
#include "base/text.hpp"
#include "net/url.hpp"

namespace perfwarden::app {
namespace {

constexpr std::string_view k_token = "PYROSCOPE_TOKEN";

std::string cure_of(long status) {
  if (status == 401 || status == 403) return fmt::format("set {} to a token that may read profiles", k_token);
  if (status >= 300 && status < 400) return "give the address that it leads to: redirects are not followed";
  return "open the address in a browser: it must show a profile";
}

}  // namespace

bool is_address(std::string_view path) {
  return path.starts_with("https://") || path.starts_with("http://");
}

Result<FetchedProfile> fetch_profile(World& world, const std::string& address) {
  const Result<net::Url> url = net::parse_url(address);
  if (!url) return wrong_usage("the address of a profile cannot be read", url.error().what);
  if (url->scheme != "https" && !url->is_loopback())
    return wrong_usage(fmt::format("a profile of {} would come over plain http", url->host), "use its https address");
  net::HttpRequest request{.url = address};
  if (const auto token = world.environment.get(std::string(k_token)); token && !token->empty())
    request.headers.emplace_back("Authorization", "Bearer " + *token);
  Result<net::HttpResponse> response = world.http.send(request);
  if (response && response->status == 200) return FetchedProfile{std::move(response->body), url->host};
  return Error{.kind = ErrorKind::io,  // a profile that cannot be read, wherever it lies
               .what = "no profile came: " +
                       (response ? fmt::format("status {}", response->status) : text::one_line(response.error().what)),
               .where = url->host,
               .hint = response ? cure_of(response->status) : "check that the server is reachable from here"};
}

}  // namespace perfwarden::app
