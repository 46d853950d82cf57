#pragma once

#include <functional>

#include "net/http_client.hpp"

namespace perfwarden::net {

// A BoundedClient passes exchanges on until a number of seconds has gone by since it was made; then each fails at once
// (kind network), and one that is under way is cut. What waits between exchanges asks remaining_s().
class BoundedClient final : public HttpClient {
 public:
  // `monotonic_s` is a clock. A bound within a bound: the shorter one counts. `inner` must live longer.
  BoundedClient(HttpClient& inner, std::function<double()> monotonic_s, double bound_s);
  void restart(double bound_s);  // as if it were made now
  [[nodiscard]] Result<HttpResponse> send(const HttpRequest& request) override;
  [[nodiscard]] Result<long> mail(const Mail& mail) override;
  [[nodiscard]] double remaining_s() const override;

 private:
  [[nodiscard]] Result<double> share_of(double wanted_s) const;

  HttpClient& inner_;
  std::function<double()> monotonic_s_;
  double bound_s_ = 0;
  double end_s_ = 0;  // by that clock
};

}  // namespace perfwarden::net
