// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/workflow_commands.hpp"

#include <gtest/gtest.h>

namespace extproof::cli {
namespace {

TEST(WorkflowCommands, the_name_of_a_group_cannot_end_its_line) {
  EXPECT_EQ(render_group("asan"), "::group::asan\n");
  EXPECT_EQ(render_group("50%\r\n::set-env"), "::group::50%25%0D%0A::set-env\n");
  EXPECT_EQ(render_group_end(), "::endgroup::\n");
}

TEST(WorkflowCommands, a_line_of_others_is_never_one) {
  EXPECT_EQ(without_commands("::error::x"), ". ::error::x");
  EXPECT_EQ(without_commands(" \t::add-mask::x"), ".  \t::add-mask::x");
  EXPECT_EQ(without_commands("said ##[add-mask]x ##[group]"), "said ## [add-mask]x ## [group]");
  EXPECT_EQ(without_commands("###[x]"), "### [x]");
}

TEST(WorkflowCommands, an_ordinary_line_stays_as_it_is) {
  EXPECT_EQ(without_commands("tests/test_a.py::test_x 3 #[1]"), "tests/test_a.py::test_x 3 #[1]");
  EXPECT_EQ(without_commands(""), "");
}

}  // namespace
}  // namespace extproof::cli
