#include "profile/draw/flame_html.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <iterator>
#include <span>
#include <unordered_map>
#include <utility>

#include "base/embedded.hpp"
#include "base/text.hpp"
#include "profile/draw/palette.hpp"

namespace perfwarden::profile {

std::span<const EmbeddedText> flame_embedded();

namespace {

std::string_view embedded(std::string_view name) {
  for (const EmbeddedText& one : flame_embedded())
    if (one.name == name) return one.text;
  return "";
}

// A JSON string that may stand inside of <script>: no '<', and no line end of JavaScript.
void put_text(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '<' || c == '>' || c == '&')
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
    else
      out += c;
  }
  out += '"';
}

// Counts stay whole; of others, more than any tooltip shows.
void put_number(std::string& out, double value) {
  constexpr double k_exact = 1e9;
  if (std::isnan(value)) value = 0;
  if (value == std::floor(value) && std::abs(value) < k_exact)
    fmt::format_to(std::back_inserter(out), "{}", static_cast<long long>(value));
  else
    fmt::format_to(std::back_inserter(out), "{:.6g}", value);
}

void put_key(std::string& out, std::string_view key) {
  if (out.back() != '{') out += ",\n";
  fmt::format_to(std::back_inserter(out), "\"{}\":", key);
}

template <class Values, class Put>
void put_list(std::string& out, const Values& values, const Put& put) {
  out += '[';
  bool first = true;
  for (const auto& value : values) {
    if (!std::exchange(first, false)) out += ',';
    put(value);
  }
  out += ']';
}

char letter_of(FrameChange change) {
  switch (change) {
    case FrameChange::regression:
      return 'r';
    case FrameChange::improvement:
      return 'i';
    case FrameChange::added:
      return 'a';
    case FrameChange::removed:
      return 'd';
    case FrameChange::moved:
      return 'm';
    case FrameChange::inconclusive:
      return '?';
    case FrameChange::unchanged:
      break;
  }
  return '.';
}

void put_names(std::string& out, const FlamePicture& picture) {
  std::unordered_map<FrameId, std::size_t> index;
  std::string names = "[", of_boxes = "[";
  for (std::size_t i = 0; i < picture.choice.boxes.size(); ++i) {
    const FlameBox& box = picture.choice.boxes[i];
    if (i > 0) of_boxes += ',';
    if (box.summed > 0) {
      fmt::format_to(std::back_inserter(of_boxes), "-{}", box.summed);
      continue;
    }
    if (box.node == k_root) {
      of_boxes += '0';
      continue;
    }
    const auto [at, added] = index.try_emplace(picture.tree->node(box.node).frame, index.size());
    if (added) {
      if (names.size() > 1) names += ',';
      put_text(names, picture.name(i));
    }
    fmt::format_to(std::back_inserter(of_boxes), "{}", at->second);
  }
  put_key(out, "names");
  out += names + ']';
  put_key(out, "name");
  out += of_boxes + ']';
}

void put_optional(std::string& out, double value) {
  if (std::isnan(value))
    out += "null";
  else
    fmt::format_to(std::back_inserter(out), "{:.4g}", value);
}

void put_changes(std::string& out, const FlamePicture& picture) {
  put_key(out, "change");
  out += '"';
  for (const FrameChange change : picture.change) out += letter_of(change);
  out += '"';
  put_key(out, "delta");
  put_list(out, picture.choice.width[k_view_delta],
           [&](double width) { fmt::format_to(std::back_inserter(out), "{:.0f}", width * 1e7); });
  put_key(out, "sure");
  out += '{';
  for (std::size_t i = 0; i < picture.share.size(); ++i) {
    const Share& share = picture.share[i];
    const bool bounded = !std::isnan(share.interval.low) && !std::isnan(share.interval.high);
    if (!bounded && std::isnan(share.p)) continue;
    if (out.back() != '{') out += ',';
    fmt::format_to(std::back_inserter(out), "\"{}\":[", i);
    put_optional(out, bounded ? share.interval.low : k_nan);
    out += ',';
    put_optional(out, bounded ? share.interval.high : k_nan);
    out += ',';
    put_optional(out, share.interval.confidence);
    out += ',';
    put_optional(out, share.p);
    out += ']';
  }
  out += '}';
}

void put_colours(std::string& out, std::span<const Colour> fills) {
  put_key(out, "fills");
  put_list(out, fills, [&](const Colour& fill) { put_text(out, hex(fill)); });
  put_key(out, "inks");
  put_list(out, fills, [&](const Colour& fill) { put_text(out, hex(ink_on(fill))); });
}

void put_costs(std::string& out, std::string_view key, const std::vector<FlameSide>& sides,
               std::vector<double> FlameSide::*costs) {
  put_key(out, key);
  put_list(out, sides,
           [&](const FlameSide& side) { put_list(out, side.*costs, [&](double value) { put_number(out, value); }); });
}

std::string data_of(const FlamePicture& picture) {
  std::string out = "{";
  put_key(out, "diff");
  out += picture.differential ? "true" : "false";
  put_key(out, "unit");
  out += "{\"base\":";
  put_text(out, picture.unit.base);
  fmt::format_to(std::back_inserter(out), ",\"factor\":{},\"noun\":", picture.unit.factor);
  put_text(out, picture.unit.noun);
  out += '}';
  put_key(out, "scale");
  put_list(out, picture.scale, [&](double scale) { fmt::format_to(std::back_inserter(out), "{:.12g}", scale); });
  if (picture.differential)
    put_colours(out, diff_shades());
  else
    put_colours(out, package_hues());
  put_names(out, picture);
  put_key(out, "depth");
  put_list(out, picture.choice.boxes,
           [&](const FlameBox& box) { fmt::format_to(std::back_inserter(out), "{}", box.depth); });
  put_key(out, "shade");
  put_list(out, picture.shade, [&](std::uint8_t shade) { fmt::format_to(std::back_inserter(out), "{}", shade); });
  put_costs(out, "cost", picture.sides, &FlameSide::cost);
  put_costs(out, "self", picture.sides, &FlameSide::self);
  if (picture.differential) put_changes(out, picture);
  return out + "}";
}

std::string paragraphs(const std::vector<std::string>& lines, std::string_view attributes) {
  std::string out;
  for (const std::string& line : lines) out += fmt::format("<p{}>{}</p>\n", attributes, escape_markup(line));
  return out;
}

}  // namespace

std::string page_of(const FlamePicture& detailed, const std::string& plain_svg, const PictureOptions& /*options*/) {
  const std::array<std::pair<std::string_view, std::string>, 7> values{{
      {"title", escape_markup(detailed.title)},
      {"style", std::string(embedded("flame.css"))},
      {"facts", paragraphs(detailed.facts, "")},
      {"svg", plain_svg},
      {"notes", paragraphs(detailed.notes, R"( class="note")")},
      {"data", data_of(detailed)},
      {"script", std::string(embedded("flame.js"))},
  }};
  std::string out;
  std::string_view rest = embedded("flame.html");
  while (true) {
    const std::size_t open = rest.find("{{"), close = rest.find("}}");
    if (open == std::string_view::npos || close == std::string_view::npos) break;
    out += rest.substr(0, open);
    const std::string_view key = rest.substr(open + 2, close - open - 2);
    for (const auto& [name, value] : values)
      if (name == key) out += value;
    rest.remove_prefix(close + 2);
  }
  return out.append(rest);
}

}  // namespace perfwarden::profile
