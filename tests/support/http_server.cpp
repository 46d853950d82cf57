#include "support/http_server.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string_view>

#include "base/text.hpp"

namespace perfwarden::support {
namespace {

constexpr int k_patience_ms = 5000;  // a test that goes wrong must end

// False when the server is to stop, the client left, or nothing came.
bool readable(int fd, int wake) {
  std::array<pollfd, 2> watched{pollfd{fd, POLLIN, 0}, pollfd{wake, POLLIN, 0}};
  return poll(watched.data(), watched.size(), k_patience_ms) > 0 && watched[1].revents == 0;
}

bool read_more(int fd, int wake, std::string& text) {
  if (!readable(fd, wake)) return false;
  std::array<char, 16384> buffer{};
  const ssize_t n = recv(fd, buffer.data(), buffer.size(), 0);
  if (n <= 0) return false;
  text.append(buffer.data(), static_cast<std::size_t>(n));
  return true;
}

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (n <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

bool read_request(int fd, int wake, WireRequest& request) {
  std::string text;
  std::size_t end = std::string::npos;
  while ((end = text.find("\r\n\r\n")) == std::string::npos)
    if (!read_more(fd, wake, text)) return false;
  const auto lines = text::lines(std::string_view(text).substr(0, end));
  const auto words = text::split(lines.at(0), ' ');
  if (words.size() != 3) return false;
  request.method = words[0];
  request.target = words[1];
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::size_t colon = lines[i].find(':');
    request.headers[text::lower(lines[i].substr(0, colon))] = text::trim(lines[i].substr(colon + 1));
  }
  const auto size = static_cast<std::size_t>(text::to_integer(request.header("content-length")).value_or(0));
  request.body = text.substr(end + 4);
  while (request.body.size() < size)
    if (!read_more(fd, wake, request.body)) return false;
  return true;
}

std::string head_of(const WireReply& reply) {
  std::string out = fmt::format("HTTP/1.1 {} X\r\nConnection: close\r\n", reply.status);
  if (reply.status != 204) out += fmt::format("Content-Length: {}\r\n", reply.body.size());
  for (const auto& [name, value] : reply.headers) out += fmt::format("{}: {}\r\n", name, value);
  return out + "\r\n";
}

}  // namespace

std::string WireRequest::query() const {
  const std::size_t mark = target.find('?');
  return mark == std::string::npos ? "" : target.substr(mark + 1);
}

std::string WireRequest::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

HttpServer::HttpServer(std::function<WireReply(const WireRequest&)> handler) : handler_(std::move(handler)) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (listener_ < 0 || bind(listener_, generic, size) != 0 || listen(listener_, 128) != 0 ||
      getsockname(listener_, generic, &size) != 0 || pipe2(wake_, O_CLOEXEC) != 0) {
    ADD_FAILURE() << "cannot listen on 127.0.0.1";
    return;
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

HttpServer::~HttpServer() {
  if (thread_.joinable()) {
    close(wake_[1]);  // hang-up wakes every poll
    thread_.join();
  }
  close(wake_[0]);
  close(listener_);
}

std::vector<WireRequest> HttpServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void HttpServer::serve() {
  while (true) {
    std::array<pollfd, 2> watched{pollfd{listener_, POLLIN, 0}, pollfd{wake_[0], POLLIN, 0}};
    if (poll(watched.data(), watched.size(), -1) < 0) continue;
    if (watched[1].revents != 0) return;
    const int connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) continue;
    talk(connection);
    close(connection);
  }
}

void HttpServer::talk(int connection) {
  WireRequest request;
  if (!read_request(connection, wake_[0], request)) return;
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
  }
  const WireReply reply = handler_(request);
  switch (reply.ending) {
    case WireReply::Ending::whole:
      write_all(connection, head_of(reply) + reply.body);
      return;
    case WireReply::Ending::truncated:
      write_all(connection, head_of(reply) + reply.body.substr(0, reply.body.size() / 2));
      return;
    case WireReply::Ending::reset: {
      const linger now{1, 0};
      setsockopt(connection, SOL_SOCKET, SO_LINGER, &now, sizeof now);
      return;
    }
    case WireReply::Ending::silent: {
      std::string ignored;
      (void)read_more(connection, wake_[0], ignored);
      return;
    }
  }
}

}  // namespace perfwarden::support
