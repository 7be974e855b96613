// SPDX-License-Identifier: Apache-2.0
//
// What the messages of a lane quote and advise.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/engines/suite.hpp"
#include "harness/engines/suite_scene_for_test.hpp"

namespace extproof::engines {
namespace {

using ::testing::ElementsAre;

class SuiteMessages : public ::testing::Test {
 protected:
  facts::LaneReport report() const {
    return interpret_suite(scene_.configuration, scene_.instrumentation, scene_.results).report;
  }
  static std::vector<std::string> codes(const facts::LaneReport& report) {
    std::vector<std::string> all;
    for (const facts::Refusal& refusal : report.refusals) {
      all.push_back(refusal.code);
    }
    return all;
  }
  // A suite in which one test passes, with `lines` in front.
  std::string events(const std::string& lines) const {
    return R"({"event":"session","schema":1,"pid":1,"python":"3.13.0","pytest":"8.0","t":0})"
           "\n" +
           lines +
           R"({"event":"item","index":0,"id":"a"})"
           "\n"
           R"({"event":"test","id":"a","outcome":"passed","duration":0.1,"message":""})"
           "\n"
           R"({"event":"finish","exitstatus":1,"t":2})"
           "\n";
  }

  SuiteScene scene_;
};

std::string note_of(const facts::Refusal& refusal, std::string_view label) {
  for (const facts::RefusalNote& note : refusal.notes) {
    if (note.label == label) {
      return note.text;
    }
  }
  return "";
}

TEST_F(SuiteMessages, a_module_that_fails_collection_is_an_error_told_with_what_its_tests_lack) {
  const auto failing = [](const std::string& id, const std::string& name) {
    return R"({"event":"collect-error","id":")" + id +
           R"(","message":"x.py:1: ModuleNotFoundError: No module named ')" + name + "'\"}\n";
  };
  scene_.events = events(failing("tests/a.py", "numpy.typing") +
                         failing("tests/b.py", "demo._nothing") + failing("tests/c.py", "tests.b") +
                         R"({"event":"collect-skip","id":"s.py","message":"no numpy"})"
                         "\n");
  scene_.good_until("tests");

  const facts::LaneReport report = this->report();

  EXPECT_EQ(report.counts.errors, 3);
  ASSERT_THAT(codes(report), ElementsAre("XP2007", "XP2007", "XP2007"));
  EXPECT_EQ(report.refusals[0].severity, facts::Severity::warning);
  EXPECT_EQ(report.refusals[0].headline, "\"tests/a.py\" could not be collected");
  EXPECT_EQ(
      note_of(report.refusals[0], "try"),
      "test-requires = [\"pytest\", \"numpy\"], by the name that its package has on the index");
  EXPECT_EQ(note_of(report.refusals[1], "try"), "") << "the project's own package";
  EXPECT_EQ(note_of(report.refusals[2], "try"), "") << "the tests' own";
}

TEST_F(SuiteMessages, the_copies_of_the_project_leave_out_what_this_call_writes_itself) {
  facts::Project project = testing::sample_project();
  const facts::Config config;
  const facts::Toolchain machine = testing::sample_machine();
  project.own_output = {"o.json"};
  const LaneInput input = {scene_.configuration, project, config, machine};
  const auto leaves_out = [](const facts::Step& step) {
    const auto at = std::find(step.argv.begin(), step.argv.end(), "--leave-out");
    return at == step.argv.end() ? "" : *(at + 1);
  };

  EXPECT_EQ(leaves_out(plan_suite(input, scene_.instrumentation)[0]), "o.json");
  scene_.good_until("modules");
  std::string of_run_tree;
  for (const facts::Step& step : next_suite(input, scene_.instrumentation, scene_.results)) {
    of_run_tree = step.id == "asan/run-tree" ? leaves_out(step) : of_run_tree;
  }
  EXPECT_EQ(of_run_tree, "o.json");
}

TEST_F(SuiteMessages,
       a_wheel_without_a_module_is_told_with_the_compile_error_that_the_build_passed_over) {
  scene_.modules = R"({"name":"demo","version":"1.0","top_level":[],"native":[]})";
  scene_.good_until("install");
  facts::StepResult build = scene_.good("build");
  build.errors = facts::make_text("building\n" + scene_.paths().folder.tree() +
                                  "/a.c:11:9: error: expected expression\n 11 | int x = ;\n");
  scene_.add(build);
  scene_.add(scene_.good("modules"));

  ASSERT_THAT(codes(report()), ElementsAre("XP1102"));
  EXPECT_EQ(note_of(report().refusals[0], "said"),
            "a.c:11:9: error: expected expression\n 11 | int x = ;\n");

  build.errors = facts::make_text("building\n");
  scene_.add(build);
  EXPECT_EQ(note_of(report().refusals[0], "said"), "");
}

}  // namespace
}  // namespace extproof::engines
