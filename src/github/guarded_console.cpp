#include "github/guarded_console.hpp"

namespace perfwarden::github {
namespace {

// Control characters and the bytes of longer characters: the runner skips some of them before a command (every blank
// that Unicode knows) and ignores some inside it (its search compares by culture, where zero-width characters do not
// count).
bool may_be_ignored(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < ' ' || byte >= 0x7f;
}

}  // namespace

std::string GuardedConsole::Stream::guard(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (c == '\n' || c == '\r') {
      *this = {};
    } else {
      inside_line_ = true;
      if (!may_be_ignored(c)) {
        if ((c == ':' && after_first_colon_) || (c == '[' && hashes_ >= 2)) out += ' ';
        after_first_colon_ = c == ':' && only_blanks_;
        only_blanks_ = only_blanks_ && c == ' ';
        hashes_ = c == '#' ? hashes_ + 1 : 0;
      }
    }
    out += c;
  }
  return out;
}

void GuardedConsole::command(std::string_view text) {
  if (text.empty()) return;
  if (err_.inside_line()) err("\n");
  inner_.err(text);
}

}  // namespace perfwarden::github
