// How fast the dashboard answers from a large history, and what its server takes: `dashboard_scale PERFWARDEN [SERIES
// RUNS]`. Makes a SQLite history of SERIES series in RUNS runs (10 000 in 1 000: 10 million measurements), with alerts,
// comparisons of the newest runs, and one series of 100 times as many runs on a branch of its own. Then 8 clients ask
// over loopback. Prints, for each question: answers that were computed (every question another one) and answers that
// are asked again (from memory). docs/dashboard.md#scale has numbers.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "bench/large_history.hpp"
#include "support/fakes.hpp"

namespace {

using namespace perfwarden;
using bench::commit_of, bench::fail, bench::k_alerts;

constexpr std::size_t k_clients = 8;

double now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// `perfwarden dashboard --serve` in a folder.
class Server {
 public:
  Server(const std::string& program, const std::string& folder) {
    std::array<int, 2> pipe{};
    if (::pipe(pipe.data()) != 0) fail("no pipe");
    const double begin = now_s();
    process_ = ::fork();
    if (process_ == 0) {
      ::dup2(pipe[1], STDOUT_FILENO);
      if (::chdir(folder.c_str()) != 0) ::_exit(127);
      ::execl(program.c_str(), program.c_str(), "dashboard", "--serve", "--port", "0", nullptr);
      ::_exit(127);
    }
    ::close(pipe[1]);
    std::string line;
    for (char c = 0; ::read(pipe[0], &c, 1) == 1 && c != '\n';) line += c;
    ::close(pipe[0]);
    start_s = now_s() - begin;
    const std::size_t colon = line.rfind(':');
    if (colon == std::string::npos) fail("the server did not start");
    port = static_cast<std::uint16_t>(std::stoi(line.substr(colon + 1)));
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  Server(Server&&) = delete;
  Server& operator=(Server&&) = delete;
  ~Server() {
    ::kill(process_, SIGTERM);
    ::waitpid(process_, nullptr, 0);
  }
  // A line of /proc/PID/status in MiB: "VmRSS", "VmHWM".
  [[nodiscard]] long mib(const std::string& key) const {
    std::ifstream status(fmt::format("/proc/{}/status", process_));
    for (std::string line; std::getline(status, line);)
      if (line.rfind(key, 0) == 0) return std::stol(line.substr(key.size() + 1)) / 1024;
    return 0;
  }
  double start_s = 0;
  std::uint16_t port = 0;

 private:
  pid_t process_ = -1;
};

// One connection that is kept open.
class Client {
 public:
  explicit Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail("cannot connect");
    const int at_once = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
  }
  Client(Client&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  Client& operator=(Client&&) = delete;
  ~Client() {
    if (socket_ >= 0) ::close(socket_);
  }
  // Seconds until the whole answer was there, and its bytes. Anything but 200 ends the program.
  std::pair<double, std::size_t> get(const std::string& target) {
    const std::string request = fmt::format("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", target);
    const double begin = now_s();
    if (::send(socket_, request.data(), request.size(), MSG_NOSIGNAL) < 0) fail("cannot send");
    std::string answer;
    std::size_t whole = 0;
    while (whole == 0 || answer.size() < whole) {
      std::array<char, 65536> buffer{};
      const ssize_t size = ::recv(socket_, buffer.data(), buffer.size(), 0);
      if (size <= 0) fail("the server closed the connection: " + target);
      answer.append(buffer.data(), static_cast<std::size_t>(size));
      const std::size_t end = answer.find("\r\n\r\n");
      if (whole == 0 && end != std::string::npos)
        whole = end + 4 + std::stoul(answer.substr(answer.find("Content-Length: ") + 16));
    }
    if (answer.find(" 200 ") != 8) fail(target + ": " + answer.substr(0, 400));
    return {now_s() - begin, whole};
  }

 private:
  int socket_;
};

using Ask = std::function<std::string(std::size_t)>;  // the target of the n-th question

struct Times {
  std::vector<double> all;  // seconds, sorted
  std::size_t bytes = 0;    // of the largest answer
  [[nodiscard]] double at(double share) const {
    return all[static_cast<std::size_t>(share * static_cast<double>(all.size() - 1))] * 1000;
  }
};

// All clients at once; question n is asked by client n modulo their number.
Times ask_all(std::uint16_t port, std::size_t questions, const Ask& ask) {
  std::vector<Times> found(k_clients);
  std::vector<std::thread> clients;
  clients.reserve(k_clients);
  for (std::size_t me = 0; me < k_clients; ++me)
    clients.emplace_back([&, me] {
      Client client(port);
      for (std::size_t n = me; n < questions; n += k_clients) {
        const auto [seconds, bytes] = client.get(ask(n));
        found[me].all.push_back(seconds);
        found[me].bytes = std::max(found[me].bytes, bytes);
      }
    });
  Times out;
  for (std::size_t me = 0; me < k_clients; ++me) {
    clients[me].join();
    out.all.insert(out.all.end(), found[me].all.begin(), found[me].all.end());
    out.bytes = std::max(out.bytes, found[me].bytes);
  }
  std::sort(out.all.begin(), out.all.end());
  return out;
}

struct Question {
  std::string name;
  std::size_t computed = 0;  // how many different ones
  Ask ask;
};

std::vector<Question> questions_of(std::size_t series, std::size_t runs) {
  const auto one_series = [=](std::size_t n) { return 1 + n * 7919 % series; };
  const auto words = [](std::size_t n) { return fmt::format("{:05}", n * 7); };
  return {
      {"status", 1, [](std::size_t) { return "api/v1/status"; }},
      {"alerts?q=", 400, [=](std::size_t n) { return "api/v1/alerts?q=is:open+-benchmark:" + words(n); }},
      {"alerts/{id}", k_alerts, [](std::size_t n) { return fmt::format("api/v1/alerts/{}", n + 1); }},
      {"series?q=", 400, [=](std::size_t n) { return "api/v1/series?q=" + words(n); }},
      {"series/{id}", 2000, [=](std::size_t n) { return fmt::format("api/v1/series/{}", one_series(n)); }},
      {"series/{id}?values=1", 400,
       [=](std::size_t n) {
         return fmt::format("api/v1/series/{}?values=1&from=i:{}", one_series(n),
                            runs - std::min<std::size_t>(runs, 200));
       }},
      {"runs?offset=", 400, [=](std::size_t n) { return fmt::format("api/v1/runs?offset={}", n % runs); }},
      {"runs/{id}", 400, [=](std::size_t n) { return fmt::format("api/v1/runs/{}", 1 + n * 31 % runs); }},
      {"runs/{id}?series=", 400,
       [=](std::size_t n) { return fmt::format("api/v1/runs/{}?series={}", runs - n % 300, one_series(n)); }},
      {"compare (recorded)", 100,
       [=](std::size_t n) {
         return fmt::format("api/v1/compare?base={}&head={}", commit_of(runs - n - 1), commit_of(runs - n));
       }},
      {"budgets?q=", 400, [=](std::size_t n) { return "api/v1/budgets?q=" + words(n); }},
      {"machines", 1, [](std::size_t) { return "api/v1/machines"; }},
      {"search?q=", 400, [=](std::size_t n) { return "api/v1/search?q=" + words(n); }},
      {"grafana/points", 100,
       [=](std::size_t n) { return fmt::format("api/v1/grafana/points?series=**/{}/*", words(n)); }},
      {"grafana/annotations", 100, [](std::size_t n) { return fmt::format("api/v1/grafana/annotations?from={}", n); }},
      {"100 x as many runs", 16,
       [](std::size_t n) { return fmt::format("api/v1/series/1?branch=long&points={}", 600 + n); }},
      {"the same, a range", 16,
       [=](std::size_t n) {
         return fmt::format("api/v1/series/1?branch=long&from=i:{}&to=i:{}", runs * 50 + n, runs * 50 + n + 300);
       }},
  };
}

void export_pages(const std::string& program, const std::string& folder) {
  const double begin = now_s();
  const std::string command =
      fmt::format("cd '{}' && '{}' dashboard --export public > export.log 2>&1", folder, program);
  if (std::system(command.c_str()) != 0) fail("the export failed");
  std::uintmax_t largest = 0;
  std::uintmax_t total = 0;
  std::size_t pages = 0;
  std::string name;
  for (const auto& one : std::filesystem::directory_iterator(folder + "/public")) {
    if (!one.is_regular_file()) continue;
    ++pages;
    total += one.file_size();
    if (one.file_size() > largest) name = one.path().filename();
    largest = std::max(largest, one.file_size());
  }
  fmt::print("export: {} pages in {:.1f} s, {:.1f} MB; the largest, {}, has {:.2f} MB\n", pages, now_s() - begin,
             static_cast<double>(total) / 1e6, name, static_cast<double>(largest) / 1e6);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 && argc != 4) fail("dashboard_scale PERFWARDEN [SERIES RUNS]");
  const std::string program = std::filesystem::absolute(argv[1]);
  const std::size_t series = argc == 4 ? std::stoul(argv[2]) : 10'000;
  const std::size_t runs = argc == 4 ? std::stoul(argv[3]) : 1'000;
  const support::TemporaryDirectory directory;
  const char* kept = std::getenv("DASHBOARD_SCALE_KEEP");  // a folder, made if it is missing, else used again
  const std::string folder = kept == nullptr ? directory / "." : kept;
  if (const std::string file = folder + "/history.db"; !std::filesystem::exists(file)) {
    std::filesystem::create_directories(folder);
    std::ofstream(folder + "/perfwarden.yml")
        << "version: 1\nhistory: sqlite:history.db\nsuites: { s: { run: ./b } }\nbudgets: { \"**\": +5% }\n";
    const double begin = now_s();
    bench::make_large_history(file, series, runs);
    fmt::print("made in {:.0f} s: {:.0f} MB\n", now_s() - begin,
               static_cast<double>(std::filesystem::file_size(file)) / 1e6);
  }
  const Server server(program, folder);
  fmt::print("start: {:.0f} ms, {} MiB\n", server.start_s * 1000, server.mib("VmRSS"));
  const double begin = now_s();
  (void)Client(server.port).get("api/v1/status");
  fmt::print("first answer: {:.0f} ms\n", (now_s() - begin) * 1000);
  fmt::print("{:22} {:>9} {:>9} {:>9} {:>9} {:>9}\n", "", "p50 ms", "p99 ms", "again p50", "again p99", "kB");
  for (const Question& one : questions_of(series, runs)) {
    const Times computed = ask_all(server.port, one.computed, one.ask);
    const Times again = ask_all(server.port, 400, [&](std::size_t n) { return one.ask(n % k_clients % one.computed); });
    fmt::print("{:22} {:>9.1f} {:>9.1f} {:>9.1f} {:>9.1f} {:>9.0f}\n", one.name, computed.at(0.5), computed.at(0.99),
               again.at(0.5), again.at(0.99), static_cast<double>(computed.bytes) / 1000);
    std::fflush(stdout);
  }
  fmt::print("server: {} MiB, at most {} MiB\n", server.mib("VmRSS"), server.mib("VmHWM"));
  export_pages(program, folder);
  return 0;
}
