#include "checkout/build_entry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/sha256.hpp"
#include "base/text.hpp"
#include "os/files/files.hpp"

namespace perfwarden::checkout {
namespace {

using Json = nlohmann::json;

constexpr std::string_view k_build_schema = "perfwarden.build/1";
constexpr std::string_view k_manifest_name = "manifest.json", k_list_name = "list";
constexpr std::size_t k_most_manifest_bytes = std::size_t{4} << 20;
constexpr std::size_t k_fields = 6;
constexpr std::array<std::pair<std::string_view, os::TreeEntry::Kind>, 3> k_kinds{
    {{"folder", os::TreeEntry::Kind::folder},
     {"file", os::TreeEntry::Kind::file},
     {"link", os::TreeEntry::Kind::link}}};

Error broken(const std::string& entry, std::string_view what) {
  return {.kind = ErrorKind::parse, .what = std::string(what), .where = entry};
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
    const auto kind =
        std::find_if(k_kinds.begin(), k_kinds.end(), [&](const auto& one) { return one.second == entry.kind; });
    const std::array<std::string, k_fields> fields{std::string(kind->first),
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
    return broken(entry, "its list breaks off");
  os::Tree tree;
  for (std::size_t i = 0; i + 1 < fields.size(); i += k_fields) {
    const auto kind =
        std::find_if(k_kinds.begin(), k_kinds.end(), [&](const auto& one) { return one.first == fields[i]; });
    const auto mode = text::to_integer(fields[i + 1]);
    const auto bytes = text::to_integer(fields[i + 2]);
    const auto modified = text::to_integer(fields[i + 3]);
    if (kind == k_kinds.end() || !mode || *mode < 0 || *mode > 0777 || !bytes || *bytes < 0 || !modified ||
        !is_below(fields[i + 5]))
      return broken(entry, "its list names something that cannot be");
    tree.push_back({kind->second, std::string(fields[i + 5]), static_cast<unsigned>(*mode),
                    static_cast<std::uint64_t>(*bytes), *modified, std::string(fields[i + 4])});
  }
  return tree;
}

Result<Manifest> read_manifest(const std::string& entry) {
  PW_TRY_ASSIGN(const std::string text,
                os::read_file_below(entry, std::string(k_manifest_name), k_most_manifest_bytes));
  const Json json = Json::parse(text, nullptr, false);
  const auto text_of = [&](const char* name) {
    const auto found = json.is_object() ? json.find(name) : json.end();
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  const auto number_of = [&](const char* name) {
    const auto found = json.is_object() ? json.find(name) : json.end();
    return found != json.end() && found->is_number() ? found->get<double>() : -1;
  };
  if (!json.is_object() || text_of("schema") != k_build_schema) return broken(entry, "its manifest cannot be read");
  Manifest manifest;
  const auto parts = json.find("key");
  if (parts == json.end() || !parts->is_array()) return broken(entry, "its manifest has no key");
  for (const Json& part : *parts) {
    if (!part.is_array() || part.size() != 2 || !part[0].is_string() || !part[1].is_string())
      return broken(entry, "its manifest has a key that cannot be read");
    manifest.key.emplace_back(part[0].get<std::string>(), part[1].get<std::string>());
  }
  if (!(number_of("bytes") >= 0) || !(number_of("bytes") < 1e18) || !(number_of("seconds") >= 0))
    return broken(entry, "its manifest has no size or no time");
  manifest.bytes = static_cast<std::uint64_t>(number_of("bytes"));
  manifest.facts = {number_of("seconds"), text_of("built")};
  manifest.list = text_of("list");
  return manifest;
}

Status write_entry(const std::string& entry, Manifest manifest, const os::Tree& list) {
  const std::string text = list_text(list);
  manifest.list = sha256(text);
  Json key = Json::array();
  for (const auto& [name, value] : manifest.key) key.push_back({name, value});
  const Json json{{"schema", k_build_schema},      {"key", key},
                  {"built", manifest.facts.built}, {"seconds", manifest.facts.build_s},
                  {"bytes", manifest.bytes},       {"list", manifest.list}};
  PW_TRY(os::write_file(fmt::format("{}/{}", entry, k_list_name), text));
  return os::write_file(fmt::format("{}/{}", entry, k_manifest_name),
                        json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
}

}  // namespace perfwarden::checkout
