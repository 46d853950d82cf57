#include "net/redact.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/text.hpp"

namespace perfwarden::net {
namespace {

bool is_word(char c) {
  return text::is_alphanumeric(c) || c == '_' || c == '-';
}

// Characters that end a secret in an address, a header or a sentence.
bool ends_secret(char c) {
  return static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '\'' || c == '<' || c == '>' || c == '`' ||
         c == ')' || c == ']' || c == '}' || c == ',';
}

struct Mark {
  std::string_view prefix;  // lower case
  bool is_start_of_word;    // must not follow a word character
  bool ends_at_ampersand;
  std::size_t shortest = 1;  // what is shorter is a word of a sentence
};

// What follows one of these is secret.
constexpr std::array<Mark, 27> k_marks{{
    {"ghp_", false, false, 16},
    {"gho_", false, false, 16},
    {"ghu_", false, false, 16},
    {"ghs_", false, false, 16},
    {"ghr_", false, false, 16},
    {"github_pat_", false, false, 16},
    {"eyj", true, false, 20},
    {"bearer ", true, false, 8},
    {"basic ", true, false, 8},
    {"authorization: token ", true, false},
    {"hooks.slack.com/", false, false},
    {"discord.com/api/webhooks/", false, false},
    {"discordapp.com/api/webhooks/", false, false},
    {"webhook.office.com/", false, false},
    {"sig=", true, true},
    {"signature=", true, true},
    {"x-amz-signature=", true, true},
    {"x-amz-security-token=", true, true},
    {"x-amz-credential=", true, true},
    {"x-goog-signature=", true, true},
    {"token=", true, true},
    {"access_token=", true, true},
    {"api_key=", true, true},
    {"key=", true, true},
    {"password=", true, true},
    {"secret=", true, true},
    {"jwt=", true, true},
}};

// Length of the secret at the front of `s` that `mark` announces; 0 when it is not a secret.
std::size_t secret_size(const Mark& mark, std::string_view s) {
  std::size_t n = 0;
  while (n < s.size() && !ends_secret(s[n]) && !(mark.ends_at_ampersand && (s[n] == '&' || s[n] == ';'))) ++n;
  return n < mark.shortest ? 0 : n;
}

// Length of "user:password" between "://" and '@' at the front of `s`; 0 when there is none.
std::size_t user_info_size(std::string_view s) {
  const std::size_t end = s.find_first_of("@/?# \t\n\"'<>");
  return end != std::string_view::npos && s[end] == '@' ? end : 0;
}

}  // namespace

std::string redact(std::string_view s) {
  const std::string low = text::lower(s);
  std::string out;
  std::size_t i = 0;
  while (i < s.size()) {
    const std::string_view rest = std::string_view(low).substr(i);
    const bool at_word = i == 0 || !is_word(s[i - 1]);
    std::size_t prefix = 0;
    std::size_t secret = 0;
    if (rest.starts_with("://")) {
      prefix = 3;
      secret = user_info_size(rest.substr(3));
    }
    for (const Mark& mark : k_marks) {
      if (secret != 0) break;
      if (!rest.starts_with(mark.prefix) || (mark.is_start_of_word && !at_word)) continue;
      prefix = mark.prefix.size();
      secret = secret_size(mark, rest.substr(prefix));
    }
    if (secret == 0) {
      out += s[i++];
      continue;
    }
    out.append(s.substr(i, prefix)).append("***");
    i += prefix + secret;
  }
  return out;
}

}  // namespace perfwarden::net
