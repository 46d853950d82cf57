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

Result<std::string> page(const Report& report, const Templates& templates, const Phrases& phrases, bool comment,
                         std::size_t rows) {
  ViewOptions options;
  options.medium = Medium::markdown;
  options.rows = rows;
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
  // Cut whole rows, never within one: the largest number of rows that fits, by halving.
  std::size_t fits = 0;
  std::size_t too_many = total;
  PW_TRY_ASSIGN(std::string best, page(report, templates, phrases, comment, 0));
  if (text::code_points(best) > most)
    return Error{ErrorKind::config, fmt::format("even without rows the report is longer than {} characters", most),
                 comment ? "comment.md.mustache" : "summary.md.mustache", "shorten the template", ""};
  while (too_many - fits > 1) {
    const std::size_t rows = fits + (too_many - fits) / 2;
    PW_TRY_ASSIGN(std::string shorter, page(report, templates, phrases, comment, rows));
    if (text::code_points(shorter) <= most) {
      fits = rows;
      best = std::move(shorter);
    } else {
      too_many = rows;
    }
  }
  return best;
}

}  // namespace

extern const Renderer k_renderer_markdown{"markdown",
                                          "GitHub Markdown: the pull request comment, the job summary and report.md",
                                          "report.md", "text/markdown", render};

}  // namespace perfwarden::report
