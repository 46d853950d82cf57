#pragma once

#include "config/load.hpp"

namespace perfwarden::support {

// The names that a config in these tests may use. Fewer than there are, so that a new format changes none of them.
inline const config::Vocabulary k_vocabulary{{"google-benchmark", "json", "k6", "regex", "time"},
                                             {"html", "json", "junit", "markdown"}};

}  // namespace perfwarden::support
