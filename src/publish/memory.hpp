#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace perfwarden::publish {

// A Memory says when something was last told, in a small file beside the history. A file that is missing or broken
// knows nothing, so that at worst something is told twice. What is older than a month is forgotten.
class Memory {
 public:
  Memory(std::string file, std::int64_t now_s);  // an empty name: nothing is remembered
  [[nodiscard]] bool told_within(const std::string& key, double seconds) const;
  void tell(const std::string& key);
  void keep() const;

 private:
  std::string file_;
  std::int64_t now_s_;
  std::map<std::string, std::int64_t> told_;  // unix seconds by key
};

}  // namespace perfwarden::publish
