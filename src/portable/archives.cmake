# What a static link needs and the packages do not say: Debian's yaml-cpp brings a CMake target of a shared object, and archives do not
# name the archives that they need themselves. tests/support/install.sh portable installs all of them.

# pw_archives(VARIABLE names…): the paths of lib<name>.a
function(pw_archives variable)
  set(found "")
  foreach(name IN LISTS ARGN)
    find_library(PW_ARCHIVE_${name} lib${name}.a REQUIRED)
    list(APPEND found ${PW_ARCHIVE_${name}})
  endforeach()
  set(${variable} ${found} PARENT_SCOPE)
endfunction()

pw_archives(yaml yaml-cpp)
set_property(TARGET yaml-cpp PROPERTY IMPORTED_LOCATION_NONE ${yaml})

pw_archives(tls ssl crypto)
pw_archives(of_curl nghttp2 idn2 unistring zstd brotlidec brotlicommon z)
pw_archives(of_libpq pq pgcommon pgport)
add_library(pw_portable OBJECT ${CMAKE_CURRENT_LIST_DIR}/absent.cpp ${CMAKE_CURRENT_LIST_DIR}/name_service.cpp)
target_link_libraries(pw_portable PRIVATE pw_settings)
set_property(TARGET CURL::libcurl APPEND PROPERTY INTERFACE_LINK_LIBRARIES ${of_curl} ${tls} Threads::Threads)
add_library(pw_libpq INTERFACE)
target_compile_definitions(pw_libpq INTERFACE PW_STATIC=1)
target_link_libraries(pw_libpq INTERFACE ${of_libpq} CURL::libcurl)
set_property(TARGET SQLite::SQLite3 APPEND PROPERTY INTERFACE_LINK_LIBRARIES m)
