// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/debug.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/engines/suite_scene_for_test.hpp"
#include "harness/parsers/start_file.hpp"
#include "harness/testing/golden.hpp"

namespace extproof::engines {
namespace {

using facts::Finding;
using facts::FindingKind;
using facts::Frame;
using facts::StackRole;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const Frame k_malloc = {.function = "malloc", .file = "/x/malloc.c", .line = 9};
const Frame k_fill = {.function = "fill_row", .file = "src/a.c", .line = 31, .own = true};
const Frame k_row = {.function = "new_row", .file = "src/a.c", .line = 12, .own = true};

Finding finding_of(FindingKind kind) {
  return {
      .id = "F1",
      .kind = kind,
      .title = "what it is",
      .location = {.file = "src/a.c", .line = 31, .function = "fill_row"},
      .sightings = {{.lane = "asan", .test = "t.py::a", .log = ".extproof/runs/3/asan/logs/san.7"},
                    {.lane = "asan", .test = "t.py::b"},
                    {.lane = "ubsan", .test = "t.py::c"}},
      .stacks = {{.role = StackRole::access, .frames = {k_malloc, k_fill}},
                 {.role = StackRole::allocation, .frames = {k_malloc, k_row, k_fill}}},
      .again = {"extproof", "run", "asan", "--", "t.py::a"}};
}

DebugPlan plan_of(const Finding& finding) {
  const auto plan = plan_debug(finding);
  EXPECT_TRUE(plan.ok());
  return plan.ok() ? plan.value() : DebugPlan{};
}

std::string refusal_of(const Finding& finding) {
  const auto plan = plan_debug(finding);
  return plan.ok() ? "" : facts::render_refusal(plan.error().front());
}

TEST(Debug, stops_where_the_moment_of_each_kind_is) {
  const auto stop = [](FindingKind kind) { return plan_of(finding_of(kind)).stop; };
  EXPECT_EQ(stop(FindingKind::heap_buffer_overflow), DebugStop::report);
  EXPECT_EQ(stop(FindingKind::undefined_behavior), DebugStop::report);
  EXPECT_EQ(stop(FindingKind::unknown), DebugStop::report);
  EXPECT_EQ(stop(FindingKind::crash), DebugStop::signal);
  EXPECT_EQ(stop(FindingKind::finalization_crash), DebugStop::signal);
  EXPECT_EQ(stop(FindingKind::hang), DebugStop::interrupt);
  EXPECT_EQ(stop(FindingKind::leak), DebugStop::allocation);
}

TEST(Debug, is_of_the_first_sighting_and_names_the_other_tests_of_its_lane) {
  const DebugPlan plan = plan_of(finding_of(FindingKind::use_after_free));

  EXPECT_EQ(plan.configuration, "asan");
  EXPECT_EQ(plan.test, "t.py::a");
  EXPECT_THAT(plan.other_tests, ElementsAre("t.py::b"));
  EXPECT_EQ(plan.place, (facts::Location{"src/a.c", 31, "fill_row"}));
  EXPECT_EQ(plan.about, "F1: what it is, src/a.c:31; stops where its report is made");
}

TEST(Debug, of_a_leak_stops_at_the_line_of_the_project_that_allocates) {
  EXPECT_EQ(plan_of(finding_of(FindingKind::leak)).place,
            (facts::Location{"src/a.c", 12, "new_row"}));
}

TEST(Debug, stops_in_what_the_compiler_read_where_that_was_generated) {
  Finding finding = finding_of(FindingKind::heap_buffer_overflow);
  finding.location = {.file = "src/a.pyx", .line = 4, .function = "fill"};
  finding.stacks = {{.role = StackRole::access,
                     .frames = {{.function = "__pyx_pf_fill",
                                 .file = "src/a.pyx",
                                 .line = 4,
                                 .own = true,
                                 .generated_file = "src/a.c",
                                 .generated_line = 2101}}}};

  EXPECT_EQ(plan_of(finding).place, (facts::Location{"src/a.c", 2101, ""}));
}

TEST(Debug, of_what_has_no_moment_is_refused_with_what_shows_it) {
  Finding leak = finding_of(FindingKind::leak);
  leak.stacks.clear();
  Finding stale = finding_of(FindingKind::use_after_free);
  stale.sightings.clear();
  std::string text;
  for (const Finding& one : {finding_of(FindingKind::fails_only_in_lane),
                             finding_of(FindingKind::refcount_leak), leak, stale}) {
    text += refusal_of(one) + "\n";
  }

  EXPECT_EQ(testing::golden_difference(
                EXTPROOF_SOURCE_DIR "/harness/engines/testdata/debug_refusals.txt", text),
            "");
}

TEST(Debug, runs_the_test_of_the_finding_unless_the_user_names_others) {
  const DebugPlan plan = plan_of(finding_of(FindingKind::use_after_free));

  EXPECT_THAT(debug_arguments(plan, {}), ElementsAre("t.py::a"));
  EXPECT_THAT(debug_arguments(plan, {"-k", "x/y", "-s"}),
              ElementsAre("-k", "x/y", "-s", "t.py::a"));
  EXPECT_THAT(debug_arguments(plan, {"tests/b.py"}), ElementsAre("tests/b.py"));
  Finding outside = finding_of(FindingKind::use_after_free);
  outside.again = {"extproof", "run", "asan"};
  EXPECT_THAT(debug_arguments(plan_of(outside), {}), IsEmpty());
}

class DebugStep : public ::testing::Test {
 protected:
  DebugStep() {
    scene.good_until("preflight");
    planned = {lane, scene.input()};
  }

  facts::Step tests() const {
    facts::Step step;
    step.id = "asan/tests";
    step.argv = {"/env/bin/python", "run_tests.py", "--leak-check", "--",
                 "--leak-check",    k_hostile};
    step.cwd = "/run";
    step.fresh_folders = {"/logs"};
    return step;
  }
  facts::Step made(bool batch) const {
    DebugPlan plan = plan_of(finding_of(FindingKind::heap_buffer_overflow));
    plan.about = k_hostile;
    plan.finding = k_hostile;
    plan.place.file = k_hostile;
    return debug_step(plan, planned, tests(),
                      {.gdb = "/usr/bin/gdb",
                       .parts = {.worker = "/parts/worker", .python = "/parts"},
                       .environment = {{"PATH", "/bin"}, {"X", k_hostile}},
                       .run_began = "2026-11-21T18:00:00Z",
                       .batch = batch});
  }
  static std::string file_of(const facts::Step& step, const std::string& end) {
    for (const auto& [path, content] : step.files) {
      if (path.ends_with(end)) {
        return content;
      }
    }
    return "";
  }

  static constexpr const char* k_hostile = "t.py::a[\"; shell id\n\nshell id\n']";
  Lane lane;
  SuiteScene scene;
  PlannedLane planned;
};

TEST_F(DebugStep, puts_no_text_of_the_finding_on_the_command_line_of_gdb) {
  EXPECT_THAT(made(false).argv, ElementsAre("/usr/bin/gdb", "-q", "-x", "/parts/gdb_session.py",
                                            "--args", "/parts/worker", "become"));
  EXPECT_THAT(made(true).argv,
              ElementsAre("/usr/bin/gdb", "-q", "-nx", "-batch", "-x", "/parts/gdb_session.py",
                          "--args", "/parts/worker", "become"));
}

TEST_F(DebugStep, keeps_gdb_itself_out_of_the_environment_of_the_tests) {
  const facts::Step step = made(false);

  EXPECT_THAT(step.environment, Not(Contains(::testing::Key("X"))));
  const auto start = parsers::parse_start_file(file_of(step, "/start"));
  ASSERT_TRUE(start);
  EXPECT_THAT(start->environment, ElementsAre("PATH=/bin", std::string("X=") + k_hostile));
  EXPECT_EQ(start->cwd, "/run");
}

TEST_F(DebugStep, runs_the_same_process_as_the_lane_but_for_the_leak_check) {
  const auto start = parsers::parse_start_file(file_of(made(false), "/start"));
  ASSERT_TRUE(start);
  EXPECT_THAT(start->argv,
              ElementsAre("/env/bin/python", "run_tests.py", "--", "--leak-check", k_hostile));
}

TEST_F(DebugStep, tells_gdb_what_it_needs_as_data) {
  const auto told = nlohmann::json::parse(file_of(made(true), "/debug.json"));

  EXPECT_EQ(told.at("schema"), 1);
  EXPECT_EQ(told.at("stop"), "report");
  EXPECT_EQ(told.at("finding"), k_hostile);
  EXPECT_EQ(told.at("place").at("line"), 31);
  EXPECT_EQ(told.at("batch"), true);
  EXPECT_GT(told.at("interrupt_after"), 0);
}

TEST_F(DebugStep, has_the_terminal_and_no_limit_where_a_person_sits) {
  EXPECT_TRUE(made(false).has_terminal);
  EXPECT_EQ(made(false).limits.silent_seconds, 0);
  EXPECT_FALSE(made(true).has_terminal);
  EXPECT_GT(made(true).limits.silent_seconds, 0);
}

}  // namespace
}  // namespace extproof::engines
