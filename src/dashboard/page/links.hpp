#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace perfwarden::dashboard {

// Links leads from one page to the others: addresses of a server, or files beside each other. What is not there has no
// link (""). All are relative, since a dashboard may live below any path.
struct Links {
  std::string root;  // relative prefix: "", "../"
  bool as_files = false;
  // Of files: which alerts, series and runs have one.
  std::function<bool(std::string_view kind, std::int64_t id)> has = {};
  std::function<bool(const std::string& file)> has_flame = {};  // of files: which pictures there are

  [[nodiscard]] std::string page(std::string_view name) const;  // "status", "alerts", "series", "runs", …
  [[nodiscard]] std::string one(std::string_view kind, std::int64_t id) const;  // kind: "alert", "series", "run"
  [[nodiscard]] std::string query(std::string_view name, std::string_view parameters) const;  // none of files
  // The picture of a profile, or of what changed from the profile `base`; 0: none.
  [[nodiscard]] std::string flame(std::int64_t base, std::int64_t profile) const;
  [[nodiscard]] std::string compare(const std::string& base, const std::string& head) const;
};

// The file that Links::flame leads to.
[[nodiscard]] std::string flame_file(std::int64_t base, std::int64_t profile);

}  // namespace perfwarden::dashboard
