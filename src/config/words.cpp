#include "config/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/text.hpp"

namespace perfwarden::config {
namespace {

constexpr std::string_view k_blank = " \t\n";

bool is_name(std::string_view word) {
  if (word.empty() || (word.front() >= '0' && word.front() <= '9')) return false;
  return std::all_of(word.begin(), word.end(), [](char c) { return c == '_' || text::is_alphanumeric(c); });
}

// Splitter walks the line once.
class Splitter {
 public:
  explicit Splitter(std::string_view line) : line_(line) {}

  Words run() {
    while (at_ < line_.size() && !out_.fault) step();
    if (!out_.fault) end_word();
    return std::move(out_);
  }

 private:
  void step() {
    const char c = line_[at_];
    if (k_blank.find(c) != std::string_view::npos) {
      if (c == '\n' && line_.find_first_not_of(k_blank, at_) != std::string_view::npos) return shell("a line break", 1);
      end_word();
      ++at_;
    } else if (c == '\'') {
      single_quoted();
    } else if (c == '"') {
      double_quoted();
    } else if (c == '\\') {
      escaped();
    } else if (std::string_view("|&;<>$`*").find(c) != std::string_view::npos) {
      const bool twice =
          (c == '&' || c == '|' || c == '>' || c == '<') && line_.substr(at_ + 1, 1) == line_.substr(at_, 1);
      shell(fmt::format("'{}'", line_.substr(at_, twice ? 2 : 1)), twice ? 2 : 1);
    } else if (c == '~' && !open_) {
      shell("'~'", 1);
    } else if (c == '#' && !open_) {
      fail(at_, 1, "'#' at the start of a word is a comment to a shell", "quote it if the program is to get it");
    } else {
      put(c);
    }
  }

  void put(char c) {
    if (!open_) begin_ = at_;
    open_ = true;
    if (c == '=' && !quoted_ && out_.words.empty() && is_name(word_)) assigns_ = true;
    word_ += c;
    ++at_;
  }

  void open_quoted() {
    if (!open_) begin_ = at_;
    open_ = true;
    quoted_ = true;
  }

  void escaped() {
    open_quoted();
    if (at_ + 1 >= line_.size()) return fail(at_, 1, "a backslash ends the command", "take it out or quote it: '\\'");
    if (line_[at_ + 1] != '\n') word_ += line_[at_ + 1];  // a backslash and a line break join two lines
    at_ += 2;
  }

  void single_quoted() {
    open_quoted();
    const std::size_t end = line_.find('\'', at_ + 1);
    if (end == std::string_view::npos) return fail(at_, 1, "this quote is never closed", "end the word with '");
    word_ += line_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
  }

  void double_quoted() {
    open_quoted();
    const std::size_t start = at_;
    for (++at_; at_ < line_.size(); ++at_) {
      const char c = line_[at_];
      if (c == '"') {
        ++at_;
        return;
      }
      if (c == '$' || c == '`') return shell(fmt::format("'{}'", c), 1);
      if (c == '\\' && at_ + 1 < line_.size() &&
          std::string_view("\\\"$`\n").find(line_[at_ + 1]) != std::string_view::npos) {
        if (line_[at_ + 1] != '\n') word_ += line_[at_ + 1];
        ++at_;
      } else {
        word_ += c;
      }
    }
    fail(start, 1, "this quote is never closed", "end the word with \"");
  }

  void end_word() {
    if (!open_) return;
    if (assigns_)
      return fail(begin_, at_ - begin_, fmt::format("'{}' sets a variable, which only a shell does here", word_),
                  fmt::format("write env: {{ {}: \"…\" }}", word_.substr(0, word_.find('='))));
    out_.words.push_back(std::move(word_));
    word_.clear();
    open_ = quoted_ = false;
  }

  void shell(const std::string& sign, std::size_t width) {
    fail(at_, width, fmt::format("{} is shell syntax, and this command runs without a shell", sign),
         "add 'shell: true', or quote it if the program is to get it");
  }

  void fail(std::size_t offset, std::size_t width, std::string what, std::string cure) {
    out_.fault = Words::Fault{offset, width, std::move(what), std::move(cure)};
  }

  std::string_view line_;
  std::size_t at_ = 0, begin_ = 0;
  std::string word_;
  bool open_ = false, quoted_ = false;  // of the word at hand
  bool assigns_ = false;                // NAME= begins the line
  Words out_;
};

bool is_plain(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return text::is_alphanumeric(c) || std::string_view("_-./,+@%{}").find(c) != std::string_view::npos;
  });
}

}  // namespace

Words split_words(std::string_view line) {
  return Splitter(line).run();
}

std::string join_words(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) {
    if (!out.empty()) out += ' ';
    // '=' needs no quotes after the first word, where it would set a variable.
    const bool plain = is_plain(word) || (!out.empty() && word.find('=') != std::string::npos &&
                                          is_plain(std::string(word).replace(word.find('='), 1, "_")));
    if (plain) {
      out += word;
      continue;
    }
    out += '\'';
    for (const char c : word) {
      if (c == '\'')
        out += "'\\''";
      else
        out += c;
    }
    out += '\'';
  }
  return out;
}

}  // namespace perfwarden::config
