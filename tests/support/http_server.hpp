#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace perfwarden::support {

// A request as it came over the wire.
struct WireRequest {
  std::string method;
  std::string target;                          // path and query, still encoded
  std::map<std::string, std::string> headers;  // lower-case names
  std::string body;

  [[nodiscard]] std::string path() const { return target.substr(0, target.find('?')); }
  [[nodiscard]] std::string query() const;  // without '?'
  [[nodiscard]] std::string header(const std::string& name) const;
};

struct WireReply {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  enum class Ending {
    whole,
    truncated,  // half of the body, then the connection closes
    reset,      // no byte of an answer, then RST
    silent,     // no answer; the connection stays open until the client leaves
  } ending = Ending::whole;
};

// A server on 127.0.0.1 with its own thread, one connection after the other, one request each. The
// handler runs on that thread.
class HttpServer {
 public:
  explicit HttpServer(std::function<WireReply(const WireRequest&)> handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::vector<WireRequest> requests() const;  // so far
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  void serve();
  void talk(int connection);

  std::function<WireReply(const WireRequest&)> handler_;
  int listener_ = -1;
  int wake_[2] = {-1, -1};
  int port_ = 0;
  mutable std::mutex mutex_;
  std::vector<WireRequest> requests_;
  std::thread thread_;
};

}  // namespace perfwarden::support
