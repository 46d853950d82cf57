#pragma once

#include "dashboard/view/view.hpp"

namespace perfwarden::dashboard {

void add_profiles(View& view, const Links& links);        // of a run
void add_profile_change(View& view, const Links& links);  // of an alert
void add_hot_functions(View& view);                       // of a series

}  // namespace perfwarden::dashboard
