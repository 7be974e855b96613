// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/ownership.hpp"

#include <gtest/gtest.h>

#include "harness/testing/sample_machine.hpp"

namespace extproof::engines {
namespace {

using facts::Frame;
using facts::Owner;

// Of the project in /project, whose module is installed as demo/_core.so.
Ownership ownership(const std::string& root = "/project") {
  facts::Configuration configuration = testing::sample_configuration();
  configuration.project_root = root;
  const SuitePaths paths = paths_of(configuration);
  return {paths, root, {paths.site_packages + "/demo/_core.so"}};
}

const SuitePaths k_paths = paths_of(testing::sample_configuration());

struct Row {
  std::string name;
  Frame frame;
  std::optional<Owner> owner;
  std::string file = {};  // in the project; empty: none
};

const std::vector<Row> k_rows = {
    {"source_in_project", {.file = "/project/src/a.c"}, Owner::extension, "src/a.c"},
    {"source_in_tree", {.file = k_paths.folder.tree() + "/src/a.c"}, Owner::extension, "src/a.c"},
    {"test_in_run_tree",
     {.file = k_paths.folder.run() + "/tests/t.py"},
     Owner::extension,
     "tests/t.py"},
    {"source_relative_to_the_tree", {.file = "src/a.c"}, Owner::extension, "src/a.c"},
    {"source_relative_with_a_dot", {.file = "./src/a.c"}, Owner::extension, "src/a.c"},
    {"source_relative_to_the_build_folder",
     {.file = "../tree/src/a.c"},
     Owner::extension,
     "src/a.c"},
    {"source_with_a_climb_inside",
     {.file = "/project/src/../include/a.h"},
     Owner::extension,
     "include/a.h"},
    {"source_that_the_build_generated",
     {.file = k_paths.folder.cmake() + "/_core.c"},
     Owner::extension,
     "_core.c"},
    {"source_that_the_build_fetched",
     {.file = k_paths.folder.cmake() + "/_deps/fmt/f.h"},
     Owner::third_party},
    {"installed_by_cmake_as_a_package",
     {.file = k_paths.folder.install() + "/lib/python3.13/site-packages/demo/api.py"},
     Owner::extension,
     "demo/api.py"},
    {"installed_by_cmake_under_an_absolute_path",
     {.file = k_paths.folder.stage() + "/usr/lib/python3/dist-packages/demo/api.py"},
     Owner::extension,
     "demo/api.py"},
    {"library_that_cmake_installed",
     {.module = k_paths.folder.install() + "/lib/librows.so.2"},
     Owner::extension},
    {"library_in_the_build_folder",
     {.module = k_paths.folder.cmake() + "/src/librows.so"},
     Owner::extension},
    {"library_that_the_build_fetched",
     {.module = k_paths.folder.cmake() + "/_deps/fmt-build/libfmt.so"},
     Owner::third_party},
    {"installed_python_of_the_package",
     {.file = k_paths.site_packages + "/demo/api.py"},
     Owner::extension,
     "demo/api.py"},
    {"installed_python_of_a_namesake",
     {.file = k_paths.site_packages + "/demo2/api.py"},
     Owner::third_party},
    {"module_without_debug_lines",
     {.module = k_paths.site_packages + "/demo/_core.so"},
     Owner::extension},
    {"module_copied_elsewhere", {.module = "/elsewhere/demo/_core.so"}, Owner::extension},
    {"module_of_a_namesake", {.module = "/elsewhere/demo2/_core.so"}, Owner::third_party},
    {"numpy",
     {.module = k_paths.site_packages + "/numpy/_core/_multiarray.so"},
     Owner::third_party},
    {"path_that_leaves_the_project", {.file = "/project/../etc/passwd"}, Owner::third_party},
    {"path_that_leaves_the_tree",
     {.file = k_paths.folder.tree() + "/../../../../../x.c"},
     Owner::third_party},
    {"path_that_leaves_the_root", {.file = "/project/../../../x.c"}, Owner::third_party},
    {"relative_path_that_climbs_out", {.file = "../../../../x.c"}, Owner::third_party},
    {"relative_path_that_climbs_later", {.file = "src/../../x.c"}, Owner::third_party},
    {"folder_whose_name_begins_alike", {.file = "/project-two/src/a.c"}, Owner::third_party},
    {"project_root_itself", {.file = "/project"}, Owner::third_party},
    {"made_up_code", {.file = "<string>"}, Owner::third_party},
    {"nothing_known", {}, std::nullopt},

    {"pybind11_of_the_build",
     {.file = "/project/.extproof/build-env/x/include/pybind11/cast.h"},
     Owner::binding_library},
    {"pybind11_vendored",
     {.file = "/project/extern/pybind11/include/pybind11/pybind11.h"},
     Owner::binding_library},
    {"pybind11_relative",
     {.file = "extern/pybind11/include/pybind11/pybind11.h"},
     Owner::binding_library},
    {"nanobind_source", {.file = "/project/ext/nanobind/src/nb_type.cpp"}, Owner::binding_library},
    {"own_bindings_in_a_folder_pybind11",
     {.file = "/project/src/pybind11/module.cpp"},
     Owner::extension,
     "src/pybind11/module.cpp"},

    {"std_header", {.file = "/usr/include/c++/12/bits/stl_vector.h"}, std::nullopt},
    {"gcc_header", {.file = "/usr/lib/gcc/x86_64-linux-gnu/12/include/x.h"}, std::nullopt},
    {"libc_by_gcc", {.file = "../sysdeps/nptl/libc_start_call_main.h"}, std::nullopt},
    {"libc_by_clang", {.file = "csu/../sysdeps/nptl/libc_start_call_main.h"}, std::nullopt},
    {"libc_start", {.file = "../csu/libc-start.c"}, std::nullopt},
    {"libc_thread", {.file = "nptl/pthread_create.c"}, std::nullopt},
    {"libc_with_dots", {.file = "./nptl/./nptl/pthread_create.c"}, std::nullopt},
    {"libc_sorting", {.file = "stdlib/msort.c"}, std::nullopt},
    {"own_folder_named_as_one_of_libc",
     {.file = "string/join.c"},
     Owner::extension,
     "string/join.c"},
    {"relative_path_in_a_library_of_others",
     {.file = "src/a.c", .module = "/usr/lib/libother.so"},
     Owner::third_party},
    {"relative_path_in_a_library_that_was_installed_for_the_tests",
     {.file = "src/a.c", .module = k_paths.site_packages + "/numpy/_core/_multiarray.so"},
     Owner::third_party},
    {"relative_path_in_the_module",
     {.file = "src/a.c", .module = "/elsewhere/demo/_core.so"},
     Owner::extension,
     "src/a.c"},
    {"libc_without_debug_lines", {.module = "/lib/x86_64-linux-gnu/libc.so.6"}, std::nullopt},
    {"runtime_of_clang", {.module = "/usr/lib/libclang_rt.asan-x86_64.so"}, std::nullopt},
    {"runtime_of_gcc",
     {.file = "../../../../src/libsanitizer/asan/asan_malloc_linux.cpp"},
     std::nullopt},
    {"probe", {.module = "/x/libextproof_probe.so"}, std::nullopt},

    {"interpreter_by_gcc", {.file = "Objects/call.c"}, Owner::interpreter},
    {"interpreter_header_by_gcc", {.file = "Include/internal/pycore_call.h"}, Owner::interpreter},
    {"interpreter_of_debian", {.file = "../Objects/call.c"}, Owner::interpreter},
    {"interpreter_by_clang", {.file = "/usr/src/python3.13/Objects/call.c"}, Owner::interpreter},
    {"interpreter_of_pyenv",
     {.file = "/tmp/python-build/Python-3.13.0/Objects/call.c"},
     Owner::interpreter},
    {"interpreter_header", {.file = "/opt/include/python3.13/object.h"}, Owner::interpreter},
    {"interpreter_program", {.module = "/usr/bin/python3.13"}, Owner::interpreter},
    {"interpreter_library", {.module = "/usr/lib/libpython3.13.so.1.0"}, Owner::interpreter},
    {"interpreter_module",
     {.module = "/usr/lib/python3.13/lib-dynload/_ctypes.so"},
     Owner::interpreter},
    {"interpreter_python", {.file = "/usr/lib/python3.13/unittest/case.py"}, Owner::interpreter},
    {"package_beside_the_interpreter",
     {.file = "/usr/lib/python3.13/site-packages/numpy/x.c"},
     Owner::third_party},
};

class FrameRow : public ::testing::TestWithParam<Row> {};

TEST_P(FrameRow, has_this_owner_and_file) {
  const Row& row = GetParam();

  EXPECT_EQ(ownership().owner_of(row.frame), row.owner);
  EXPECT_EQ(ownership().project_file(row.frame).value_or(""), row.file);
}

INSTANTIATE_TEST_SUITE_P(rows, FrameRow, ::testing::ValuesIn(k_rows),
                         [](const auto& row) { return row.param.name; });

TEST(Ownership, a_project_may_lie_in_a_folder_with_any_name) {
  for (const std::string root :
       {"/home/me/pybind11/demo", "/src/compiler-rt/demo", "/src/cpython/demo", "/opt/python3/demo",
        "/src/glibc-2/demo", "/x/nanobind/src/demo", "/usr/include/demo"}) {
    const Ownership own = ownership(root);

    EXPECT_EQ(own.owner_of(Frame{.file = root + "/src/a.cpp"}), Owner::extension) << root;
    EXPECT_EQ(own.owner_of(Frame{.file = root + "/src/a.h"}), Owner::extension) << root;
  }
}

const Frame k_own = {.function = "fill", .file = "/project/src/a.c", .line = 3};
const Frame k_binding = {.function = "cast", .file = "/x/include/pybind11/cast.h"};
const Frame k_interpreter = {.function = "PyList_Append", .file = "Objects/listobject.c"};
const Frame k_eval = {.function = "_PyEval_EvalFrameDefault", .file = "Python/ceval.c"};
const Frame k_other = {.function = "solve", .module = "/x/libblas.so"};
const Frame k_runtime = {.function = "malloc", .module = "/x/libasan.so.8"};
const Frame k_std = {.function = "sort", .file = "/usr/include/c++/12/algorithm"};

std::optional<Owner> owner_of(std::vector<Frame> frames) {
  return ownership().owner_of(facts::Stack{.frames = std::move(frames)});
}

TEST(Ownership, the_innermost_telling_frame_owns_a_stack) {
  EXPECT_EQ(owner_of({k_own, k_interpreter, k_eval}), Owner::extension);
  EXPECT_EQ(owner_of({k_runtime, k_std, k_own}), Owner::extension);
  EXPECT_EQ(owner_of({k_other, k_own}), Owner::third_party);
  EXPECT_EQ(owner_of({k_interpreter}), Owner::interpreter);
  EXPECT_EQ(owner_of({k_runtime, k_std}), std::nullopt);
  EXPECT_EQ(owner_of({}), std::nullopt);
}

TEST(Ownership, who_calls_the_interpreter_or_a_binding_library_answers_for_it) {
  EXPECT_EQ(owner_of({k_interpreter, k_interpreter, k_own, k_eval}), Owner::extension);
  EXPECT_EQ(owner_of({k_binding, k_own}), Owner::extension);
  EXPECT_EQ(owner_of({k_interpreter, k_binding, k_own}), Owner::extension);
}

TEST(Ownership, a_python_frame_between_ends_that_responsibility) {
  EXPECT_EQ(owner_of({k_interpreter, k_eval, k_own}), Owner::interpreter);
  EXPECT_EQ(owner_of({k_interpreter, k_other, k_own}), Owner::interpreter);
}

TEST(Ownership, the_first_own_frame_is_the_innermost_with_a_file_of_the_project) {
  const facts::Stack stack = {.frames = {k_runtime, k_binding, k_own, k_eval}};

  ASSERT_NE(ownership().first_own_frame(stack), nullptr);
  EXPECT_EQ(*ownership().first_own_frame(stack), k_own);
  EXPECT_EQ(ownership().first_own_frame({.frames = {k_eval, k_other}}), nullptr);
}

}  // namespace
}  // namespace extproof::engines
