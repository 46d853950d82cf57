#pragma once

#include <cstddef>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace perfwarden::net {

struct HttpRequest {
  std::string method = "GET";
  std::string url{};
  std::vector<std::pair<std::string, std::string>> headers{};  // Authorization among them; never logged
  std::string body{};
  double timeout_s = 0;  // of this exchange, where that is shorter than the client's own; 0 = the client's own
};

struct HttpResponse {
  long status = 0;
  std::map<std::string, std::string> headers;  // lower-case names; the last one wins
  std::string body;
};

// A Mail is a message to hand to a mail server.
struct Mail {
  std::string server;          // "smtps://smtp.example.com", "smtp://host:587"; TLS is a must, except on loopback
  std::string user, password;  // empty = no login
  std::string from;
  std::vector<std::string> to;
  std::string text;      // headers and body (RFC 5322)
  double timeout_s = 0;  // as of HttpRequest
};

// HttpClient is the seam to the network: one exchange, no retry. Error (kind network) when no
// response arrived.
class HttpClient {
 public:
  virtual ~HttpClient() = default;
  [[nodiscard]] virtual Result<HttpResponse> send(const HttpRequest& request) = 0;
  // The mail server's last reply: 250 when it took the mail, 535 when it refused the login, …
  [[nodiscard]] virtual Result<long> mail(const Mail& mail) = 0;
  // Seconds for which exchanges may still be begun.
  [[nodiscard]] virtual double remaining_s() const { return std::numeric_limits<double>::infinity(); }
};

// Limits of one exchange.
struct CurlOptions {
  double connect_timeout_s = 10;
  double timeout_s = 60;  // of the whole exchange
  std::size_t max_body_bytes = std::size_t{50} << 20;
  std::size_t max_header_bytes = std::size_t{256} << 10;
  std::string ca_file{};         // SSL_CERT_FILE, for a private certificate authority; empty = the system's
  std::function<bool()> stop{};  // asked about once a second; true ends the exchange. Empty = never
};

// libcurl: HTTPS only unless the host is loopback (which never goes through a proxy), no redirects
// followed, proxies by the usual variables (HTTPS_PROXY, ALL_PROXY, NO_PROXY). Secrets in URLs and
// headers never reach a message.
class CurlClient final : public HttpClient {
 public:
  explicit CurlClient(CurlOptions options = {});
  ~CurlClient() override;
  CurlClient(const CurlClient&) = delete;
  CurlClient& operator=(const CurlClient&) = delete;
  [[nodiscard]] Result<HttpResponse> send(const HttpRequest& request) override;
  [[nodiscard]] Result<long> mail(const Mail& mail) override;

 private:
  struct Handle;
  [[nodiscard]] void* fresh();  // libcurl's handle, with no option set; null when it could not start

  CurlOptions options_;
  std::unique_ptr<Handle> handle_;
};

}  // namespace perfwarden::net
