#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "json/parse.hpp"
#include "json/tree.hpp"
#include "json/write.hpp"

namespace {

using namespace perfwarden;

// Whether both hold the same values; of repeated keys only the last is in `value`.
bool same(const json::Node& node, const nlohmann::json& value) {
  if (value.is_number()) return node.number() == value.get<double>();
  if (value.is_string()) return node.is(json::Kind::string) && node.text() == value.get_ref<const std::string&>();
  if (value.is_boolean()) return node.is(json::Kind::boolean) && (node.number() != 0) == value.get<bool>();
  if (value.is_null()) return node.is(json::Kind::null);
  std::size_t count = 0;
  bool all = true;
  if (value.is_array()) {
    node.each([&](const json::Node& item) { all = all && count < value.size() && same(item, value[count++]); });
    return all && count == value.size();
  }
  node.each_member([&](std::string_view key, const json::Node& /*item*/) { all = all && value.contains(key); });
  for (const auto& [key, item] : value.items()) {
    std::optional<json::Node> last;
    node.each_member([&, name = std::string_view(key)](std::string_view other, const json::Node& found) {
      if (other == name) last = found;
    });
    all = all && last && same(*last, item);
  }
  return all;
}

}  // namespace

// What parse takes, Tree takes too, with the same values, and it can be written and read again; what either refuses, it
// says why. What Tree alone takes has numbers that JSON does not know.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto value = json::parse(text, "fuzz.json");
  const auto tree = json::Tree::read(text, "fuzz.json", {.repeated_keys = true});
  if (!value && (value.error().what.empty() || value.error().where.empty())) __builtin_trap();
  if (!tree && (tree.error().what.empty() || tree.error().where.empty())) __builtin_trap();
  if (!value) return 0;
  if (!tree || !same(tree->root(), *value)) __builtin_trap();
  const auto again = json::parse(json::dump(*value));
  if (!again || *again != *value) __builtin_trap();
  return 0;
}
