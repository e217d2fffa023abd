# find_package(Ermine) from a prefix with include/ and lib/, or from a checkout after `cargo build --release -p ermine-c`:
#
#     find_package(Ermine REQUIRED)            # with -DErmine_DIR=…/interp/c-api/cmake
#     target_link_libraries(game PRIVATE Ermine::Ermine)          # or Ermine::Shared
#
# Ermine_LIBRARY_DIR says where the libraries are, if they are elsewhere.

if(TARGET Ermine::Ermine)
  return()
endif()

get_filename_component(_ermine_root "${CMAKE_CURRENT_LIST_DIR}/.." ABSOLUTE)
find_path(Ermine_INCLUDE_DIR ermine.h HINTS "${_ermine_root}/include" "${_ermine_root}/../../include")
set(_ermine_hints "${Ermine_LIBRARY_DIR}" "${_ermine_root}/../../target/release" "${_ermine_root}/../../lib")
find_library(Ermine_STATIC_LIBRARY NAMES libermine_c.a ermine_c.lib HINTS ${_ermine_hints})
find_library(Ermine_SHARED_LIBRARY NAMES ermine_c HINTS ${_ermine_hints})

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Ermine REQUIRED_VARS Ermine_INCLUDE_DIR Ermine_STATIC_LIBRARY)

if(Ermine_FOUND)
  find_package(Threads REQUIRED)
  add_library(Ermine::Ermine STATIC IMPORTED)
  set_target_properties(Ermine::Ermine PROPERTIES
    IMPORTED_LOCATION "${Ermine_STATIC_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${Ermine_INCLUDE_DIR}")
  target_link_libraries(Ermine::Ermine INTERFACE Threads::Threads ${CMAKE_DL_LIBS})
  if(UNIX AND NOT APPLE)
    target_link_libraries(Ermine::Ermine INTERFACE m)
  elseif(WIN32)
    target_compile_definitions(Ermine::Ermine INTERFACE LIBWASM_STATIC)
    target_link_libraries(Ermine::Ermine INTERFACE ws2_32 userenv ntdll bcrypt)
  endif()

  if(Ermine_SHARED_LIBRARY)
    add_library(Ermine::Shared UNKNOWN IMPORTED)
    set_target_properties(Ermine::Shared PROPERTIES
      IMPORTED_LOCATION "${Ermine_SHARED_LIBRARY}"
      INTERFACE_INCLUDE_DIRECTORIES "${Ermine_INCLUDE_DIR}")
  endif()
endif()
