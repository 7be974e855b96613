# SPDX-License-Identifier: Apache-2.0
#
# Functions that declare every target of the project, so that a rule which holds for all of them
# (language standard, warnings, include root) stands once.

option(EXTPROOF_DEVELOPER "Warnings are errors and the tests are built" ${PROJECT_IS_TOP_LEVEL})
set(EXTPROOF_SANITIZE "" CACHE STRING "Value of -fsanitize= for our own code, as nox -s self uses it")

add_library(extproof_options INTERFACE)
target_compile_features(extproof_options INTERFACE cxx_std_20)
target_include_directories(extproof_options INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_options(extproof_options INTERFACE -fvisibility=hidden)
if(EXTPROOF_DEVELOPER)
  target_compile_options(
    extproof_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
                               -Wnon-virtual-dtor -Wold-style-cast -Werror)
  # Designated initialisers leave the rest at its default on purpose.
  target_compile_options(extproof_options INTERFACE -Wno-missing-field-initializers)
  # clang sees the deprecation of what libstdc++ 12 uses inside its own stable_sort.
  target_compile_options(extproof_options
                         INTERFACE $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>)
endif()
if(EXTPROOF_SANITIZE)
  target_compile_options(
    extproof_options INTERFACE -fsanitize=${EXTPROOF_SANITIZE} -fno-sanitize-recover=all
                               -fno-omit-frame-pointer -g)
  target_link_options(extproof_options INTERFACE -fsanitize=${EXTPROOF_SANITIZE})
endif()
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# extproof_library(NAME SOURCES a.cpp... [DEPENDS target...])
function(extproof_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPENDS")
  add_library(${name} STATIC ${arg_SOURCES})
  target_link_libraries(${name} PUBLIC extproof_options ${arg_DEPENDS})
endfunction()

# extproof_program(NAME SOURCES main.cpp... [DEPENDS target...])
function(extproof_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPENDS")
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE extproof_options ${arg_DEPENDS})
endfunction()

# extproof_static_program(NAME SOURCES main.cpp... [DEPENDS target...])
#
# A program of the wheel: linked statically, so that it runs beside any libc, also one that is older
# than that of the machine it was built on, and ignores LD_PRELOAD. One that is started for each
# compile, step or interpreter costs one execve.
function(extproof_static_program name)
  extproof_program(${ARGV})
  if(NOT EXTPROOF_SANITIZE)
    target_link_options(${name} PRIVATE -static)
  endif()
endfunction()

# extproof_test(NAME SOURCES a_test.cpp... [DEPENDS target...])
#
# One executable of unit tests per folder. EXTPROOF_SOURCE_DIR is defined in it, for golden files.
function(extproof_test name)
  if(NOT EXTPROOF_DEVELOPER)
    return()
  endif()
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPENDS")
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE extproof_options ${arg_DEPENDS} GTest::gtest_main GTest::gmock)
  target_compile_definitions(${name} PRIVATE EXTPROOF_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
                                             EXTPROOF_BINARY_DIR="${PROJECT_BINARY_DIR}")
  # The macros of GoogleTest 1.12 use old-style casts.
  target_compile_options(${name} PRIVATE -Wno-old-style-cast)
  add_test(NAME ${name} COMMAND ${name})
endfunction()
