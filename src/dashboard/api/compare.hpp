#pragma once

#include <string>

#include "dashboard/api/question.hpp"

namespace perfwarden::dashboard {

// An answer to `compare` as Markdown, for comments and chats. Names and subjects are escaped.
[[nodiscard]] std::string markdown_of(const Json& comparison);

}  // namespace perfwarden::dashboard
