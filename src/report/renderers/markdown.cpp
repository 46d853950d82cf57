#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "report/renderer.hpp"
#include "report/view.hpp"

namespace perfwarden::report {
namespace {

// GitHub's limit of a comment, in characters. A limit up to here asks for the comment, a larger one or none for the
// summary.
constexpr std::size_t k_largest_comment = 65536;
constexpr std::size_t k_comment_details = 10;
constexpr std::size_t k_tolerated = 20;  // a twentieth of the room may stay unused
constexpr double k_cautious = 0.97;      // aim a little below the limit

struct Cut {
  std::size_t rows = 0, characters = 0;
};

Result<std::string> page(const Report& report, const Templates& templates, const Phrases& phrases, bool comment,
                         std::size_t rows) {
  ViewOptions options;
  options.medium = Medium::markdown;
  options.rows = rows;
  options.named = rows;
  options.details = comment ? std::min(rows, k_comment_details) : rows;
  return fill(templates, comment ? "comment.md.mustache" : "summary.md.mustache", make_view(report, phrases, options));
}

Result<std::string> render(const Report& report, const Templates& templates, const RenderOptions& options) {
  const Phrases phrases(templates);
  const std::size_t most = options.max_characters;
  const bool comment = most != 0 && most <= k_largest_comment;
  const std::size_t total = report.comparisons.size();
  PW_TRY_ASSIGN(std::string whole, page(report, templates, phrases, comment, total));
  if (most == 0 || text::code_points(whole) <= most) return whole;
  // Cut whole rows, never within one. Rows are about equally long, so the line between two known sizes points near the
  // largest number that fits; a few rows more or less are not worth another page.
  PW_TRY_ASSIGN(std::string best, page(report, templates, phrases, comment, 0));
  if (text::code_points(best) > most)
    return Error{ErrorKind::config, fmt::format("even without rows the report is longer than {} characters", most),
                 comment ? "comment.md.mustache" : "summary.md.mustache", "shorten the template", ""};
  Cut fits{0, text::code_points(best)};
  Cut too_many{total, text::code_points(whole)};
  while (too_many.rows - fits.rows > 1 + fits.rows / k_tolerated) {
    const double share =
        static_cast<double>(most - fits.characters) / static_cast<double>(too_many.characters - fits.characters);
    const std::size_t gap = too_many.rows - fits.rows;
    const auto step = static_cast<std::size_t>(share * static_cast<double>(gap) * k_cautious);
    const std::size_t rows = fits.rows + std::clamp<std::size_t>(step, 1, gap - 1);
    PW_TRY_ASSIGN(std::string shorter, page(report, templates, phrases, comment, rows));
    const Cut cut{rows, text::code_points(shorter)};
    if (cut.characters > most) {
      too_many = cut;
      continue;
    }
    fits = cut;
    best = std::move(shorter);
    if (cut.characters >= most - most / k_tolerated) break;
  }
  return best;
}

}  // namespace

extern const Renderer k_renderer_markdown{"markdown",
                                          "GitHub Markdown: the pull request comment, the job summary and report.md",
                                          "report.md", "text/markdown", render};

}  // namespace perfwarden::report
