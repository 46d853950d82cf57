#include "tidy/layers.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace perfwarden::tidy {
namespace {

namespace fs = std::filesystem;
using Folders = std::set<std::string>;

// A folder may include itself and these (src/README.md). "*" = all: only app and main.cpp (folder "") see everything.
const std::map<std::string, Folders>& may_include() {
  static const std::map<std::string, Folders> k_may_include{
      {"", {"*"}},
      {"app", {"*"}},
      {"base", {}},
      {"json", {"base"}},
      {"model", {"base"}},
      {"stats", {"base", "model"}},
      {"ingest", {"base", "json", "model"}},
      {"compare", {"base", "model", "stats"}},
      {"gates", {"base", "model"}},
      {"profile", {"base", "json", "model", "stats"}},
      {"identity", {"base", "model"}},
      {"explain", {"base", "model", "stats"}},
      {"plan", {"base", "model"}},
      {"report", {"base", "json", "model"}},
      {"bisect", {"base", "model", "stats"}},
      {"trend", {"base", "model", "stats"}},
      {"os", {"base", "model"}},
      {"preload", {"os"}},  // one plain header
      {"portable", {}},     // what the static build links instead of libraries
      {"config", {"base", "json", "model", "os"}},
      {"measure", {"base", "model", "os"}},
      {"net", {"base", "model"}},
      {"github", {"base", "json", "model", "net", "os"}},
      {"store", {"base", "json", "model", "os"}},
      {"checkout", {"base", "json", "model", "os"}},
      {"baseline", {"base", "json", "model", "os"}},
      {"publish", {"base", "json", "model", "github", "net", "report", "os"}},
      {"dashboard", {"base", "json", "model", "os", "store", "report", "trend"}},
  };
  return k_may_include;
}

// Who may include a header that is not of the standard library: by the longest prefix that matches. "*" = all; an owner
// is a folder, or a folder of a folder.
const std::map<std::string, Folders>& owners() {
  static const std::map<std::string, Folders> k_owner{
      {"yaml-cpp/", {"config"}},
      {"curl/", {"net"}},
      {"sqlite3.h", {"store/drivers"}},
      {"libpq-fe.h", {"store/drivers"}},
      {"CLI/", {"app"}},
      {"boost/math/", {"stats"}},
      {"boost/asio", {"dashboard"}},
      {"boost/beast", {"dashboard"}},
      {"protozero/", {"profile"}},
      {"libdeflate.h", {"profile", "github", "store"}},
      {"zstd.h", {"profile"}},
      {"xxhash.h", {"profile"}},
      {"sodium/", {"base"}},
      {"simdjson.h", {"profile"}},
      {"re2/", {"ingest", "profile", "explain"}},
      {"expat.h", {"ingest"}},
      {"zip.h", {"github"}},
      {"capstone/", {"identity"}},
      {"mustache.hpp", {"report", "dashboard"}},
      {"kainjow/", {"report"}},
      {"nlohmann/",
       {"json", "ingest", "profile", "explain", "report", "bisect", "trend", "config", "github", "store", "checkout",
        "baseline", "publish", "dashboard", "app"}},
      {"fmt/", {"*"}},
      // Calls of the operating system, behind the seams of os/.
      {"sys/", {"os", "preload"}},
      {"linux/", {"os"}},
      {"asm/", {"os"}},
      {"arpa/", {"os"}},
      {"netinet/", {"os"}},
      {"unistd.h", {"os", "preload"}},
      {"fcntl.h", {"os", "preload"}},
      {"sched.h", {"os"}},
      {"signal.h", {"os"}},
      {"csignal", {"os", "app", "measure", "dashboard"}},  // names of signals
      {"spawn.h", {"os"}},
      {"poll.h", {"os"}},
      {"grp.h", {"os"}},
      {"pwd.h", {"os"}},
      {"dirent.h", {"os"}},
      {"time.h", {"os"}},
      {"cxxabi.h", {"identity"}},
      {"elf.h", {"os", "identity"}},
      {"thread", {"os", "dashboard"}},
      {"dlfcn.h", {"preload", "store/drivers"}},
      {"malloc.h", {"preload"}},
      {"pthread.h", {"preload"}},
      {"iostream", {}},
  };
  return k_owner;
}

struct Banned {
  std::string name;
  Folders owners;
  std::string instead;
  std::vector<std::string> hints;  // one of them is in every match: std::regex is slow, and most lines hold none
  std::regex word;
  bool in_strings = false;  // look inside string literals, where SQL lives, rather than outside of them
  [[nodiscard]] bool in(const std::string& line) const {
    return std::any_of(hints.begin(), hints.end(), [&](const auto& hint) { return line.find(hint) != line.npos; }) &&
           std::regex_search(line, word);
  }
};

const std::vector<Banned>& banned_words() {
  // A call of a free function: not a member, not part of a longer name, not of another namespace.
  static const std::string free = R"((^|[^\w:.>]|return )(std::|::)?)";
  static const std::vector<Banned> k_banned{
      {"getenv", {"os", "preload"}, "take an os::Environment", {"getenv"}, std::regex(R"(\b(secure_)?getenv\s*\()")},
      {"std::cout and std::cerr", {}, "take an os::Console", {"std::c"}, std::regex(R"(\bstd::(cout|cerr|clog)\b)")},
      {"printf", {"os"}, "take an os::Console", {"printf", "puts"}, std::regex(free + R"((f?printf|f?puts)\s*\()")},
      {"exit(", {"os"}, "return an Error or an exit code", {"exit"}, std::regex(free + R"((quick_|_)?exit\s*\()")},
      {"abort(", {}, "return an Error", {"abort"}, std::regex(free + R"(abort\s*\()")},
      {"system_clock::now", {"os"}, "take an os::Clock", {"system_clock"}, std::regex(R"(\bsystem_clock::now\b)")},
      {"the clock",
       {"os"},
       "take an os::Clock",
       {"time", "clock"},
       std::regex(free + R"((time|clock_gettime|gettimeofday)\s*\((nullptr|NULL|0|CLOCK_|&))")},
      {"starting processes",
       {"os"},
       "take an os::Processes",
       {"fork", "popen", "system", "posix_spawn", "exec"},
       std::regex(free + R"((v?fork|popen|system|posix_spawnp?|execv[pe]*)\s*\()")},
      {"std::thread",
       {"os", "dashboard"},
       "stay in one thread",
       {"std::thread", "std::jthread", "std::async"},
       std::regex(R"(\bstd::(thread|jthread|async)\b)")},
      {"reading and writing of JSON",
       {"json", "config"},  // config writes its schema from texts of its own
       "call json::parse, json::dump or json::pretty",
       {"parse", "accept", "error_handler"},
       std::regex(R"(\b(nlohmann::(ordered_)?json|Json)::(parse|sax_parse|accept)\b|\berror_handler_t\b)")},
      {"SQL",
       {"store"},
       "ask store/ for it",
       {"SELECT", "INSERT", "UPDATE", "DELETE", "TABLE", "INDEX", "VIEW", "PRAGMA"},
       std::regex(R"(\b(SELECT\s.*\bFROM\b|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|)"
                  R"((CREATE|DROP|ALTER)\s+(TABLE|INDEX|VIEW)\s|PRAGMA\s+\w+))"),
       true},
      {"SQL of one database",
       {"store/drivers"},
       "write what SQLite and PostgreSQL both know",
       {"PRAGMA", "OR ", "rowid", "ROWID", "AUTOINCREMENT", "sqlite_", "::", "ANY", "BYTEA", "SERIAL", "?"},
       std::regex(R"(\bPRAGMA\s+\w+|\bOR\s+(REPLACE|IGNORE)\b|\blast_insert_rowid\b|\bAUTOINCREMENT\b|)"
                  R"(\bROWID\b|\bsqlite_(schema|master|sequence)\b|\$\d+::\w|\bANY\s*\(\$|\bBYTEA\b|)"
                  R"(\bSERIAL\b|\b(VALUES|WHERE)\b.*\?)"),
       true},
  };
  return k_banned;
}

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The text with comments, and either string literals or everything else, turned into spaces; line ends stay, so that
// line numbers hold. Raw strings and digit separators are known.
std::string keep(const std::string& text, bool strings) {
  std::string out;
  out.reserve(text.size());
  const auto put = [&](std::size_t from, std::size_t to, bool visible) {
    for (std::size_t i = from; i < to && i < text.size(); ++i) out += visible || text[i] == '\n' ? text[i] : ' ';
  };
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i + 1;
    if (text.compare(i, 2, "//") == 0) {
      end = std::min(text.find('\n', i), text.size());
      put(i, end, false);
    } else if (text.compare(i, 2, "/*") == 0) {
      const std::size_t close = text.find("*/", i + 2);
      end = close == std::string::npos ? text.size() : close + 2;
      put(i, end, false);
    } else if (text.compare(i, 2, "R\"") == 0) {
      const std::size_t open = std::min(text.find('(', i), text.size());
      const std::string close = ")" + text.substr(std::min(i + 2, open), open - std::min(i + 2, open)) + "\"";
      const std::size_t at = text.find(close, open);
      end = at == std::string::npos ? text.size() : at + close.size();
      put(i, end, strings);
    } else if (text[i] == '"' ||
               (text[i] == '\'' && (i == 0 || std::isalnum(static_cast<unsigned char>(text[i - 1])) == 0))) {
      while (end < text.size() && text[end] != text[i] && text[end] != '\n') end += text[end] == '\\' ? 2U : 1U;
      end = std::min(end + 1, text.size());
      put(i, end, strings);
    } else {
      put(i, end, !strings);
    }
    i = end;
  }
  return out;
}

std::vector<fs::path> sources_below(const fs::path& folder) {
  std::vector<fs::path> files;
  if (!fs::exists(folder)) return files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const fs::path extension = entry.path().extension();
    if (entry.is_regular_file() && (extension == ".cpp" || extension == ".hpp")) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// Folders below src/: "store/drivers"; "" for main.cpp.
std::string room_of(const fs::path& relative) {
  const fs::path below = relative.lexically_relative("src").parent_path();
  return below.generic_string();
}

// The first of them.
std::string folder_of(const fs::path& relative) {
  const std::string room = room_of(relative);
  return room.substr(0, room.find('/'));
}

std::string joined(const Folders& folders) {
  if (folders.empty()) return "nobody";
  std::string text;
  for (const std::string& folder : folders) text += (text.empty() ? "" : ", ") + folder;
  return text;
}

bool allows(const Folders& folders, const std::string& room) {
  if (folders.contains("*") || folders.contains(room)) return true;
  const std::size_t slash = room.rfind('/');
  return slash != std::string::npos && allows(folders, room.substr(0, slash));
}

// What is wrong with `#include <name>` in `room`; empty when nothing.
std::string fault_of_outside(const std::string& name, const std::string& room) {
  const Folders* owner = nullptr;
  std::size_t longest = 0;
  for (const auto& [prefix, folders] : owners()) {
    const bool whole = prefix.back() == '/' || prefix.find('/') != std::string::npos;
    const bool match = whole ? name.rfind(prefix, 0) == 0 : name == prefix;
    if (match && prefix.size() > longest) {
      owner = &folders;
      longest = prefix.size();
    }
  }
  if (owner != nullptr) return allows(*owner, room) ? "" : "<" + name + "> belongs to " + joined(*owner);
  // Headers of the standard library have neither a folder nor a suffix.
  if (name.find('/') == std::string::npos && name.find('.') == std::string::npos) return "";
  return "<" + name + "> has no owner: add it to k_owner in tests/tidy/layers.cpp";
}

std::string fault_of_ours(const std::string& name, const std::string& folder) {
  const std::size_t slash = name.find('/');
  if (slash == std::string::npos) return "\"" + name + "\": write the path below src/";
  const std::string other = name.substr(0, slash);
  if (!may_include().contains(other)) return "\"" + name + "\": src/" + other + " is not a folder of the house";
  if (other == folder || allows(may_include().at(folder), other)) return "";
  return folder + " must not include " + other;
}

void check_file(const fs::path& path, const fs::path& relative, std::vector<std::string>& faults) {
  const std::string room = room_of(relative);
  const std::string folder = folder_of(relative);
  const auto report = [&](std::size_t line, const std::string& what) {
    faults.push_back(relative.string() + ":" + std::to_string(line) + ": error: " + what);
  };
  if (!may_include().contains(folder)) {
    report(1, "src/" + folder + " is not a folder of the house: add it to k_may_include in tests/tidy/layers.cpp");
    return;
  }
  const std::string text = read(path);
  static const std::regex include(R"re(^\s*#\s*include\s*([<"])([^>"]+)[>"])re");
  std::istringstream lines(text), code(keep(text, false)), literals(keep(text, true));
  std::string line, code_line, literal_line;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    std::getline(code, code_line);
    std::getline(literals, literal_line);
    std::smatch found;
    if (std::regex_search(line, found, include)) {
      const std::string fault = found[1] == "<" ? fault_of_outside(found[2], room) : fault_of_ours(found[2], folder);
      if (!fault.empty()) report(number, fault);
      continue;
    }
    for (const Banned& banned : banned_words()) {
      if (allows(banned.owners, room)) continue;
      if (banned.in(banned.in_strings ? literal_line : code_line)) {
        report(number, banned.name + " belongs to " + joined(banned.owners) + ": " + banned.instead);
      }
    }
  }
}

std::size_t line_count(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

std::vector<std::string> faults_below(const std::string& root) {
  std::vector<std::string> faults;
  for (const fs::path& path : sources_below(fs::path(root) / "src")) check_file(path, fs::relative(path, root), faults);
  return faults;
}

std::vector<std::string> long_files_below(const std::string& root, std::size_t limit) {
  std::vector<std::string> found;
  for (const fs::path& path : sources_below(fs::path(root) / "src")) {
    const std::size_t lines = line_count(read(path));
    if (lines > limit) found.push_back(fs::relative(path, root).string() + ": " + std::to_string(lines) + " lines");
  }
  return found;
}

std::vector<std::string> untested_folders(const std::string& root) {
  constexpr std::size_t k_trivial_lines = 40;
  std::map<std::string, std::size_t> lines;
  for (const fs::path& path : sources_below(fs::path(root) / "src")) {
    if (path.extension() == ".cpp") lines[folder_of(fs::relative(path, root))] += line_count(read(path));
  }
  std::vector<std::string> found;
  for (const auto& [folder, count] : lines) {
    if (folder.empty() || count <= k_trivial_lines) continue;
    const fs::path tests = fs::path(root) / "tests";
    if (sources_below(tests / "unit" / folder).empty() && sources_below(tests / "integration" / folder).empty() &&
        !fs::exists(tests / "e2e" / (folder + ".sh"))) {
      found.push_back("src/" + folder);
    }
  }
  return found;
}

}  // namespace perfwarden::tidy
