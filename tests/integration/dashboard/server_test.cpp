#include "dashboard/server/server.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "integration/dashboard/scene.hpp"

namespace perfwarden::dashboard {
namespace {

// A connection that sends what a test says, byte for byte.
class Wire {
 public:
  explicit Wire(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    const timeval patience{10, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  Wire(Wire&& other) noexcept : socket_(std::exchange(other.socket_, -1)), connected_(other.connected_) {}
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;
  Wire& operator=(Wire&&) = delete;
  ~Wire() {
    if (socket_ >= 0) ::close(socket_);
  }
  Wire& send(const std::string& bytes) {
    (void)::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    return *this;
  }
  // All that comes until the server closes.
  [[nodiscard]] std::string read() const {
    std::string out;
    char buffer[4096];
    while (true) {
      const ssize_t size = ::recv(socket_, buffer, sizeof buffer, 0);
      if (size <= 0) return out;
      out.append(buffer, static_cast<std::size_t>(size));
    }
  }
  [[nodiscard]] bool connected() const { return connected_; }

 private:
  int socket_;
  bool connected_ = false;
};

class Served {
 public:
  explicit Served(ServerOptions options = {}) {
    options.port = 0;
    std::promise<std::uint16_t> started;
    auto port = started.get_future();
    server_ = std::async(std::launch::async, [this, options, &started] {
      return serve(scene_.site, options, [&](std::uint16_t number) { started.set_value(number); }).has_value();
    });
    port_ = port.get();
  }
  ~Served() {
    if (server_.valid()) (void)stop();
  }
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;
  [[nodiscard]] bool stop() {
    ::kill(::getpid(), SIGTERM);
    return server_.get();
  }
  [[nodiscard]] Wire wire() const { return Wire(port_); }
  [[nodiscard]] std::string answer(const std::string& request) const { return wire().send(request).read(); }

 private:
  Scene scene_;
  std::future<bool> server_;
  std::uint16_t port_ = 0;
};

std::string status_in(const std::string& answer) {
  return answer.substr(0, answer.find("\r\n"));
}

std::string get(const std::string& target, const std::string& more = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + more + "\r\n";
}

double seconds_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

TEST(Server, AnswersWithTheHeadersThatKeepAPageSafe) {
  const Served served;
  const std::string answer = served.answer(get("/"));
  EXPECT_EQ(status_in(answer), "HTTP/1.1 200 OK");
  for (const char* header :
       {"Content-Security-Policy: default-src 'none'; script-src 'self'", "frame-ancestors 'none'",
        "X-Content-Type-Options: nosniff", "Referrer-Policy: same-origin", "Cross-Origin-Resource-Policy: same-origin"})
    EXPECT_NE(answer.find(header), std::string::npos) << header;
  EXPECT_EQ(answer.find("Access-Control"), std::string::npos);
  EXPECT_EQ(status_in(served.answer("HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")),
            "HTTP/1.1 200 OK");
}

TEST(Server, APageElsewhereCannotReachItUnderItsOwnName) {
  const Served served;
  EXPECT_EQ(status_in(served.answer("GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")),
            "HTTP/1.1 421 Misdirected Request");
  EXPECT_EQ(status_in(served.answer("GET /api/v1/status HTTP/1.1\r\nConnection: close\r\n\r\n")),
            "HTTP/1.1 421 Misdirected Request");
}

TEST(Server, WhatIsTooLargeIsRefused) {
  const Served served;
  EXPECT_EQ(status_in(served.answer(get("/", "X: " + std::string(40'000, 'x') + "\r\n"))),
            "HTTP/1.1 431 Request Header Fields Too Large");
  EXPECT_EQ(status_in(served.answer(
                "POST /api/v1/alerts/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 200000\r\n\r\n" +
                std::string(70'000, 'x'))),
            "HTTP/1.1 413 Payload Too Large");
  std::string chunks = "POST /api/v1/alerts/events HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 20; ++i) chunks += "2000\r\n" + std::string(0x2000, 'x') + "\r\n";
  EXPECT_EQ(status_in(served.answer(chunks)), "HTTP/1.1 413 Payload Too Large");
  EXPECT_EQ(status_in(served.answer(get("/"))), "HTTP/1.1 200 OK");
}

TEST(Server, WhatIsNotHttpEndsTheConnection) {
  const Served served;
  for (const std::string& bytes :
       {std::string("\x16\x03\x01\x02\x00", 5), std::string("GET\r\n\r\n"), std::string("GET / HTTP/9.9\r\n\r\n"),
        std::string("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"),
        std::string("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\n")}) {
    const std::string answer = served.answer(bytes);
    EXPECT_TRUE(answer.empty() || answer.starts_with("HTTP/1.1 4")) << answer;
  }
  EXPECT_EQ(status_in(served.answer(get("/"))), "HTTP/1.1 200 OK");
}

TEST(Server, ARequestThatComesTooSlowlyIsGivenUp) {
  ServerOptions options;
  options.patience_s = 0.5;
  const Served served(options);
  Wire slow = served.wire();
  const double took = seconds_of([&] {
    for (int i = 0; i < 5; ++i) {
      slow.send(i == 0 ? "GET / HTTP/1.1\r\nX: " : "x");
      std::this_thread::sleep_for(std::chrono::milliseconds(150));
    }
    EXPECT_EQ(slow.read(), "");
  });
  EXPECT_LT(took, 5);
}

TEST(Server, AThousandIdleConnectionsDoNotKeepOthersOut) {
  const Served served;
  std::vector<Wire> idle;
  for (int i = 0; i < 1000; ++i) idle.push_back(served.wire());
  std::string answer;
  const double took = seconds_of([&] { answer = served.answer(get("/healthz")); });
  EXPECT_EQ(status_in(answer), "HTTP/1.1 200 OK");
  EXPECT_LT(took, 5);
}

TEST(Server, ASignalEndsItWhenNothingIsUnderWay) {
  Served served;
  const Wire idle = served.wire();
  EXPECT_EQ(status_in(served.answer(get("/healthz"))), "HTTP/1.1 200 OK");
  bool good = false;
  EXPECT_LT(seconds_of([&] { good = served.stop(); }), 5);
  EXPECT_TRUE(good);
}

TEST(Server, AnAddressThatCannotBeListenedAtIsAnError) {
  Scene scene;
  ServerOptions options;
  options.host = "not an address";
  const Status none = serve(scene.site, options, [](std::uint16_t) {});
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().what.find("this is not an address"), std::string::npos);
}

}  // namespace
}  // namespace perfwarden::dashboard
