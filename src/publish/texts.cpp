#include "publish/texts.hpp"

namespace perfwarden::publish {
namespace {

constexpr std::size_t k_comment_characters = 60'000;
constexpr std::size_t k_summary_characters = 900'000;  // a few characters of a report take more than one byte

}  // namespace

Result<Texts> render_texts(const Report& report, const report::Templates& templates) {
  const report::Renderer* markdown = report::find_renderer("markdown");
  if (markdown == nullptr) return Error{ErrorKind::config, "there is no renderer named 'markdown'", "", "", ""};
  report::RenderOptions options;
  Texts texts;
  options.max_characters = k_comment_characters;
  PW_TRY_ASSIGN(texts.comment_markdown, markdown->render(report, templates, options));
  options.max_characters = k_summary_characters;
  PW_TRY_ASSIGN(texts.summary_markdown, markdown->render(report, templates, options));
  return texts;
}

}  // namespace perfwarden::publish
