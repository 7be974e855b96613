// SPDX-License-Identifier: Apache-2.0
#include "harness/facts/exit_code.hpp"

#include <gtest/gtest.h>

namespace extproof::facts {
namespace {

TEST(ExitCode, no_code_means_nothing_found) {
  EXPECT_EQ(strongest({}), ExitCode::nothing_found);
}

TEST(ExitCode, findings_are_told_before_a_lane_that_could_not_judge) {
  EXPECT_EQ(strongest({ExitCode::cannot_judge, ExitCode::findings, ExitCode::tool_missing}),
            ExitCode::findings);
}

TEST(ExitCode, a_missing_tool_is_told_before_a_refused_lane) {
  EXPECT_EQ(strongest({ExitCode::cannot_judge, ExitCode::tool_missing}), ExitCode::tool_missing);
}

TEST(ExitCode, an_interruption_hides_findings_and_a_defect_hides_all) {
  EXPECT_EQ(strongest({ExitCode::findings, ExitCode::interrupted}), ExitCode::interrupted);
  EXPECT_EQ(strongest({ExitCode::interrupted, ExitCode::defect}), ExitCode::defect);
}

}  // namespace
}  // namespace extproof::facts
