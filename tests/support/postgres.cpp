#include "support/postgres.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <thread>
#include <vector>

namespace perfwarden::support {
namespace {

namespace fs = std::filesystem;

// The newest one installed; Debian keeps the server's programs out of PATH.
std::string postgres_program(const std::string& name) {
  std::string newest;
  std::error_code ignored;
  for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", ignored)) {
    const fs::path program = version.path() / "bin" / name;
    if (fs::exists(program) && program.string() > newest) newest = program;
  }
  return newest.empty() ? name : newest;
}

// PostgreSQL refuses to run as root.
const passwd* other_user() {
  if (geteuid() != 0) return nullptr;
  const passwd* const found = getpwnam("postgres");
  return found != nullptr ? found : getpwnam("nobody");
}

// Starts a program as that user. It gets `at_our_end` when this process ends, however it does.
pid_t spawn(const std::vector<std::string>& words, const std::string& output, int at_our_end) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const passwd* const user = other_user();
  const pid_t child = fork();
  if (child != 0) return child;
  const int out = open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  dup2(out, STDOUT_FILENO);
  dup2(out, STDERR_FILENO);
  if (chdir("/") != 0) _exit(125);
  if (user != nullptr && (setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0)) _exit(126);
  prctl(PR_SET_PDEATHSIG, at_our_end);
  execvp(arguments.front(), arguments.data());
  _exit(127);
}

int run(const std::vector<std::string>& words, const std::string& output) {
  int status = -1;
  waitpid(spawn(words, output, SIGKILL), &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void give(const std::string& path) {
  const passwd* const user = other_user();
  const bool given = user == nullptr || chown(path.c_str(), user->pw_uid, user->pw_gid) == 0;
  EXPECT_TRUE(given) << path;
}

// An empty data folder, made once for all tests of this build: initdb takes longer than any of them.
std::string made_once() {
  std::error_code ignored;
  const fs::path beside = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  const fs::path folder = beside / "postgres";
  const int lock = open((beside / "postgres.lock").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  flock(lock, LOCK_EX);
  if (!fs::exists(folder / "whole")) {
    fs::remove_all(folder);
    const TemporaryDirectory room;
    fs::permissions(room.path(), static_cast<fs::perms>(0755));
    fs::create_directory(room / "made");
    give(room / "made");
    const int code = run({postgres_program("initdb"), "-D", room / "made/data", "--auth=trust", "--username=tester",
                          "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"},
                         room / "log");
    EXPECT_EQ(code, 0) << slurp(room / "log") << "\ninstall it: tests/support/install.sh test";
    fs::create_directories(folder);
    fs::copy(room / "made/data", folder / "data", fs::copy_options::recursive);
    if (code == 0) fs::create_directory(folder / "whole");
  }
  close(lock);
  return folder / "data";
}

}  // namespace

PostgresServer::PostgresServer() {
  fs::permissions(directory_.path(), static_cast<fs::perms>(0755));
  fs::copy(made_once(), data(), fs::copy_options::recursive);
  for (const auto& entry : fs::recursive_directory_iterator(data())) give(entry.path());
  give(data());
  fs::permissions(data(), static_cast<fs::perms>(0700));
  fs::create_directory(directory_ / "socket");
  give(directory_ / "socket");
  start();
}

PostgresServer::~PostgresServer() {
  kill();
}

void PostgresServer::start() {
  server_ = spawn({postgres_program("postgres"), "-D", data(), "-c", "listen_addresses=", "-c",
                   "unix_socket_directories=" + (directory_ / "socket"), "-c", "fsync=off", "-c", "shared_buffers=16MB",
                   "-c", "max_connections=30", "-c", "autovacuum=off"},
                  directory_ / "server.log", SIGQUIT);
  for (int tries = 0; tries < 600 && !answers(); ++tries) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_TRUE(answers()) << slurp(directory_ / "server.log");
}

void PostgresServer::kill() {
  if (server_ <= 0) return;
  ::kill(server_, SIGQUIT);
  waitpid(server_, nullptr, 0);
  server_ = -1;
}

bool PostgresServer::answers() const {
  return run({postgres_program("pg_isready"), "-q", "-h", directory_ / "socket"}, "/dev/null") == 0;
}

std::string PostgresServer::database(const std::string& name) {
  const std::string log = directory_ / "createdb.log";
  EXPECT_EQ(run({postgres_program("createdb"), "-h", directory_ / "socket", "-U", "tester", "-E", "UTF8", "-T",
                 "template0", name},
                log),
            0)
      << slurp(log);
  return "postgresql://tester@/" + name + "?host=" + (directory_ / "socket");
}

std::string PostgresServer::ask(const std::string& name, const std::string& sql) const {
  const std::string out = directory_ / "answer";
  const int code =
      run({postgres_program("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", directory_ / "socket", "-U",
           "tester", "-d", name, "-c", "SET search_path = perfwarden", "-c", sql},
          out);
  const std::string answer = slurp(out);
  EXPECT_EQ(code, 0) << answer;
  return answer.substr(0, answer.find('\n'));
}

}  // namespace perfwarden::support
