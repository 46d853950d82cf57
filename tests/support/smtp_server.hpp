#pragma once

#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace perfwarden::support {

// A mail as it came over the wire.
struct WireMail {
  std::string login;  // "user:password"; empty = none
  std::string from;   // "<perf@example.com>"
  std::vector<std::string> to;
  std::string text;  // without the dots that SMTP adds
};

// A mail server on 127.0.0.1 with its own thread, one connection after the other: EHLO, AUTH PLAIN, MAIL, RCPT, DATA
// and QUIT of RFC 5321, without TLS.
class SmtpServer {
 public:
  // Takes mails of this login only; empty = of anybody.
  explicit SmtpServer(std::string login = "");
  ~SmtpServer();
  SmtpServer(const SmtpServer&) = delete;
  SmtpServer& operator=(const SmtpServer&) = delete;
  [[nodiscard]] std::string url() const { return "smtp://127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] std::vector<WireMail> mails() const;

 private:
  void serve();
  void talk(int connection);

  const std::string login_;
  int listener_ = -1;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::vector<WireMail> mails_;
  std::thread thread_;
};

}  // namespace perfwarden::support
