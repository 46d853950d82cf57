#include "profile/draw/flame_graph.hpp"

#include <algorithm>

#include "profile/draw/flame_html.hpp"
#include "profile/draw/flame_svg.hpp"

namespace perfwarden::profile {
namespace {

// Of a page's bytes, what the picture for readers without a script may have.
constexpr std::size_t k_static_part = 4;
// The page's script can zoom in: it gets narrower frames than a picture shows.
constexpr double k_zoomed = 10;
constexpr int k_most_tries = 4;

template <class Pictured>
std::string write_svg(const Pictured& make, bool differential, const PictureOptions& options, std::size_t bytes,
                      bool inline_in_page) {
  std::string out;
  std::size_t budget = bytes;
  for (int tries = 0; tries < k_most_tries; ++tries) {
    out = svg_of(make(svg_budget(differential, options.min_share, budget)), options, inline_in_page);
    if (out.size() <= bytes) break;
    // Escapes and labels cost more than was reckoned.
    budget = static_cast<std::size_t>(static_cast<double>(budget) * 0.9 * static_cast<double>(bytes) /
                                      static_cast<double>(out.size()));
  }
  return out;
}

template <class Pictured>
std::string write(const Pictured& make, bool differential, const PictureOptions& options) {
  if (options.form == PictureForm::svg) return write_svg(make, differential, options, options.max_bytes, false);
  const std::size_t part = options.max_bytes / k_static_part;
  const std::string plain = write_svg(make, differential, options, part, true);
  std::string out;
  std::size_t budget = options.max_bytes - part;
  for (int tries = 0; tries < k_most_tries; ++tries) {
    const std::size_t box_bytes = differential ? 70 : 26;
    out = page_of(make({options.min_share / k_zoomed, budget, box_bytes, 1}), plain, options);
    if (out.size() <= options.max_bytes) break;
    budget = static_cast<std::size_t>(static_cast<double>(budget) * 0.9 * static_cast<double>(options.max_bytes) /
                                      static_cast<double>(out.size()));
  }
  return out;
}

}  // namespace

std::string draw(const Profile& profile, const PictureOptions& options) {
  return write([&](const FlameBudget& budget) { return picture_of(profile, options, budget); }, false, options);
}

std::string draw_diff(const DiffTree& tree, const ProfileDiff& evidence, const PictureOptions& options) {
  return write([&](const FlameBudget& budget) { return picture_of(tree, evidence, options, budget); }, true, options);
}

}  // namespace perfwarden::profile
