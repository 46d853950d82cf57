#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace perfwarden::net {

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;  // Authorization among them; never logged
  std::string body;
};

struct HttpResponse {
  long status = 0;
  std::map<std::string, std::string> headers;  // lower-case names; the last one wins
  std::string body;
};

// HttpClient is the seam to the network: one exchange, no retry. Error (kind network) when no
// response arrived.
class HttpClient {
 public:
  virtual ~HttpClient() = default;
  [[nodiscard]] virtual Result<HttpResponse> send(const HttpRequest& request) = 0;
};

// libcurl: HTTPS only unless the host is loopback, no redirects followed, connect 10 s, whole 60 s,
// body ≤ 50 MB, proxies by the usual variables. Secrets in URLs and headers never reach a message.
class CurlClient final : public HttpClient {
 public:
  CurlClient();
  ~CurlClient() override;
  CurlClient(const CurlClient&) = delete;
  CurlClient& operator=(const CurlClient&) = delete;
  [[nodiscard]] Result<HttpResponse> send(const HttpRequest& request) override;
};

}  // namespace perfwarden::net
