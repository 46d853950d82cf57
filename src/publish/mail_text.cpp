#include "publish/mail_text.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

#include "base/base64.hpp"
#include "base/hash.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "json/write.hpp"

namespace perfwarden::publish {
namespace {

constexpr std::size_t k_word_bytes = 42;  // of a subject in one encoded word, which may have 75 characters
constexpr std::size_t k_line_bytes = 57;  // of a body in one line of 76 characters
constexpr std::size_t k_subject_columns = 150;

// RFC 2047: pieces of whole characters, each an encoded word on a line of its own.
std::string encoded_words(std::string_view s) {
  std::string out;
  while (!s.empty()) {
    std::size_t size = std::min(s.size(), k_word_bytes);
    while (size < s.size() && size > 1 && (static_cast<unsigned char>(s[size]) & 0xC0U) == 0x80U) --size;
    out += fmt::format("{}=?UTF-8?B?{}?=", out.empty() ? "" : "\r\n ", base64(s.substr(0, size)));
    s.remove_prefix(size);
  }
  return out;
}

std::string date(std::int64_t unix_s) {
  return fmt::format("{:%a, %d %b %Y %H:%M:%S} +0000", fmt::gmtime(static_cast<std::time_t>(unix_s)));
}

}  // namespace

std::string write_mail(const Letter& letter) {
  const std::string subject = text::truncate(text::one_line(letter.subject), k_subject_columns);
  const std::string body =
      text::replace_all(text::replace_all(json::valid_utf8(letter.text), "\r\n", "\n"), "\n", "\r\n");
  const std::string_view domain = std::string_view(letter.from).substr(letter.from.find('@') + 1);
  const std::string id = sha256(fmt::format("{}\n{}\n{}", letter.unix_s, subject, body)).substr(0, 32);
  std::string out = fmt::format(
      "From: perfwarden <{}>\r\nTo: {}\r\nSubject: {}\r\nDate: {}\r\nMessage-ID: <{}@{}>\r\n"
      "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
      "Content-Transfer-Encoding: base64\r\n\r\n",
      letter.from, text::join(letter.to, ",\r\n "), encoded_words(subject), date(letter.unix_s), id, domain);
  for (std::size_t i = 0; i < body.size(); i += k_line_bytes)
    out.append(base64(std::string_view(body).substr(i, k_line_bytes))).append("\r\n");
  return out;
}

}  // namespace perfwarden::publish
