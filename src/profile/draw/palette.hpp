#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "model/profile_diff.hpp"

// Colours of flame graphs.
namespace perfwarden::profile {

struct Colour {
  std::uint8_t red = 0, green = 0, blue = 0;
  friend bool operator==(const Colour&, const Colour&) = default;
};
inline constexpr Colour k_black{0, 0, 0}, k_white{255, 255, 255};

[[nodiscard]] std::string hex(const Colour& colour);                       // "#1a85ff"
[[nodiscard]] double contrast(const Colour& first, const Colour& second);  // 1 to 21; WCAG 2.1, 1.4.3
[[nodiscard]] Colour ink_on(const Colour& fill);                           // black or white, whichever reads better

// Differential: from blue (head spends less) over grey (no certain change) to red (more). Blue and red can be
// distinguished with every common colour blindness (docs/profiles.md#flame-graphs).
inline constexpr std::size_t k_steps = 6;          // a side
inline constexpr std::size_t k_neutral = k_steps;  // index of grey
inline constexpr std::size_t k_shades = 2 * k_steps + 1;
[[nodiscard]] const std::array<Colour, k_shades>& diff_shades();
// Which of them. `relative` is head / base − 1 and counts as ±1 beyond that (infinite for what is new); grey for code
// without a certain change. A certain change is never grey, however small.
[[nodiscard]] std::size_t diff_shade(FrameChange change, double relative);

// Plain: one hue a package, so that neighbours of one library look alike; one is kept for the kernel, and the last is
// for frames of no known package.
inline constexpr std::size_t k_hues = 12;
inline constexpr std::size_t k_kernel_hue = k_hues, k_unknown_hue = k_hues + 1;
[[nodiscard]] const std::array<Colour, k_hues + 2>& package_hues();

// Gives packages their hues: mostly the same in every picture, and never the same to two of the first k_hues.
class PackageHues {
 public:
  [[nodiscard]] std::size_t hue(const std::string& package);  // empty: unknown

 private:
  std::map<std::string, std::size_t> given_;
  std::array<bool, k_hues> taken_{};
};

}  // namespace perfwarden::profile
