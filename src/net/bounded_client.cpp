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

// Seconds that an exchange may take which asks for `wanted_s`; 0 = any.
Result<double> BoundedClient::share_of(double wanted_s) const {
  const double left_s = remaining_s();
  if (left_s <= 0)
    return Error{.kind = ErrorKind::network, .what = fmt::format("not sent: {:.3g} s have gone by", bound_s_)};
  return wanted_s > 0 ? std::min(wanted_s, left_s) : left_s;
}

Result<HttpResponse> BoundedClient::send(const HttpRequest& request) {
  HttpRequest bounded = request;
  PW_TRY_ASSIGN(bounded.timeout_s, share_of(request.timeout_s));
  return inner_.send(bounded);
}

Result<long> BoundedClient::mail(const Mail& mail) {
  Mail bounded = mail;
  PW_TRY_ASSIGN(bounded.timeout_s, share_of(mail.timeout_s));
  return inner_.mail(bounded);
}

}  // namespace perfwarden::net
