#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "model/profile.hpp"
#include "model/profile_diff.hpp"

namespace perfwarden::profile {

// svg: a picture that can be shown anywhere: no script, no <style>, no style=. html: one page with zoom and search,
// self-contained, that reads well without its script too.
enum class PictureForm { svg, html };

struct PictureOptions {
  PictureForm form = PictureForm::svg;
  std::string title;                // hostile text; empty: "Flame graph", "Differential flame graph"
  std::optional<std::size_t> type;  // of Profile::types; none: its default. draw_diff has one type only
  bool inverted = false;            // the root on top (an icicle)
  std::size_t width = 1200;         // of a picture, in pixels; the page fills its window
  double min_share = 0.001;         // narrower frames, as fractions of all, are summed up as "… more"
  // Approximate size limit of the whole; kept by summing up more frames.
  std::size_t max_bytes = 1'000'000;
};

// A flame graph: each frame is as wide as its stacks cost, above its caller; colours distinguish packages. Negative
// costs count as zero, with a note in the picture. Never fails: a profile without stacks gives a picture with a note.
[[nodiscard]] std::string draw(const Profile& profile, const PictureOptions& options);

// Both profiles in one: widths of head, and of base where something is gone; coloured by the change of the frame's
// total relative to base, clamped at ±100 %, but grey unless DiffTree::change is a certain change. Only the labels,
// type, normalization and warnings of `evidence` are used.
[[nodiscard]] std::string draw_diff(const DiffTree& tree, const ProfileDiff& evidence, const PictureOptions& options);

}  // namespace perfwarden::profile
