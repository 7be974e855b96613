// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/interpreter_choice.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/engines/conclude.hpp"
#include "harness/engines/configure.hpp"
#include "harness/testing/sample_machine.hpp"

namespace extproof::engines {
namespace {

using facts::Interpreter;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string k_runtime = testing::sample_clang().runtimes.asan;

std::string lacks_nothing(const facts::Compiler&) {
  return "";
}

const std::vector<Lane> k_lanes = {{.name = "release", .lacks = lacks_nothing},
                                   {.name = "asan", .sanitizer = "asan", .lacks = lacks_nothing},
                                   {.name = "ubsan", .lacks = lacks_nothing}};

Interpreter instrumented(const std::string& version = "3.14.6") {
  Interpreter one = testing::sample_python(version);
  one.path = "/cache/asan-" + version + "/bin/python3.14";
  one.paths = {one.path};
  one.tag += "d";
  one.debug = true;
  one.instrumented = "asan";
  one.runtime = k_runtime;
  one.kind = "asan";
  one.identity = "asan " + version;
  return one;
}

Interpreter of_kind_release(const std::string& version = "3.14.6") {
  Interpreter one = testing::sample_python(version);
  one.path = "/cache/release-" + version + "/bin/python3.14";
  one.paths = {one.path};
  one.kind = "release";
  one.identity = "release " + version;
  return one;
}

class Choice : public ::testing::Test {
 protected:
  void SetUp() override { put_in_front({instrumented(), of_kind_release()}); }

  void put_in_front(const std::vector<Interpreter>& more) {
    machine_.interpreters = testing::sample_machine().interpreters;
    machine_.interpreters.insert(machine_.interpreters.begin(), more.begin(), more.end());
  }

  Configured configured(std::vector<std::string> lanes) const {
    return configure({.lanes = std::move(lanes)}, k_lanes, project_, config_, machine_, 7);
  }
  std::vector<std::string> lines(std::vector<std::string> lanes) const {
    std::vector<std::string> all;
    for (const facts::Configuration& c : configured(std::move(lanes)).configurations) {
      all.push_back(c.name + ": " + build_of(c.interpreter));
    }
    return all;
  }
  std::vector<std::string> left_out(std::vector<std::string> lanes) const {
    std::vector<std::string> all;
    for (const LeftOut& out : configured(std::move(lanes)).left_out) {
      all.push_back(out.name + " " + out.refusal.code);
    }
    return all;
  }

  facts::Toolchain machine_ = testing::sample_machine();
  facts::Project project_ = testing::sample_project();
  facts::Config config_;
};

TEST_F(Choice, the_asan_lane_prefers_an_instrumented_interpreter_and_others_do_not) {
  EXPECT_THAT(lines({"asan", "ubsan"}),
              ElementsAre("release/cp314: 3.14.6", "release/cp313: 3.13.0", "asan: 3.14.6-asan",
                          "ubsan: 3.13.0"));
}

TEST_F(Choice, what_extproof_built_is_never_chosen_for_being_the_newest) {
  put_in_front({of_kind_release()});
  EXPECT_THAT(lines({"asan"}), ElementsAre("release: 3.13.0", "asan: 3.13.0"));
}

TEST_F(Choice, a_version_that_the_machine_has_only_from_extproof_is_found) {
  config_.python = "3.14";
  EXPECT_THAT(lines({"ubsan"}), ElementsAre("release: 3.14.6", "ubsan: 3.14.6"));
}

TEST_F(Choice, the_projects_version_leaves_the_build_to_the_lane) {
  config_.python = "3.14";
  EXPECT_THAT(lines({"asan"}), ElementsAre("release: 3.14.6", "asan: 3.14.6-asan"));
  config_.python = "3.13";
  EXPECT_THAT(lines({"asan"}), ElementsAre("release: 3.13.0", "asan: 3.13.0"));
}

TEST_F(Choice, the_version_that_a_lane_names_is_exact) {
  config_.lane["asan"].interpreter = "3.14";
  EXPECT_THAT(lines({"asan"}), ElementsAre("release: 3.14.6", "asan: 3.14.6"));
}

TEST_F(Choice, a_lane_or_a_project_can_ask_for_the_stock_interpreter) {
  config_.python = "stock";
  EXPECT_THAT(lines({"asan"}), ElementsAre("release: 3.13.0", "asan: 3.13.0"));
  config_.python.reset();
  config_.lane["asan"].interpreter = "stock";
  EXPECT_THAT(lines({"asan"}), ElementsAre("release: 3.13.0", "asan: 3.13.0"));
}

TEST_F(Choice, a_kind_can_be_named) {
  config_.python = "3.13";
  config_.lane["asan"].interpreter = "asan";
  EXPECT_THAT(lines({"asan"}), ElementsAre("release: 3.14.6", "asan: 3.14.6-asan"));
}

TEST_F(Choice, a_kind_that_is_not_installed_is_refused_with_the_command) {
  put_in_front({});
  config_.lane["asan"].interpreter = "asan";
  const Configured result = configured({"asan"});
  ASSERT_EQ(result.left_out.size(), 1u);
  EXPECT_EQ(result.left_out[0].refusal.code, "XP1202");
  EXPECT_THAT(facts::render_refusal(result.left_out[0].refusal),
              HasSubstr("extproof interpreters install asan"));
}

TEST_F(Choice, requires_python_keeps_an_instrumented_interpreter_out) {
  project_.requires_python = "<3.14";
  EXPECT_THAT(lines({"asan"}), ElementsAre("release: 3.13.0", "asan: 3.13.0"));
}

TEST_F(Choice, another_runtime_than_the_compilers_is_not_mixed_in) {
  config_.compiler = "gcc";
  EXPECT_THAT(lines({"asan"}), ElementsAre("release: 3.13.0", "asan: 3.13.0"));

  config_.lane["asan"].interpreter = "asan";
  EXPECT_THAT(left_out({"asan"}), ElementsAre("asan XP3101"));
}

TEST_F(Choice, an_interpreter_with_a_static_runtime_is_not_preferred_and_refused_when_named) {
  Interpreter fixed = instrumented();
  fixed.runtime.clear();
  put_in_front({fixed});
  EXPECT_THAT(lines({"asan"}), ElementsAre("release: 3.13.0", "asan: 3.13.0"));

  config_.lane["asan"].interpreter = fixed.path;
  EXPECT_THAT(left_out({"asan"}), ElementsAre("asan XP3101"));
}

TEST_F(Choice, a_lane_without_the_sanitizer_is_refused_in_an_instrumented_interpreter) {
  config_.python = "asan";
  EXPECT_THAT(left_out({"asan", "ubsan"}), ElementsAre("ubsan XP3101"));
  EXPECT_THAT(lines({"asan", "ubsan"}), ElementsAre("release: 3.14.6", "asan: 3.14.6-asan"));
}

TEST_F(Choice, the_baseline_is_a_release_build_of_the_same_version_and_abi) {
  const auto baseline = [&] {
    const Interpreter* one = choose_baseline(instrumented(), machine_);
    return one == nullptr ? std::string("none") : one->path;
  };
  EXPECT_EQ(baseline(), of_kind_release().path);

  Interpreter other_patch = testing::sample_python("3.14.2");
  put_in_front({instrumented(), other_patch});
  EXPECT_EQ(baseline(), other_patch.path);

  for (const auto change :
       {+[](Interpreter& i) { i.free_threaded = true; }, +[](Interpreter& i) { i.debug = true; },
        +[](Interpreter& i) { i.headers = false; }}) {
    Interpreter unlike = testing::sample_python("3.14.6");
    change(unlike);
    put_in_front({instrumented(), unlike});
    EXPECT_EQ(baseline(), "none");
  }
}

TEST_F(Choice, without_such_a_build_the_lane_runs_alone) {
  put_in_front({instrumented()});
  EXPECT_THAT(lines({"asan"}), ElementsAre("asan: 3.14.6-asan"));
  EXPECT_THAT(left_out({"asan"}), IsEmpty());
}

// One test that fails in the lane and passes in the baseline, which ran in that interpreter.
int only_in_lane(const Interpreter& of_baseline) {
  LaneEnd lane;
  lane.configuration.lane = lane.configuration.name = "asan";
  lane.configuration.interpreter = instrumented();
  lane.interpretation.report.outcome = facts::LaneOutcome::failed;
  lane.interpretation.report.tests = {{.id = "t.py::t", .outcome = facts::TestOutcome::failed}};
  LaneEnd baseline;
  baseline.configuration.lane = baseline.configuration.name = "release";
  baseline.configuration.interpreter = of_baseline;
  baseline.interpretation.report.outcome = facts::LaneOutcome::passed;
  baseline.interpretation.report.tests = {{.id = "t.py::t", .outcome = facts::TestOutcome::passed}};
  const auto report = conclude({}, {baseline, lane}, {}, RunEnd::complete);
  return static_cast<int>(report.findings.size());
}

TEST_F(Choice, a_lane_is_compared_with_a_baseline_of_its_version_and_abi_alone) {
  EXPECT_EQ(only_in_lane(of_kind_release()), 1);
  EXPECT_EQ(only_in_lane(testing::sample_python("3.13.0")), 0);
  Interpreter free_threaded = of_kind_release();
  free_threaded.free_threaded = true;
  EXPECT_EQ(only_in_lane(free_threaded), 0);
}

}  // namespace
}  // namespace extproof::engines
