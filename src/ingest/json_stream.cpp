#include "ingest/json_stream.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ingest/limits.hpp"

namespace perfwarden::ingest {
namespace {

// A value that is no JSON costs a look at all that follows it, to find its end.
constexpr std::size_t k_max_broken = 20;

}  // namespace

Status for_each_json(std::string_view text, const std::string& name, int first_line, Table& table,
                     const std::function<Status(const json::Node&)>& visit) {
  std::size_t broken = 0;
  int line = first_line;
  for (std::size_t at = 0; at < text.size() && broken < k_max_broken;) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::size_t begin = std::min(text.find_first_not_of(" \t\r", at), text.size());
    if (begin < end && (text[begin] == '{' || text[begin] == '[')) {
      const Result<json::Tree> tree =
          json::Tree::read(text, name, {.from = begin, .line = line, .trailing_text = true});
      if (tree) {
        PW_TRY(visit(tree->root()));
        at = tree->end();
        line = tree->end_line();
        continue;
      }
      ++broken;
      table.note(line, "bad-record", fmt::format("{}; ignored", tree.error().what));
    }
    at = end + 1;
    ++line;
  }
  return Nothing{};
}

}  // namespace perfwarden::ingest
