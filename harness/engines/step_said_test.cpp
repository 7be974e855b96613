// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/step_said.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/testing/sample_machine.hpp"

namespace extproof::engines {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(TellingLines, begin_at_the_first_error_of_a_compiler) {
  EXPECT_EQ(telling_lines("one\na.c:1:2: error: no\n  1 | x\n"), "a.c:1:2: error: no\n  1 | x\n");
  EXPECT_EQ(telling_lines("a.o: undefined reference to `f'\n"),
            "a.o: undefined reference to `f'\n");
}

TEST(TellingLines, are_the_last_eight_where_no_compiler_complains) {
  EXPECT_EQ(telling_lines("1\n2\n3\n4\n5\n6\n7\n8\n9\n"), "2\n3\n4\n5\n6\n7\n8\n9\n");
  EXPECT_EQ(telling_lines(""), "nothing");
}

TEST(TellingLines, cut_a_command_line_but_no_character) {
  std::string line(159, 'x');
  for (int i = 0; i < 100; ++i) {
    line += "\xC3\xA4";
  }
  EXPECT_EQ(telling_lines(line), std::string(159, 'x') + " ...\n");
  EXPECT_THAT(telling_lines("x" + line), EndsWith("x ...\n"));
}

TEST(CompileErrors, are_none_where_no_compiler_complains) {
  EXPECT_EQ(compile_errors("warning: a\nerror of the program\n"), "");
  EXPECT_EQ(compile_errors("ok\na.c:1:1: fatal error: no Python.h\n"),
            "a.c:1:1: fatal error: no Python.h\n");
}

TEST(WithoutBuildFolder, names_sources_as_the_project_does) {
  const SuitePaths paths = paths_of(testing::sample_configuration());
  const std::string tree = paths.folder.tree();

  EXPECT_EQ(without_build_folder(tree + "/src/a.c:1: error: x `" + tree + "`", paths),
            "src/a.c:1: error: x `.`");
  EXPECT_EQ(without_build_folder("at: " + paths.layout.relative(paths.folder.root) + "/env", paths),
            "at: env");
  EXPECT_EQ(without_build_folder("/elsewhere/a.c", paths), "/elsewhere/a.c");
}

TEST(Missing, names_the_first_part_of_the_module) {
  const auto name = [](std::string_view message) {
    const auto found = missing_module(message);
    return found ? found->name + (found->is_there ? " is there" : "") : "none";
  };
  EXPECT_EQ(name("t.py:1: ModuleNotFoundError: No module named 'numpy'"), "numpy");
  EXPECT_EQ(name("t.py:1: ModuleNotFoundError: No module named 'numpy.typing'"), "numpy");
  EXPECT_EQ(name("ImportError: cannot import name 'x' from 'numpy' (/e/numpy.py)"),
            "numpy is there");
  EXPECT_EQ(name("ImportError: libblas.so.3: cannot open shared object file"), "none");
  EXPECT_EQ(name("AssertionError: No module named 'x'"), "none");
  EXPECT_EQ(name("ModuleNotFoundError: No module named 'x"), "none") << "cut off";
  EXPECT_EQ(name("ModuleNotFoundError: No module named ''"), "none");
  EXPECT_EQ(name(""), "none");
}

}  // namespace
}  // namespace extproof::engines
