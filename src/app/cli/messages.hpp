#pragma once

#include <string>
#include <string_view>

#include "app/cli/world.hpp"
#include "base/result.hpp"
#include "os/patience.hpp"

// What a verb reports beside its result. Everything goes to err, with hostile text made safe.
namespace perfwarden::app {

// Prints "perfwarden: error: …" (and ::error file=…,line=…:: in GitHub Actions). Only app::run does that: a verb
// returns its Error.
void fail(World& world, const Error& error);
// Prints "perfwarden: warning: …".
void warn(World& world, std::string_view text);
// Prints "perfwarden: …", unless --quiet.
void note(World& world, std::string_view text);

// How a verb waits for other processes: with a note once it takes long.
[[nodiscard]] os::Patience patience(World& world);

// An Error (usage) about the command line; `hint`: what to type instead.
[[nodiscard]] Error wrong_usage(std::string what, std::string hint);

}  // namespace perfwarden::app
