#pragma once

#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "net/http_client.hpp"
#include "os/clock.hpp"
#include "os/console.hpp"
#include "os/process/processes.hpp"
#include "support/paths.hpp"

// Hand-written fakes of the seams. They record what was asked and answer what the test said.
namespace perfwarden::support {

class FakeClock final : public os::Clock {
 public:
  [[nodiscard]] double monotonic_s() const override { return now_s_; }
  [[nodiscard]] std::int64_t unix_s() const override { return 1'700'000'000 + static_cast<std::int64_t>(now_s_); }
  void sleep_s(double seconds) override {
    now_s_ += seconds;
    slept_s.push_back(seconds);
  }
  void tick(double seconds) { now_s_ += seconds; }
  std::vector<double> slept_s;

 private:
  double now_s_ = 0;
};

class FakeConsole final : public os::Console {
 public:
  void out(std::string_view text) override { out_text += text; }
  void err(std::string_view text) override { err_text += text; }
  [[nodiscard]] std::string ask(std::string_view question) override {
    asked += question;
    return answer;
  }
  [[nodiscard]] bool out_is_terminal() const override { return terminal; }
  [[nodiscard]] bool err_is_terminal() const override { return terminal; }
  [[nodiscard]] std::size_t columns() const override { return width; }
  [[nodiscard]] std::size_t rows() const override { return height; }
  [[nodiscard]] bool out_failed() const override { return full; }
  std::string out_text, err_text;
  std::string asked, answer;  // questions, and what is answered to each
  bool terminal = false;
  bool full = false;  // the disk that out goes to
  std::size_t width = 80, height = 24;
};

// Answers every command by `answer`; commands are kept in the order run.
class FakeProcesses final : public os::Processes {
 public:
  [[nodiscard]] Result<os::ProcessResult> run(const os::Command& command) override {
    commands.push_back(command);
    return answer(command);
  }
  [[nodiscard]] std::string why_no_events() const override { return no_events; }
  std::vector<os::Command> commands;
  std::function<Result<os::ProcessResult>(const os::Command&)> answer = [](const os::Command&) {
    return os::ProcessResult{};
  };
  std::string no_events;
};

// Answers by `answer`; requests are kept.
class FakeHttp final : public net::HttpClient {
 public:
  [[nodiscard]] Result<net::HttpResponse> send(const net::HttpRequest& request) override {
    requests.push_back(request);
    return answer(request);
  }
  // Answered as a request would be, in the words of mail servers.
  [[nodiscard]] Result<long> mail(const net::Mail& mail) override {
    mails.push_back(mail);
    const Result<net::HttpResponse> response = answer({"MAIL", mail.server, {}, mail.text, mail.timeout_s});
    if (!response) return response.error();
    return response->status == 403 ? 535L : response->status >= 500 ? 451L : 250L;
  }
  std::vector<net::HttpRequest> requests;
  std::vector<net::Mail> mails;
  std::function<Result<net::HttpResponse>(const net::HttpRequest&)> answer = [](const net::HttpRequest&) {
    return net::HttpResponse{};
  };
};

// A line for `sh -c`; a test that hangs says so after a minute.
[[nodiscard]] os::Command shell(const std::string& line);

// A fresh folder, removed with all it holds at the end of the test; kept (and named) when
// PW_KEEP_TEMPORARY is set.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  // Writes a file below, making folders; gives its whole path.
  std::string write(const std::string& name, std::string_view text) const;

 private:
  std::string path_;
};

[[nodiscard]] std::string slurp(const std::string& path);    // fails the test when it cannot be read
[[nodiscard]] std::string fixture(const std::string& name);  // text of tests/fixtures/<name>

// Compares with tests/golden/<name>; a missing or different file fails with a unified diff and
// leaves <name>.actual beside it. UPDATE_GOLDEN=1 rewrites.
void expect_golden(const std::string& name, const std::string& actual);

}  // namespace perfwarden::support
