#pragma once

#include <optional>
#include <string>
#include <utility>

#include "app/cli/world.hpp"
#include "app/pipe/checkouts.hpp"
#include "base/result.hpp"
#include "checkout/worktree.hpp"
#include "model/config.hpp"

namespace perfwarden::app {

// Twins are the same code at two paths of equal length: HEAD checked out twice, as `check` does with two commits, or,
// where HEAD cannot be built, this folder under two names. The checkouts are removed in the destructor.
class Twins {
 public:
  [[nodiscard]] static Result<Twins> make(World& world, const Config& config);
  Twins(Twins&& other) noexcept
      : base_(std::move(other.base_)),
        head_(std::move(other.head_)),
        links_(std::exchange(other.links_, {})),
        worktrees_(std::move(other.worktrees_)) {}
  Twins& operator=(Twins&&) = delete;
  Twins(const Twins&) = delete;
  Twins& operator=(const Twins&) = delete;
  ~Twins();
  [[nodiscard]] const std::string& head_directory() const { return head_; }
  // The two checkouts to measure; valid as long as the twins live.
  [[nodiscard]] Checkouts checkouts() const;

 private:
  Twins() = default;
  [[nodiscard]] Status link();

  std::string base_, head_;
  std::string links_;  // folder with the two names; empty = none
  std::optional<checkout::TwoSides> worktrees_;
};

}  // namespace perfwarden::app
