#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "report/renderer.hpp"
#include "report/view/view.hpp"

namespace perfwarden::report {
namespace {

// GitHub's limit of a comment, in characters. A limit up to here asks for the comment, a larger one or none for the
// summary.
constexpr std::size_t k_largest_comment = 65536;
constexpr std::size_t k_comment_details = 10;
constexpr std::size_t k_comment_profiles = 2;
constexpr std::size_t k_summary_profiles = 25;
constexpr std::size_t k_comment_functions = 5;  // rows of a profile's tables
constexpr std::size_t k_summary_functions = 25;
constexpr std::size_t k_tolerated = 20;  // a twentieth of the room may stay unused
constexpr double k_cautious = 0.97;      // aim a little below the limit

struct Cut {
  std::size_t rows = 0, characters = 0;
};

// Empty sections leave blank lines.
std::string without_double_blanks(std::string_view text) {
  std::string out;
  bool blank = false;
  for (const std::string_view line : text::lines(text)) {
    const bool was_blank = std::exchange(blank, line.empty());
    if (!blank || !was_blank) out.append(line).append("\n");
  }
  return out;
}

Result<std::string> page(const Report& report, const Templates& templates, const Phrases& phrases, bool comment,
                         std::size_t rows, bool profiles) {
  ViewOptions options;
  options.medium = Medium::markdown;
  options.rows = rows;
  options.named = rows;
  options.details = comment ? std::min(rows, k_comment_details) : rows;
  PW_TRY_ASSIGN(Page profile, Page::open(templates, "profile.md.mustache"));
  options.profile = [&profile](const Data& names) { return profile.fill(names); };
  options.profiles = !profiles ? 0 : comment ? k_comment_profiles : k_summary_profiles;
  options.functions = comment ? k_comment_functions : k_summary_functions;
  PW_TRY_ASSIGN(const std::string text, fill(templates, comment ? "comment.md.mustache" : "summary.md.mustache",
                                             make_view(report, phrases, options)));
  return without_double_blanks(text);
}

Result<std::string> render_markdown(const Report& report, const Templates& templates, const RenderOptions& options) {
  const Phrases phrases(templates);
  const std::size_t most = options.max_characters;
  const bool comment = most != 0 && most <= k_largest_comment;
  const std::size_t total = report.comparisons.size();
  bool profiles = true;
  const auto page_of = [&](std::size_t rows) { return page(report, templates, phrases, comment, rows, profiles); };
  PW_TRY_ASSIGN(std::string whole, page_of(total));
  if (most == 0 || text::code_points(whole) <= most) return whole;
  // Cut whole rows, never within one. Rows are about equally long, so the line between two known sizes points near the
  // largest number that fits; a few rows more or less are not worth another page.
  PW_TRY_ASSIGN(std::string best, page_of(0));
  if (text::code_points(best) > most && !report.evidence.empty()) {
    profiles = false;
    PW_TRY_ASSIGN(whole, page_of(total));
    if (text::code_points(whole) <= most) return whole;
    PW_TRY_ASSIGN(best, page_of(0));
  }
  if (text::code_points(best) > most)
    return Error{.kind = ErrorKind::config,
                 .what = fmt::format("even without rows the report is longer than {} characters", most),
                 .where = comment ? "comment.md.mustache" : "summary.md.mustache",
                 .hint = "shorten the template"};
  Cut fits{0, text::code_points(best)};
  Cut too_many{total, text::code_points(whole)};
  while (too_many.rows - fits.rows > 1 + fits.rows / k_tolerated) {
    const double share =
        static_cast<double>(most - fits.characters) / static_cast<double>(too_many.characters - fits.characters);
    const std::size_t gap = too_many.rows - fits.rows;
    const auto step = static_cast<std::size_t>(share * static_cast<double>(gap) * k_cautious);
    const std::size_t rows = fits.rows + std::clamp<std::size_t>(step, 1, gap - 1);
    PW_TRY_ASSIGN(std::string shorter, page_of(rows));
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
                                          "report.md", "text/markdown", render_markdown};

}  // namespace perfwarden::report
