#include "publish/post.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace perfwarden::publish {
namespace {

// Whole lines from the start, and a last one that says how many are missing.
std::string first_lines(std::string_view whole, std::size_t limit) {
  const auto lines = text::lines(whole);
  const auto note = [&](std::size_t kept) { return fmt::format("… {} more lines\n", lines.size() - kept); };
  const std::size_t reserved = text::code_points(note(0));  // the longest that it can be
  std::string out;
  std::size_t used = reserved;
  std::size_t kept = 0;
  for (; kept < lines.size(); ++kept) {
    used += text::code_points(lines[kept]) + 1;
    if (used > limit) break;
    out.append(lines[kept]).append("\n");
  }
  return reserved > limit ? std::string(text::first_code_points(whole, limit)) : out + note(kept);
}

}  // namespace

Delivery sent(std::string note) {
  return {.state = Delivery::State::sent, .note = std::move(note)};
}
Delivery skipped(std::string why) {
  return {.state = Delivery::State::skipped, .note = std::move(why)};
}
Delivery refused(std::string why) {
  return {.state = Delivery::State::refused, .note = std::move(why)};
}

Result<std::string> Post::text(std::string_view renderer, std::size_t limit) const {
  const report::Renderer* row = report::find_renderer(renderer);
  if (row == nullptr) return Error{.kind = ErrorKind::usage, .what = fmt::format("no report form '{}'", renderer)};
  report::RenderOptions options;
  options.max_characters = limit;
  PW_TRY_ASSIGN(std::string whole, row->render(report, templates, options));
  const std::size_t size = text::code_points(whole);
  if (size <= limit) return whole;
  if (row->media_type == "text/plain") return first_lines(whole, limit);
  return Error{.kind = ErrorKind::usage,
               .what = fmt::format("the report as {} has {} characters, more than the limit of {}, and cannot be cut",
                                   renderer, size, limit),
               .hint = "send it as markdown or terminal text, which can be cut"};
}

}  // namespace perfwarden::publish
