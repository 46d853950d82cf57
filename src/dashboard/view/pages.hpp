#pragma once

#include "dashboard/view/view.hpp"

// One function a page: adds to its answer what people read of it. `alert` holds the view of a series.
namespace perfwarden::dashboard {

void view_status(View& view, const Shell& shell);
void view_alerts(View& view, const Shell& shell);
void view_alert(View& view, const Shell& shell);
void view_series(View& view, const Shell& shell);
void view_series_list(View& view, const Shell& shell);
void view_runs(View& view, const Shell& shell);
void view_run(View& view, const Shell& shell);
void view_compare(View& view, const Shell& shell);
void view_budgets(View& view, const Shell& shell);
void view_machines(View& view, const Shell& shell);
void view_search(View& view, const Shell& shell);

}  // namespace perfwarden::dashboard
