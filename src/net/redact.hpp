#pragma once

#include <string>
#include <string_view>

namespace perfwarden::net {

// The text with every secret replaced by "***": GitHub tokens (ghp_, gho_, ghu_,
// ghs_, ghr_, github_pat_), JSON web tokens, credentials after Authorization, Bearer and Basic,
// passwords in addresses, the values of sig=, signature=, token=, key= and the like in queries, and
// the paths of Slack, Discord and Teams webhooks. Linear in the text.
[[nodiscard]] std::string redact(std::string_view text);

}  // namespace perfwarden::net
