# The dashboard's assets, joined from files of templates/dashboard in a fixed order. Pages load them as classic scripts, since browsers
# refuse modules from file://; so the parts of dashboard.js share one function as their scope. uPlot's licence goes with every copy of it.
set(PW_DASHBOARD_ASSETS ${CMAKE_CURRENT_BINARY_DIR}/dashboard_assets)

# pw_joined(out names …): the text of the files of templates/dashboard, one after another.
function(pw_joined out)
  set(joined "")
  foreach(name IN LISTS ARGN)
    set(file ${PROJECT_SOURCE_DIR}/templates/dashboard/${name})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    file(READ ${file} text)
    string(APPEND joined "${text}\n")
  endforeach()
  set(${out} "${joined}" PARENT_SCOPE)
endfunction()

pw_joined(text vendor/uplot/uPlot.min.css dashboard.css)
file(WRITE ${PW_DASHBOARD_ASSETS}/dashboard.css "${text}")

pw_joined(licence vendor/uplot/LICENSE)
pw_joined(text vendor/uplot/uPlot.iife.min.js)
file(WRITE ${PW_DASHBOARD_ASSETS}/uplot.js "/*\n${licence}*/\n${text}")

pw_joined(text dom.js places.js format.js address.js theme.js api.js trend.js marks.js chart_parts.js pins.js zoom.js detail.js chart.js pictures.js dialog.js keys.js rows.js
  triage.js search.js pages.js)
file(WRITE ${PW_DASHBOARD_ASSETS}/dashboard.js "'use strict';\n(() => {\n${text}})();\n")
