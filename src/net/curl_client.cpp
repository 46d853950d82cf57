#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <string_view>

#include "base/text.hpp"
#include "net/certificates.hpp"
#include "net/curl_parts.hpp"
#include "net/http_client.hpp"
#include "net/redact.hpp"
#include "net/url.hpp"

namespace perfwarden::net {
namespace {

// What one exchange gathers while libcurl calls back.
struct Exchange {
  const CurlOptions& options;
  double timeout_s = 0;
  HttpResponse response;
  std::size_t header_bytes = 0;
  bool too_large = false;
  bool stopped = false;
};

std::size_t on_body(char* data, std::size_t size, std::size_t count, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  const std::size_t bytes = size * count;
  if (bytes > exchange.options.max_body_bytes - exchange.response.body.size()) {
    exchange.too_large = true;
    return 0;
  }
  exchange.response.body.append(data, bytes);
  return bytes;
}

// Only counts: libcurl keeps the headers and gives them out parsed.
std::size_t on_header(char*, std::size_t size, std::size_t count, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  const std::size_t bytes = size * count;
  exchange.header_bytes += bytes;
  exchange.too_large = exchange.header_bytes > exchange.options.max_header_bytes;
  return exchange.too_large ? 0 : bytes;
}

// Of the final answer: not those of "100 Continue" nor of a proxy.
std::map<std::string, std::string> headers_of(CURL* easy) {
  constexpr int k_last_request = -1;
  std::map<std::string, std::string> headers;
  curl_header* header = nullptr;
  while ((header = curl_easy_nextheader(easy, CURLH_HEADER, k_last_request, header)) != nullptr)
    headers[text::lower(header->name)] = header->value;
  return headers;
}

int on_progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  auto& exchange = *static_cast<Exchange*>(user);
  exchange.stopped = exchange.options.stop && exchange.options.stop();
  return exchange.stopped ? 1 : 0;
}

std::string hint_for(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
      return "check the network of this machine, and HTTPS_PROXY if it needs one";
    case CURLE_COULDNT_RESOLVE_PROXY:
      return "check HTTPS_PROXY";
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
      return "for a private certificate authority set SSL_CERT_FILE to its certificates in PEM form";
    default:
      return "";
  }
}

std::string reason_for(CURLcode code, const Exchange& exchange, const char* detail) {
  const CurlOptions& options = exchange.options;
  if (exchange.stopped) return "interrupted";
  if (exchange.too_large) return fmt::format("the answer is larger than {} bytes", options.max_body_bytes);
  if (code == CURLE_OPERATION_TIMEDOUT) return fmt::format("no answer within {:.3g} s", exchange.timeout_s);
  if (code == CURLE_PARTIAL_FILE) return "the connection ended in the middle of the answer";
  const std::string_view words = detail[0] != '\0' ? detail : curl_easy_strerror(code);
  return text::truncate(text::one_line(redact(words)), 200);
}

Status check(const HttpRequest& request, const Url& url) {
  const auto error = [](std::string what, std::string hint) {
    return Error{.kind = ErrorKind::network, .what = std::move(what), .hint = std::move(hint)};
  };
  if (url.scheme != "https" && !url.is_loopback())
    return error(fmt::format("refusing to use plain http with {}", url.host), "use https");
  const bool good_method = !request.method.empty() && std::all_of(request.method.begin(), request.method.end(),
                                                                  [](char c) { return c >= 'A' && c <= 'Z'; });
  if (!good_method) return error("not an HTTP method", "");
  for (const auto& [name, value] : request.headers)
    if (name.empty() || !is_plain_header(name) || !is_plain_header(value) || name.find(':') != std::string::npos)
      return error("a header or a token holds a line break", "give the token on one line");
  return Nothing{};
}

}  // namespace

struct CurlClient::Handle {
  CURL* easy = nullptr;
  Handle() {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    easy = curl_easy_init();
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { curl_easy_cleanup(easy); }

  // Every option is set anew: nothing of one exchange (a token above all) leaks into the next.
  void prepare(const HttpRequest& request, const Url& url, const CurlOptions& options, const HeaderList& headers,
               double timeout_s) const {
    curl_easy_reset(easy);
    curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, url.scheme.c_str());
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(std::min(options.connect_timeout_s, timeout_s)));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, milliseconds(timeout_s));
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, 30L);
    if (url.is_loopback()) curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    if (!options.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, options.ca_file.c_str());
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers.first);
    curl_easy_setopt(easy, CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));  // a proxy gets none of them
    const bool with_body =
        request.method == "POST" || request.method == "PUT" || request.method == "PATCH" || !request.body.empty();
    if (with_body) {
      curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data());
    }
    if (request.method == "HEAD") {
      curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    } else {
      curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }
  }

  void listen(Exchange& exchange, char* error) const {
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &exchange);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &exchange);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, &exchange);
  }
};

CurlClient::CurlClient(CurlOptions options) : options_(std::move(options)) {
  if (options_.ca_file.empty()) options_.ca_file = system_certificates();
}
CurlClient::~CurlClient() = default;

// Made when it is first needed: to start libcurl and its TLS takes longer than all else of a command that asks nobody.
void* CurlClient::fresh() {
  if (handle_ == nullptr) handle_ = std::make_unique<Handle>();
  if (handle_->easy != nullptr) curl_easy_reset(handle_->easy);
  return handle_->easy;
}

Result<HttpResponse> CurlClient::send(const HttpRequest& request) {
  if (fresh() == nullptr) return Error{.kind = ErrorKind::network, .what = "libcurl could not start"};
  PW_TRY_ASSIGN(const Url url, parse_url(request.url));
  PW_TRY(check(request, url));

  HeaderList headers;
  headers.add("Expect:");  // 100-continue costs a second where the server does not know it
  for (const auto& [name, value] : request.headers) headers.add(fmt::format("{}: {}", name, value));
  const double timeout_s = request.timeout_s > 0 ? std::min(request.timeout_s, options_.timeout_s) : options_.timeout_s;
  Exchange exchange{options_, timeout_s, {}, 0, false, false};
  std::string detail(CURL_ERROR_SIZE, '\0');
  handle_->prepare(request, url, options_, headers, timeout_s);
  handle_->listen(exchange, detail.data());
  const CURLcode code = curl_easy_perform(handle_->easy);
  curl_easy_setopt(handle_->easy, CURLOPT_ERRORBUFFER, nullptr);
  if (code != CURLE_OK) {
    const ErrorKind kind = exchange.stopped ? ErrorKind::interrupted : ErrorKind::network;
    return Error{.kind = kind,
                 .what = fmt::format("{} did not answer: {}", url.host, reason_for(code, exchange, detail.c_str())),
                 .hint = hint_for(code)};
  }
  curl_easy_getinfo(handle_->easy, CURLINFO_RESPONSE_CODE, &exchange.response.status);
  exchange.response.headers = headers_of(handle_->easy);
  return std::move(exchange.response);
}

}  // namespace perfwarden::net
