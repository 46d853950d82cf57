#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace perfwarden::publish {

// A Letter is a mail before it is written down. Subject and text may hold hostile text of any language.
struct Letter {
  std::string from;             // an address
  std::vector<std::string> to;  // addresses
  std::string subject;          // becomes one line
  std::string text;
  std::int64_t unix_s = 0;  // when it is written
};

// The letter as RFC 5322 and MIME have it: lines end in CRLF and hold ASCII only.
[[nodiscard]] std::string write_mail(const Letter& letter);

}  // namespace perfwarden::publish
