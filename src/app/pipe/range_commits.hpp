#pragma once

#include "app/cli/world.hpp"
#include "model/report.hpp"

namespace perfwarden::app {

// Adds to the report which commits lie between base and head, the tags of both, and to each new function of the
// repository the commit that added its name. What git cannot say is left out.
void tell_range(World& world, Report& report);

}  // namespace perfwarden::app
