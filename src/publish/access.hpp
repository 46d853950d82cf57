#pragma once

#include <optional>
#include <string_view>

#include "base/result.hpp"
#include "github/api.hpp"
#include "publish/notifier.hpp"

namespace perfwarden::publish {

// Why nothing can be written to a pull request, known before anything is asked; nullopt when it is
// worth a try.
[[nodiscard]] std::optional<Delivery> cannot_write(const Post& post, std::string_view notifier);

[[nodiscard]] github::Access access_of(const Post& post);

// What an API error means for a notifier: skipped when the token may not, else failed.
[[nodiscard]] Delivery delivery_of(const Error& error, bool denied, std::string_view notifier);

}  // namespace perfwarden::publish
