#include "publish/memory.hpp"

#include "json/parse.hpp"
#include "json/path.hpp"
#include "json/write.hpp"
#include "os/files/files.hpp"

namespace perfwarden::publish {
namespace {

constexpr std::size_t k_largest = std::size_t{1} << 20;
constexpr std::int64_t k_month_s = std::int64_t{30} * 86'400;

}  // namespace

Memory::Memory(std::string file, std::int64_t now_s) : file_(std::move(file)), now_s_(now_s) {
  if (file_.empty() || !os::exists(file_)) return;
  const Result<std::string> text = os::read_file(file_, k_largest);
  const auto value = text ? json::parse(*text) : Result<nlohmann::json>(text.error());
  const nlohmann::json* told = value ? json::at(*value, {"told"}) : nullptr;
  if (told == nullptr || !told->is_object()) return;
  for (const auto& entry : told->items()) {
    if (!entry.value().is_number_integer()) continue;
    const auto when = entry.value().get<std::int64_t>();
    if (when <= now_s_ && when > now_s_ - k_month_s) told_[entry.key()] = when;
  }
}

bool Memory::told_within(const std::string& key, double seconds) const {
  const auto found = told_.find(key);
  return found != told_.end() && static_cast<double>(now_s_ - found->second) < seconds;
}

void Memory::tell(const std::string& key) {
  told_[key] = now_s_;
}

void Memory::keep() const {
  if (file_.empty()) return;
  // At worst it is told again.
  (void)os::write_file(file_, json::dump(nlohmann::json{{"schema", "perfwarden.told/1"}, {"told", told_}}) + "\n")
      .has_value();
}

}  // namespace perfwarden::publish
