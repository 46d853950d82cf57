#include "profile/draw/palette.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/hash.hpp"

namespace perfwarden::profile {
namespace {

constexpr Colour k_blue{26, 133, 255}, k_grey{206, 209, 213}, k_red{220, 50, 32};
// The first step away from grey already looks like a colour.
constexpr double k_least_tint = 0.3;

std::uint8_t between(std::uint8_t from, std::uint8_t to, double part) {
  return static_cast<std::uint8_t>(std::lround(from + part * (to - from)));
}

Colour mixed(const Colour& from, const Colour& to, double part) {
  return {between(from.red, to.red, part), between(from.green, to.green, part), between(from.blue, to.blue, part)};
}

double linear(std::uint8_t channel) {
  const double value = channel / 255.0;
  return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}

double luminance(const Colour& colour) {
  return 0.2126 * linear(colour.red) + 0.7152 * linear(colour.green) + 0.0722 * linear(colour.blue);
}

bool is_sure(FrameChange change) {
  return change == FrameChange::regression || change == FrameChange::improvement || change == FrameChange::added ||
         change == FrameChange::removed;
}

}  // namespace

std::string hex(const Colour& colour) {
  return fmt::format("#{:02x}{:02x}{:02x}", colour.red, colour.green, colour.blue);
}

double contrast(const Colour& first, const Colour& second) {
  const double a = luminance(first), b = luminance(second);
  return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
}

Colour ink_on(const Colour& fill) {
  return contrast(fill, k_black) >= contrast(fill, k_white) ? k_black : k_white;
}

const std::array<Colour, k_shades>& diff_shades() {
  static const std::array<Colour, k_shades> shades = [] {
    std::array<Colour, k_shades> out{};
    out[k_neutral] = k_grey;
    for (std::size_t step = 1; step <= k_steps; ++step) {
      const double tint =
          k_least_tint + (1 - k_least_tint) * static_cast<double>(step - 1) / static_cast<double>(k_steps - 1);
      out[k_neutral - step] = mixed(k_grey, k_blue, tint);
      out[k_neutral + step] = mixed(k_grey, k_red, tint);
    }
    return out;
  }();
  return shades;
}

std::size_t diff_shade(FrameChange change, double relative) {
  if (!is_sure(change) || std::isnan(relative) || relative == 0) return k_neutral;
  const double size = std::min(1.0, std::abs(relative));
  const auto step = std::clamp<std::size_t>(static_cast<std::size_t>(std::ceil(size * k_steps)), 1, k_steps);
  return relative > 0 ? k_neutral + step : k_neutral - step;
}

const std::array<Colour, k_hues + 2>& package_hues() {
  static constexpr std::array<Colour, k_hues + 2> k_colours{{{255, 214, 165},
                                                             {253, 255, 182},
                                                             {202, 255, 191},
                                                             {155, 246, 255},
                                                             {160, 196, 255},
                                                             {189, 178, 255},
                                                             {255, 198, 255},
                                                             {255, 173, 173},
                                                             {255, 229, 180},
                                                             {181, 234, 215},
                                                             {199, 206, 234},
                                                             {226, 240, 203},
                                                             {216, 205, 188},
                                                             {222, 224, 228}}};
  return k_colours;
}

std::size_t PackageHues::hue(const std::string& package) {
  if (package.empty()) return k_unknown_hue;
  if (package == "kernel") return k_kernel_hue;
  const auto [at, added] = given_.try_emplace(package, fnv1a(package) % k_hues);
  if (!added || given_.size() > k_hues) return at->second;
  while (taken_[at->second]) at->second = (at->second + 1) % k_hues;
  taken_[at->second] = true;
  return at->second;
}

}  // namespace perfwarden::profile
