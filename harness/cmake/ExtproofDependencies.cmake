# SPDX-License-Identifier: Apache-2.0
#
# Third-party libraries, all from the system's packages: ci/bootstrap installs them. A missing one
# stops the configuration with the name of its package.

# extproof_require(TARGET-OR-VARIABLE PACKAGE): FATAL_ERROR that names what to install.
function(extproof_require what package)
  if(NOT TARGET ${what} AND NOT ${what})
    message(FATAL_ERROR "${what} was not found. Install it, on Debian or Ubuntu with "
                        "'apt-get install ${package}', or run ./ci/bootstrap.")
  endif()
endfunction()

find_package(Threads REQUIRED)
# Header-only: the package has no archive to link statically.
find_package(fmt 9.1 QUIET)
extproof_require(fmt::fmt-header-only libfmt-dev)
find_package(nlohmann_json 3.11 QUIET)
extproof_require(nlohmann_json::nlohmann_json nlohmann-json3-dev)
find_package(tomlplusplus 3.3 QUIET)
extproof_require(tomlplusplus::tomlplusplus libtomlplusplus-dev)
find_package(CLI11 2.1 QUIET)
extproof_require(CLI11::CLI11 libcli11-dev)
find_package(SQLite3 QUIET)
extproof_require(SQLite::SQLite3 libsqlite3-dev)
# The archive, for programs that need no library of the machine.
find_library(EXTPROOF_SQLITE_ARCHIVE libsqlite3.a)
extproof_require(EXTPROOF_SQLITE_ARCHIVE libsqlite3-dev)
add_library(extproof_sqlite INTERFACE)
target_include_directories(extproof_sqlite INTERFACE ${SQLite3_INCLUDE_DIRS})
target_link_libraries(extproof_sqlite INTERFACE "${EXTPROOF_SQLITE_ARCHIVE}" m ${CMAKE_DL_LIBS}
                                                Threads::Threads)
find_path(XXHASH_INCLUDE_DIR xxhash.h)
extproof_require(XXHASH_INCLUDE_DIR libxxhash-dev)
find_package(pugixml 1.12 QUIET)
extproof_require(pugixml::pugixml libpugixml-dev)
# Linked statically where the package has it, so that the program needs no library of that name.
add_library(extproof_pugixml INTERFACE)
if(TARGET pugixml::static)
  target_link_libraries(extproof_pugixml INTERFACE pugixml::static)
else()
  target_link_libraries(extproof_pugixml INTERFACE pugixml::pugixml)
endif()
if(EXTPROOF_DEVELOPER)
  find_package(GTest 1.12 QUIET)
  extproof_require(GTest::gtest_main "libgtest-dev libgmock-dev")
endif()
