#include "net/bounded_client.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace perfwarden::net {

BoundedClient::BoundedClient(HttpClient& inner, std::function<double()> monotonic_s, double bound_s)
    : inner_(inner), monotonic_s_(std::move(monotonic_s)) {
  restart(bound_s);
}

void BoundedClient::restart(double bound_s) {
  bound_s_ = std::min(bound_s, inner_.remaining_s());
  end_s_ = monotonic_s_() + bound_s_;
}

double BoundedClient::remaining_s() const {
  return std::max(0.0, end_s_ - monotonic_s_());
}

Result<HttpResponse> BoundedClient::send(const HttpRequest& request) {
  const double left_s = remaining_s();
  if (left_s <= 0)
    return Error{.kind = ErrorKind::network, .what = fmt::format("not sent: {:.3g} s have gone by", bound_s_)};
  HttpRequest bounded = request;
  bounded.timeout_s = request.timeout_s > 0 ? std::min(request.timeout_s, left_s) : left_s;
  return inner_.send(bounded);
}

}  // namespace perfwarden::net
