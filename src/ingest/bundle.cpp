#include "ingest/bundle.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace perfwarden::ingest {
namespace {

constexpr std::string_view k_open = "==> ";
constexpr std::string_view k_close = " <==";

// The path of a heading; empty when the line is none.
std::string_view path_of(std::string_view line) {
  line = text::trim(line);
  if (!line.starts_with(k_open) || !line.ends_with(k_close) || line.size() <= k_open.size() + k_close.size()) return {};
  return line.substr(k_open.size(), line.size() - k_open.size() - k_close.size());
}

}  // namespace

bool is_result_file(std::string_view path) {
  for (const std::string_view end : {"new/benchmark.json", "new/sample.json", "new/estimates.json", "summary.json"})
    if (path == end || (path.ends_with(end) && path[path.size() - end.size() - 1] == '/')) return true;
  return false;
}

bool is_bundle(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return false;
  return !path_of(text.substr(begin, text.find('\n', begin) - begin)).empty();
}

std::vector<BundledFile> unbundle(std::string_view text, std::string_view name) {
  if (!is_bundle(text)) return {{name, text, 1}};
  std::vector<BundledFile> out;
  int line = 1;
  for (std::size_t at = 0; at < text.size(); ++line) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view path = path_of(text.substr(at, end - at));
    const std::size_t next = std::min(end + 1, text.size());
    if (!path.empty())
      out.push_back({path, text.substr(next, 0), line + 1});
    else if (!out.empty())
      out.back().text = std::string_view(out.back().text.data(),
                                         next - static_cast<std::size_t>(out.back().text.data() - text.data()));
    at = next;
  }
  return out;
}

std::string bundle(const std::vector<std::pair<std::string, std::string>>& files) {
  std::string out;
  for (const auto& [path, text] : files) {
    out += out.empty() ? "" : "\n";
    out += std::string(k_open) + text::one_line(path) + std::string(k_close) + "\n" + text;
    if (!text.ends_with('\n')) out += '\n';
  }
  return out;
}

}  // namespace perfwarden::ingest
