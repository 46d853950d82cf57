#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace perfwarden::os {

// KernelFiles are the small files of /proc and /sys below a root ("" = the real ones; tests give a folder). Names begin
// with '/'. A file that cannot be read is empty.
class KernelFiles {
 public:
  explicit KernelFiles(std::string root) : root_(std::move(root)) {}
  [[nodiscard]] bool is_real() const { return root_.empty(); }
  [[nodiscard]] bool has(const std::string& name) const;
  [[nodiscard]] std::string text(const std::string& name) const;  // whole, 16 MiB at most
  [[nodiscard]] std::string word(const std::string& name) const;  // trimmed
  [[nodiscard]] std::optional<long long> integer(const std::string& name) const;
  [[nodiscard]] std::vector<std::string> names_in(const std::string& folder) const;  // sorted; empty when there is none
  // Writes in place, as these files require. Error (io) with errno's words.
  [[nodiscard]] Status write(const std::string& name, std::string_view value) const;

  // The file `name` of this process's own cgroup below `tree`, a mount of the unified hierarchy (controller "") or of a
  // version-1 controller. A container may see its own group as the root of the tree: then the root's file.
  [[nodiscard]] std::string of_cgroup(std::string_view controller, const std::string& tree,
                                      const std::string& name) const;
  [[nodiscard]] std::string cgroup_file(std::string_view controller, const std::string& tree,
                                        const std::string& name) const;  // its name; empty when there is none
  // The path of this process in the unified hierarchy (controller ""), or in that of one version-1 controller.
  [[nodiscard]] std::string cgroup_path(std::string_view controller) const;

 private:
  std::string root_;
};

// The value after "key:" in a file of such lines; empty when there is none.
[[nodiscard]] std::string value_of(std::string_view file, std::string_view key);

}  // namespace perfwarden::os
