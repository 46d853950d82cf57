#pragma once

#include "config/load.hpp"

namespace perfwarden::app {

// The names of rows that perfwarden.yml may use, from their registries.
[[nodiscard]] const config::Vocabulary& vocabulary();

}  // namespace perfwarden::app
