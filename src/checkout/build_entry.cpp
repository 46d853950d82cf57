#include "checkout/build_entry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/names.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "json/cursor.hpp"
#include "json/parse.hpp"
#include "json/write.hpp"
#include "os/files/files.hpp"

namespace perfwarden::checkout {
namespace {

using Json = nlohmann::json;

constexpr std::string_view k_build_schema = "perfwarden.build/1";
constexpr std::string_view k_manifest_name = "manifest.json", k_list_name = "list";
constexpr std::size_t k_most_manifest_bytes = std::size_t{4} << 20;
constexpr std::size_t k_fields = 6;
constexpr std::size_t k_most_parts = 100'000;  // of a key
constexpr Names<os::TreeEntry::Kind, 3> k_kinds{{{"folder", os::TreeEntry::Kind::folder},
                                                 {"file", os::TreeEntry::Kind::file},
                                                 {"link", os::TreeEntry::Kind::link}}};

Error broken(const std::string& entry, std::string what) {
  return {.kind = ErrorKind::parse, .what = std::move(what), .where = entry};
}

bool is_below(std::string_view path) {
  if (path.empty() || path == ".git" || path.starts_with(".git/")) return false;
  const auto steps = text::split(path, '/');
  return std::none_of(steps.begin(), steps.end(),
                      [](std::string_view step) { return step.empty() || step == "." || step == ".."; });
}

}  // namespace

std::string list_text(const os::Tree& list) {
  std::string out;
  for (const os::TreeEntry& entry : list) {
    const std::array<std::string, k_fields> fields{std::string(spelled(k_kinds, entry.kind)),
                                                   std::to_string(entry.mode),
                                                   std::to_string(entry.bytes),
                                                   std::to_string(entry.modified_ns),
                                                   entry.content,
                                                   entry.path};
    for (const std::string& field : fields) {
      out += field;
      out += '\0';
    }
  }
  return out;
}

Result<os::Tree> read_list(const std::string& entry, const Manifest& manifest) {
  PW_TRY_ASSIGN(const std::string text, os::read_file_below(entry, std::string(k_list_name)));
  if (sha256(text) != manifest.list) return broken(entry, "its list is not the one that was written");
  std::vector<std::string_view> fields = text::split(text, '\0');
  if (fields.empty() || !fields.back().empty() || (fields.size() - 1) % k_fields != 0)
    return broken(entry, "its list is cut off");
  os::Tree tree;
  for (std::size_t i = 0; i + 1 < fields.size(); i += k_fields) {
    const auto kind = parsed(k_kinds, fields[i]);
    const auto mode = text::to_integer(fields[i + 1]);
    const auto bytes = text::to_integer(fields[i + 2]);
    const auto modified = text::to_integer(fields[i + 3]);
    if (!kind || !mode || *mode < 0 || *mode > 0777 || !bytes || *bytes < 0 || !modified || !is_below(fields[i + 5]))
      return broken(entry, "its list names something impossible");
    tree.push_back({*kind, std::string(fields[i + 5]), static_cast<unsigned>(*mode), static_cast<std::uint64_t>(*bytes),
                    *modified, std::string(fields[i + 4])});
  }
  return tree;
}

Result<Manifest> read_manifest(const std::string& entry) {
  PW_TRY_ASSIGN(const std::string text,
                os::read_file_below(entry, std::string(k_manifest_name), k_most_manifest_bytes));
  const Result<Json> read = json::parse(text);
  if (!read) return broken(entry, "its manifest cannot be read: " + read.error().what);
  json::Cursor::Problem problem;
  const json::Cursor root(*read, "", problem);
  if (root["schema"].text() != k_build_schema) root.fail("an unknown schema");
  Manifest manifest;
  root["key"].each(k_most_parts, [&](const json::Cursor& part) {
    std::vector<std::string> texts;
    part.each(2, [&](const json::Cursor& item) { texts.push_back(item.text()); });
    if (texts.size() != 2) return part.fail("not a name and a value");
    manifest.key.emplace_back(std::move(texts[0]), std::move(texts[1]));
  });
  manifest.bytes = root["bytes"].size();
  manifest.facts = {root["seconds"].number(), root["built"].text()};
  manifest.list = root["list"].text();
  if (!std::isfinite(manifest.facts.build_s) || manifest.facts.build_s < 0) root["seconds"].fail("not a time");
  if (root.failed())
    return broken(entry, fmt::format("its manifest cannot be read: {}: {}", problem.place, problem.what));
  return manifest;
}

Status write_entry(const std::string& entry, Manifest manifest, const os::Tree& list) {
  const std::string text = list_text(list);
  manifest.list = sha256(text);
  Json key = Json::array();
  for (const auto& [name, value] : manifest.key) key.push_back({name, value});
  const Json manifest_json{{"schema", k_build_schema},      {"key", key},
                           {"built", manifest.facts.built}, {"seconds", manifest.facts.build_s},
                           {"bytes", manifest.bytes},       {"list", manifest.list}};
  PW_TRY(os::write_file(fmt::format("{}/{}", entry, k_list_name), text));
  return os::write_file(fmt::format("{}/{}", entry, k_manifest_name), json::pretty(manifest_json, 1));
}

}  // namespace perfwarden::checkout
