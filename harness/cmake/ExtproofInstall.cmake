# SPDX-License-Identifier: Apache-2.0
#
# What goes into the wheel: the program beside the environment's other programs, its parts into the
# package. harness/platform/observe_toolchain.cpp looks for them there.

if(SKBUILD)
  set(extproof_scripts "${SKBUILD_SCRIPTS_DIR}")
  set(extproof_package "${SKBUILD_PLATLIB_DIR}/extproof")
else()
  # A build folder that works like an installed one: <prefix>/bin and <prefix>/lib/python3.
  set(extproof_scripts "bin")
  set(extproof_package "lib/python3/site-packages/extproof")
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/harness/python/extproof/" DESTINATION "${extproof_package}"
          COMPONENT extproof PATTERN "__pycache__" EXCLUDE)
endif()
install(TARGETS extproof RUNTIME DESTINATION "${extproof_scripts}" COMPONENT extproof)
install(TARGETS extproof-reaper extproof-worker extproof-python extproof-cc
        RUNTIME DESTINATION "${extproof_package}/libexec" COMPONENT extproof)
install(TARGETS extproof_probe LIBRARY DESTINATION "${extproof_package}/libexec" COMPONENT extproof)
install(FILES "${PROJECT_SOURCE_DIR}/harness/probe/canary/asan.c"
              "${PROJECT_SOURCE_DIR}/harness/probe/canary/ubsan.c"
              "${PROJECT_SOURCE_DIR}/harness/probe/canary/none.c"
              "${PROJECT_SOURCE_DIR}/harness/probe/canary/interpreter.c"
              "${PROJECT_SOURCE_DIR}/harness/probe/canary/interpreter_throw.cpp"
        DESTINATION "${extproof_package}/canary" COMPONENT extproof)
