#include "support/smtp_server.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <string_view>

#include "base/base64.hpp"
#include "base/text.hpp"

namespace perfwarden::support {
namespace {

// One connection, line by line.
class SmtpTalk {
 public:
  explicit SmtpTalk(int connection) : connection_(connection) {
    const timeval patience{5, 0};  // a test that goes wrong must end
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  void say(std::string_view line) const {
    const std::string whole = std::string(line) + "\r\n";
    (void)send(connection_, whole.data(), whole.size(), MSG_NOSIGNAL);
  }
  // False when the client left.
  bool hear(std::string& line) {
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n")) == std::string::npos) {
      std::array<char, 4096> bytes{};
      const ssize_t n = recv(connection_, bytes.data(), bytes.size(), 0);
      if (n <= 0) return false;
      buffer_.append(bytes.data(), static_cast<std::size_t>(n));
    }
    line = buffer_.substr(0, end);
    buffer_.erase(0, end + 2);
    return true;
  }

 private:
  int connection_;
  std::string buffer_;
};

std::string hear_text(SmtpTalk& talk) {
  std::string text;
  std::string line;
  while (talk.hear(line) && line != ".") text += (line.starts_with('.') ? line.substr(1) : line) + "\r\n";
  return text;
}

// What follows "FROM:" or "TO:", without parameters.
std::string path_in(const std::string& line) {
  const std::string rest = line.substr(line.find(':') + 1);
  return rest.substr(0, rest.find('>') + 1);
}

}  // namespace

SmtpServer::SmtpServer(std::string login) : login_(std::move(login)) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (listener_ < 0 || bind(listener_, generic, size) != 0 || listen(listener_, 4) != 0 ||
      getsockname(listener_, generic, &size) != 0) {
    ADD_FAILURE() << "cannot listen on 127.0.0.1";
    return;
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

SmtpServer::~SmtpServer() {
  shutdown(listener_, SHUT_RDWR);  // ends accept
  if (thread_.joinable()) thread_.join();
  close(listener_);
}

std::vector<WireMail> SmtpServer::mails() const {
  const std::lock_guard lock(mutex_);
  return mails_;
}

void SmtpServer::serve() {
  while (true) {
    const int connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) return;
    talk(connection);
    close(connection);
  }
}

void SmtpServer::talk(int connection) {
  SmtpTalk client(connection);
  WireMail mail;
  client.say("220 ready");
  for (std::string line; client.hear(line);) {
    const std::string verb = text::lower(line.substr(0, 4));
    if (verb == "ehlo") {
      client.say("250-localhost");
      client.say("250 AUTH PLAIN");
    } else if (verb == "auth") {
      std::string answer = line.substr(std::min(line.size(), std::size_t{11}));
      if (answer.empty()) {
        client.say("334 ");
        (void)client.hear(answer);
      }
      const std::string expected = '\0' + text::replace_all(login_, ":", std::string(1, '\0'));
      const bool good = login_.empty() || answer == base64(expected);
      mail.login = good ? login_ : "";
      client.say(good ? "235 welcome" : "535 bad credentials");
    } else if (verb == "mail") {
      if (!login_.empty() && mail.login.empty()) {
        client.say("530 authentication required");
        continue;
      }
      mail.from = path_in(line);
      client.say("250 ok");
    } else if (verb == "rcpt") {
      mail.to.push_back(path_in(line));
      client.say("250 ok");
    } else if (verb == "data") {
      client.say("354 go on");
      mail.text = hear_text(client);
      const std::lock_guard lock(mutex_);
      mails_.push_back(mail);
      client.say("250 taken");
    } else if (verb == "quit") {
      client.say("221 bye");
      return;
    } else {
      client.say("502 unknown");
    }
  }
}

}  // namespace perfwarden::support
