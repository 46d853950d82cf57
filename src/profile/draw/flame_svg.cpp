#include "profile/draw/flame_svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "profile/draw/palette.hpp"
#include "profile/frame_name.hpp"

namespace perfwarden::profile {
namespace {

constexpr double k_margin = 10, k_row = 18, k_line = 18, k_font = 12;
constexpr double k_column = k_font * 0.602;  // of the monospaced fonts in k_mono
constexpr double k_padding = 4;              // left and right of a label, together with the gap
constexpr double k_least_drawn = 0.15;       // pixels; narrower boxes would be invisible
constexpr std::string_view k_mono = "Menlo, Consolas, DejaVu Sans Mono, Liberation Mono, monospace";
constexpr std::string_view k_sans = "Helvetica, Arial, Liberation Sans, DejaVu Sans, sans-serif";
constexpr std::string_view k_soft = "#55606c";

// One flame graph of a picture: a view and its heading.
struct Pane {
  std::size_t view = 0;
  std::string heading;  // empty: none
};

class SvgWriter {
 public:
  SvgWriter(const FlamePicture& picture, const PictureOptions& options, bool inline_in_page)
      : picture_(picture), options_(options), inline_(inline_in_page), inner_(static_cast<double>(options.width)) {
    inner_ -= 2 * k_margin;
  }

  std::string write() {
    const std::vector<Pane> panes = choose_panes();
    body_.reserve(picture_.choice.boxes.size() * 256 * panes.size());
    if (!inline_) heading();
    if (picture_.differential) legend();
    for (const Pane& pane : panes) draw(pane);
    if (towers_ > 0)
      line(fmt::format("Deeper frames, {:.1f} % wide, are not drawn.", towers_ * 100), k_soft, k_font, "");
    for (const std::string& note : picture_.notes) line(note, k_soft, k_font, "");
    y_ += k_margin / 2;
    return frame();
  }

 private:
  [[nodiscard]] std::vector<Pane> choose_panes() const {
    if (!picture_.differential) return {{0, ""}};
    std::vector<Pane> panes{{k_view_head, "Head: as wide as head spends"}};
    if (something_gone()) panes.push_back({k_view_base, "Base: as wide as base spent, with what is gone in head"});
    return panes;
  }

  [[nodiscard]] bool something_gone() const {
    constexpr double k_worth_a_pane = 0.02;  // of base
    for (std::size_t i = 0; i < picture_.change.size(); ++i) {
      if (picture_.change[i] == FrameChange::removed) return true;
      if (picture_.choice.width[k_view_head][i] == 0 && picture_.choice.width[k_view_base][i] >= k_worth_a_pane)
        return true;
    }
    return false;
  }

  template <class... Args>
  void put(fmt::format_string<Args...> pattern, Args&&... args) {
    fmt::format_to(std::back_inserter(body_), pattern, std::forward<Args>(args)...);
  }

  void line(std::string_view text, std::string_view fill, double size, std::string_view more) {
    y_ += k_line;
    put(R"(<text x="{}" y="{:.4g}" font-family="{}" font-size="{}" fill="{}"{}>{}</text>)"
        "\n",
        k_margin, y_ - 5, k_sans, size, fill, more, escape_markup(text));
  }

  void heading() {
    y_ = k_margin;
    line(picture_.title, "#111111", 16, R"( font-weight="bold")");
    for (const std::string& fact : picture_.facts) line(fact, k_soft, k_font, "");
  }

  void legend_text(double x, std::string_view text) {
    put(R"(<text x="{:.4g}" y="{:.4g}" font-family="{}" font-size="11" fill="{}">{}</text>)"
        "\n",
        x, y_ - 5, k_sans, k_soft, text);
  }

  void legend() {
    y_ += k_line + 4;
    double x = k_margin;
    constexpr double k_swatch = 16;
    const auto swatch = [&](std::size_t shade, FrameChange change) {
      rect(x, y_ - 16, k_swatch, 14, shade, change);
      x += k_swatch;
    };
    const auto word = [&](std::string_view text, double width) {
      legend_text(x, text);
      x += width;
    };
    word("less in head", 72);
    for (std::size_t shade = 0; shade < k_shades; ++shade) swatch(shade, FrameChange::unchanged);
    x += 5;
    word("more (±100 % of base and beyond at the ends)", 278);
    swatch(k_neutral, FrameChange::unchanged);
    x += 5;
    word("no sure change", 92);
    swatch(k_shades - 1, FrameChange::added);
    x += 5;
    word("new", 34);
    swatch(0, FrameChange::removed);
    x += 5;
    word("removed", 58);
    swatch(k_neutral, FrameChange::moved);
    x += 5;
    word("moved", 50);
  }

  // Shape tells as much as colour does: hatched is gone, a heavy outline is new, dots are moved.
  void rect(double x, double y, double width, double height, std::size_t shade, FrameChange change) {
    const auto& fills =
        picture_.differential ? std::span<const Colour>(diff_shades()) : std::span<const Colour>(package_hues());
    put(R"(<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="{}"/>)", x, y, width, height,
        hex(fills[shade]));
    const double inset = std::min(width, 1.5) / 2;
    if (change == FrameChange::removed)
      put(R"svg(<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="url(#gone)"/>)svg", x, y, width,
          height);
    if (change == FrameChange::added || change == FrameChange::moved)
      put(R"(<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="none" stroke="#111111" stroke-width="{:.1f}"{}/>)",
          x + inset, y + inset, std::max(width - 2 * inset, 0.1), height - 2 * inset, 2 * inset,
          change == FrameChange::moved ? R"( stroke-dasharray="1.5 2.5")" : "");
  }

  [[nodiscard]] std::string_view mark(std::size_t box) const {
    if (!picture_.differential) return "";
    if (picture_.change[box] == FrameChange::added) return "+ ";
    if (picture_.change[box] == FrameChange::removed) return "− ";
    return picture_.change[box] == FrameChange::moved ? "→ " : "";
  }

  // Rows that are drawn: those at the far end are not when hardly anything is in them, since a lost unwinder builds
  // towers that push all else out of sight. A sure change is always drawn.
  [[nodiscard]] std::uint32_t levels_of(const std::vector<double>& width) {
    constexpr std::uint32_t k_always = 40;
    constexpr double k_worth_a_row = 0.02;
    std::vector<double> row(picture_.choice.levels, 0);
    std::uint32_t levels = 1, all = 1;
    for (std::size_t i = 0; i < width.size(); ++i) {
      if (width[i] * inner_ < k_least_drawn) continue;
      const std::uint32_t depth = picture_.choice.boxes[i].depth;
      row[depth] += width[i];
      all = std::max(all, depth + 1);
      const bool changed = picture_.differential && picture_.shade[i] != k_neutral;
      if (changed || depth < k_always || row[depth] >= k_worth_a_row) levels = std::max(levels, depth + 1);
    }
    if (all > levels) towers_ = std::max(towers_, *std::max_element(row.begin() + levels, row.end()));
    return levels;
  }

  void draw(const Pane& pane) {
    if (!pane.heading.empty()) {
      y_ += 6;
      line(pane.heading, "#111111", 13, R"( font-weight="bold")");
    } else {
      y_ += 6;
    }
    const std::vector<double>& width = picture_.choice.width[pane.view];
    const std::vector<double> left = place_boxes(picture_.choice.boxes, width);
    const std::uint32_t levels = levels_of(width);
    for (std::size_t i = 0; i < width.size(); ++i) {
      if (width[i] * inner_ < k_least_drawn) continue;
      const std::uint32_t depth = picture_.choice.boxes[i].depth;
      if (depth >= levels) continue;
      const std::uint32_t row = options_.inverted ? depth : levels - 1 - depth;
      draw_box(i, k_margin + left[i] * inner_, y_ + row * k_row, width[i] * inner_);
    }
    y_ += levels * k_row + 4;
  }

  void draw_box(std::size_t box, double x, double y, double width) {
    const double gap = width > 3 ? 1 : 0;
    put("<g><title>{}</title>", escape_markup(picture_.tell(box)));
    rect(x, y, std::max(width - gap, 0.1), k_row - 1, picture_.shade[box],
         picture_.differential ? picture_.change[box] : FrameChange::unchanged);
    const auto columns = static_cast<std::size_t>(std::max(0.0, (width - k_padding - gap) / k_column));
    if (columns >= 3) label(box, columns, x, y);
    body_ += "</g>\n";
  }

  void label(std::size_t box, std::size_t columns, double x, double y) {
    const std::string_view sign = mark(box);
    const std::size_t used = sign.empty() ? 0 : 2;
    const std::string name = fit_name(std::string(bare_name(picture_.name(box))), columns - used);
    if (name.empty()) return;
    const Colour fill =
        picture_.differential ? diff_shades()[picture_.shade[box]] : package_hues()[picture_.shade[box]];
    put(R"(<text x="{:.1f}" y="{:.1f}" fill="{}">{}{}</text>)", x + k_padding / 2, y + 13, hex(ink_on(fill)), sign,
        escape_markup(name));
  }

  std::string frame() {
    const double height = y_ + k_margin / 2;
    std::string out = fmt::format(
        R"(<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{1:.0f}" viewBox="0 0 {0} {1:.0f}" role="img" font-family="{2}" font-size="{3}">)"
        "\n<title>{4}</title>\n",
        options_.width, height, k_mono, k_font, escape_markup(picture_.title));
    if (picture_.differential)
      out +=
          R"svg(<defs><pattern id="gone" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">)svg"
          R"svg(<rect width="2.5" height="8" fill="#ffffff" fill-opacity="0.38"/></pattern></defs>)svg"
          "\n";
    out += R"(<rect width="100%" height="100%" fill="#ffffff"/>)"
           "\n";
    out += body_;
    return out + "</svg>\n";
  }

  const FlamePicture& picture_;
  const PictureOptions& options_;
  bool inline_;
  double inner_;       // width of the graphs
  double towers_ = 0;  // how wide what is too deep was
  double y_ = 0;       // below what is written
  std::string body_;
};

}  // namespace

std::string svg_of(const FlamePicture& picture, const PictureOptions& options, bool inline_in_page) {
  return SvgWriter(picture, options, inline_in_page).write();
}

FlameBudget svg_budget(bool differential, double min_share, std::size_t bytes) {
  return {min_share, bytes, differential ? std::size_t{560} : std::size_t{230},
          differential ? std::size_t{2} : std::size_t{1}};
}

}  // namespace perfwarden::profile
