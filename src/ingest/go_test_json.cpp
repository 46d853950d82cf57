#include "ingest/go_test_json.hpp"

#include <cstddef>
#include <unordered_map>

#include "base/text.hpp"
#include "ingest/parts.hpp"
#include "json/tree.hpp"

namespace perfwarden::ingest {
namespace {

void append(GoPackageOutput& output, std::string_view text, int number) {
  while (!text.empty()) {
    if (output.text.empty() || output.text.back() == '\n') output.numbers.push_back(number);
    const std::size_t end = text.find('\n');
    const std::size_t size = end == std::string_view::npos ? text.size() : end + 1;
    output.text += text.substr(0, size);
    text.remove_prefix(size);
  }
}

std::string_view string_member(const json::Node& event, std::string_view key) {
  const auto member = event.find(key);
  return member && member->is(json::Kind::string) ? member->text() : std::string_view{};
}

}  // namespace

bool is_go_test_json(std::string_view text) {
  Lines lines(text);
  while (lines.next()) {
    const std::string_view line = text::trim(lines.line());
    if (line.empty()) continue;
    return line.starts_with('{') && line.ends_with('}') && line.find("\"Action\":\"") != std::string_view::npos;
  }
  return false;
}

std::vector<GoPackageOutput> unwrapped_go_test(std::string_view text) {
  std::vector<GoPackageOutput> outputs;
  std::unordered_map<std::string, std::size_t> index;
  const auto output_of = [&](std::string_view package) -> GoPackageOutput& {
    const auto [found, added] = index.try_emplace(std::string(package), outputs.size());
    if (added) outputs.emplace_back();
    return outputs[found->second];
  };
  Lines lines(text);
  while (lines.next()) {
    const auto event = json::Tree::read(lines.line(), "", {});
    if (!event || !event->root().is(json::Kind::object)) {
      append(output_of(""), std::string(lines.line()) + '\n', lines.number());
      continue;
    }
    const json::Node root = event->root();
    if (string_member(root, "Action") == "output")
      append(output_of(string_member(root, "Package")), string_member(root, "Output"), lines.number());
  }
  return outputs;
}

}  // namespace perfwarden::ingest
