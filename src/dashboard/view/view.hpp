#pragma once

#include <string_view>

#include "dashboard/api/question.hpp"
#include "dashboard/page/page.hpp"

namespace perfwarden::dashboard {

// A View is an answer with what people read of it: for `value` also `value_text`, for an id also `link`. Its keys have
// no order, so that references to its parts stay valid when keys are added.
using View = nlohmann::json;
// A page's view is made by a function of its own, in the file of that name.
[[nodiscard]] View view_of(std::string_view page, const Json& answer, const Shell& shell);
// "alert 7 · core/parse/wall_time"
[[nodiscard]] std::string title_of(std::string_view page, const Json& answer);

}  // namespace perfwarden::dashboard
