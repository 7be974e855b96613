// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/suite.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "harness/engines/suite_fixture_for_test.hpp"
#include "harness/facts/step.hpp"

namespace extproof::engines {
namespace {

using facts::LaneOutcome;
using facts::Step;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string ids_and_needs(const std::vector<Step>& steps) {
  std::string text;
  for (const Step& step : steps) {
    text += step.id + " [";
    for (const std::string& need : step.needs) {
      text += (need == step.needs.front() ? "" : " ") + need;
    }
    text += step.stamp.empty() ? "] every run\n" : "]\n";
  }
  return text;
}

TEST_F(Suite, the_first_wave_makes_the_environments_and_the_canary) {
  std::string text = ids_and_needs(plan_suite(scene_.input(), scene_.instrumentation));
  // The name of the shared environment holds a digest of its requirements.
  const std::string name = "build-env-cp313-";
  for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
    text.erase(at + name.size(), text.find('/', at) - at - name.size());
  }

  EXPECT_EQ(text,
            "asan/sync [] every run\n"
            "build-env-cp313-/make []\n"
            "build-env-cp313-/requires [build-env-cp313-/make]\n"
            "asan/wrapper []\n"
            "asan/build-requires [asan/sync build-env-cp313-/requires]\n"
            "asan/env []\n"
            "asan/interpreter [asan/env]\n"
            "asan/requirements [asan/interpreter]\n"
            "asan/canary [asan/wrapper]\n");
}

TEST_F(Suite, a_lane_without_a_canary_builds_none) {
  scene_.instrumentation = {};

  EXPECT_THAT(ids_and_needs(plan_suite(scene_.input(), scene_.instrumentation)),
              Not(HasSubstr("canary")));
}

TEST_F(Suite, lanes_with_one_interpreter_share_the_build_environment) {
  LaneInput other = scene_.input();
  other.configuration.name = "ubsan";
  other.configuration.key = "ubsan-clang-19-cp313";

  const auto mine = plan_suite(scene_.input(), scene_.instrumentation);
  const auto theirs = plan_suite(other, scene_.instrumentation);

  EXPECT_EQ(mine[1].id, theirs[1].id);
  EXPECT_EQ(mine[2].id, theirs[2].id);
  EXPECT_EQ(mine[1].lane, "");
  EXPECT_EQ(mine[1].argv, theirs[1].argv);
}

TEST_F(Suite, steps_appear_when_what_they_read_is_there) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> waves = {
      {"requirements", {}},
      {"build-requires", {"asan/build"}},
      {"build", {"asan/build", "asan/install", "asan/modules"}},
      {"install", {"asan/build", "asan/install", "asan/modules"}},
      {"modules",
       {"asan/build", "asan/install", "asan/modules", "asan/inspect", "asan/run-tree",
        "asan/preflight"}},
      {"preflight",
       {"asan/build", "asan/install", "asan/modules", "asan/inspect", "asan/run-tree",
        "asan/preflight", "asan/tests"}},
  };
  for (const auto& [last, expected] : waves) {
    scene_.results = {};
    scene_.good_until(last);
    EXPECT_EQ(next(), expected) << "after " << last;
    EXPECT_EQ(next(), expected) << "asked again";
  }
}

TEST_F(Suite, every_step_is_planned_once_and_needs_only_steps_before_it) {
  scene_.test_log = canary_report("f /project/src/a.c:3:1");
  scene_.good_until("tests");
  std::vector<Step> all = plan_suite(scene_.input(), scene_.instrumentation);
  for (Step& step : next_suite(scene_.input(), scene_.instrumentation, scene_.results)) {
    all.push_back(std::move(step));
  }
  std::vector<std::string> known;
  std::map<std::string, std::string> outputs;
  for (const Step& step : all) {
    for (const std::string& need : step.needs) {
      EXPECT_THAT(known, Contains(need)) << step.id;
    }
    EXPECT_THAT(known, Not(Contains(step.id)));
    EXPECT_TRUE(outputs.emplace(step.output_path, step.id).second)
        << step.id << " and " << outputs[step.output_path] << " write one file";
    EXPECT_TRUE(step.argv.at(0).starts_with("/")) << step.id;
    EXPECT_EQ(step.id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789./-"),
              std::string::npos)
        << step.id;
    known.push_back(step.id);
  }
  EXPECT_EQ(known.back(), "asan/lines");
}

TEST_F(Suite, what_the_backend_asks_for_is_installed_before_the_build) {
  scene_.good_until("build-requires");
  scene_.add(
      scene_.bare("build-requires", facts::Exited{0}, "noise\n{\"requires\":[\"cython>=3\",5]}\n"));

  const auto steps = next_suite(scene_.input(), scene_.instrumentation, scene_.results);

  ASSERT_EQ(steps.size(), 2u);
  EXPECT_EQ(steps[0].id, "asan/build-tools");
  EXPECT_EQ(steps[0].argv.back(), "cython>=3");
  EXPECT_THAT(steps[1].needs, Contains("asan/build-tools"));
}

TEST_F(Suite, tests_run_only_after_a_preflight_without_refusals) {
  scene_.canary_log = "";
  scene_.good_until("preflight");

  EXPECT_THAT(next(), Not(Contains("asan/tests")));
  EXPECT_EQ(report().outcome, LaneOutcome::refused);
  EXPECT_THAT(codes(report()), ElementsAre("XP3102"));
}

TEST_F(Suite, damaged_results_never_throw) {
  scene_.test_log = canary_report("f /project/src/a.c:3:1");
  scene_.good_until("tests");
  for (std::uint32_t seed = 0; seed < 400; ++seed) {
    std::mt19937 random(seed);
    SuiteScene damaged = scene_;
    for (const std::string& part : SuiteScene::parts()) {
      facts::StepResult result = damaged.good(part);
      const auto damage = [&random](facts::Text& text) {
        std::string bytes(text.view);
        for (int i = 0; i < 4 && !bytes.empty(); ++i) {
          bytes[random() % bytes.size()] = "\"{}[]:,7\n\xff"[random() % 10];
        }
        text = facts::make_text(bytes);
      };
      damage(result.output);
      for (facts::Left& left : result.left) {
        damage(left.text);
      }
      damaged.add(result);
    }
    next_suite(damaged.input(), damaged.instrumentation, damaged.results);
    interpret_suite(damaged.configuration, damaged.instrumentation, damaged.results);
  }
}

TEST_F(Suite, a_quiet_suite_passes) {
  const facts::LaneReport report = whole();

  EXPECT_EQ(report.outcome, LaneOutcome::passed);
  EXPECT_EQ(report.reason, "");
  EXPECT_THAT(report.refusals, IsEmpty());
  EXPECT_EQ(report.counts.passed, 1);
  EXPECT_EQ(report.counts.skipped, 1);
  EXPECT_EQ(report.build_seconds, 3);
  EXPECT_EQ(report.test_seconds, 5);
  EXPECT_THAT(report.modules, ElementsAre("demo._core"));
  EXPECT_EQ(report.compiler, "clang-19 19.1.7");
  EXPECT_THAT(interpret().sightings, IsEmpty());
}

TEST_F(Suite, no_prefix_of_a_run_ever_says_passed) {
  for (const std::string& last : SuiteScene::parts()) {
    scene_.results = {};
    if (last != "tests") {
      scene_.good_until(last);
      EXPECT_EQ(report().outcome, LaneOutcome::skipped) << last;
      EXPECT_EQ(report().reason, "the run ended before its tests") << last;
    }
    scene_.add(scene_.bare(last, facts::Stopped{}));
    EXPECT_EQ(report().outcome, LaneOutcome::skipped) << last;
    EXPECT_THAT(report().reason, HasSubstr("ended")) << last;
    scene_.add(scene_.bare(last, facts::Lost{}));
    EXPECT_EQ(report().outcome, LaneOutcome::skipped) << last;
  }
  scene_.results = {};
  EXPECT_EQ(report().outcome, LaneOutcome::skipped);
}

TEST_F(Suite, every_step_that_fails_refuses_the_lane_with_its_words) {
  for (const std::string& part : SuiteScene::parts()) {
    if (part == "preflight" || part == "tests") {
      continue;
    }
    scene_.results = {};
    for (const std::string& before : SuiteScene::parts()) {
      if (before == part) {
        break;
      }
      scene_.add(scene_.good(before));
    }
    scene_.add(scene_.bare(part, facts::Exited{2}, "", "the words of " + part + "\n"));
    const facts::LaneReport report = this->report();
    EXPECT_EQ(report.outcome, LaneOutcome::refused) << part;
    ASSERT_EQ(report.refusals.size(), 1u) << part;
    EXPECT_THAT(report.refusals[0].notes[0].text, HasSubstr("the words of " + part)) << part;
    EXPECT_THAT(report.reason, HasSubstr(part));
  }
}

TEST_F(Suite, a_failed_build_shows_the_lines_of_the_compiler) {
  scene_.good_until("build-requires");
  std::string errors;
  for (int i = 0; i < 40; ++i) {
    errors += "running build_ext " + std::to_string(i) + "\n";
  }
  errors += "src/a.c:3:1: error: unknown type name 'itn'\n  3 | itn x;\n";
  for (int i = 0; i < 40; ++i) {
    errors += "Traceback " + std::to_string(i) + "\n";
  }
  scene_.add(scene_.bare("build", facts::Exited{1}, "", errors));

  const facts::LaneReport report = this->report();

  EXPECT_THAT(codes(report), ElementsAre("XP3001"));
  EXPECT_THAT(report.refusals[0].notes[0].text,
              HasSubstr("src/a.c:3:1: error: unknown type name 'itn'\n  3 | itn x;\n"));
  EXPECT_LE(std::count(report.refusals[0].notes[0].text.begin(),
                       report.refusals[0].notes[0].text.end(), '\n'),
            8);
}

TEST_F(Suite, a_failed_step_that_lanes_share_refuses_each_with_that_steps_words) {
  facts::StepResult failed = scene_.bare("x", facts::Exited{1}, "", "no matching setuptools\n");
  failed.step_id = "build-env-cp313-1/requires";
  for (const char* lane : {"asan", "ubsan"}) {
    SuiteScene scene;
    scene.configuration.name = lane;
    scene.good_until("requirements");
    scene.add(failed);
    scene.add(
        scene.bare("build-requires", facts::NotStarted{"\"x\" did not end well", failed.step_id}));

    const facts::LaneReport report =
        interpret_suite(scene.configuration, scene.instrumentation, scene.results).report;

    EXPECT_EQ(report.outcome, LaneOutcome::refused);
    ASSERT_THAT(codes(report), ElementsAre("XP3002"));
    EXPECT_EQ(report.refusals[0].headline, "no environment could be made: requires failed")
        << "the same words in each lane, so that reports can join them";
    EXPECT_EQ(report.refusals[0].notes[0].text, "no matching setuptools\n");
  }
}

TEST_F(Suite, steps_that_wait_for_one_another_have_an_end_all_the_same) {
  scene_.add(scene_.bare("sync", facts::NotStarted{"blocked", "asan/wrapper"}));
  scene_.add(scene_.bare("wrapper", facts::NotStarted{"blocked", "asan/sync"}));

  EXPECT_EQ(report().outcome, LaneOutcome::refused);
}

TEST_F(Suite, a_build_that_made_no_wheel_refuses_the_lane) {
  scene_.good_until("build");
  scene_.add(scene_.bare("build"));

  EXPECT_THAT(next(), ElementsAre("asan/build"));
  EXPECT_THAT(codes(report()), ElementsAre("XP3001"));
}

TEST_F(Suite, a_wheel_without_native_modules_refuses_the_lane) {
  scene_.modules = R"({"name":"demo","native":[]})";
  scene_.good_until("modules");

  EXPECT_THAT(codes(report()), ElementsAre("XP1102"));
}

TEST_F(Suite, a_module_that_is_asked_for_and_not_there_refuses_the_lane) {
  scene_.configuration.modules = {"demo._core", "demo._gone"};
  scene_.good_until("modules");

  const facts::LaneReport report = this->report();

  EXPECT_THAT(codes(report), ElementsAre("XP1103"));
  EXPECT_EQ(report.refusals[0].headline, "\"demo._gone\" is not in the wheel");
}

TEST_F(Suite, a_failed_test_fails_the_lane_without_a_finding) {
  scene_.events =
      k_session + item("a") + item("b") + test("a", "failed") + test("b", "error") + finish(1);

  const facts::LaneReport report = whole();

  EXPECT_EQ(report.outcome, LaneOutcome::failed);
  EXPECT_EQ(report.counts.failed, 1);
  EXPECT_EQ(report.counts.errors, 1);
  EXPECT_THAT(interpret().sightings, IsEmpty());
}

TEST_F(Suite, a_report_fails_the_lane_though_every_test_passed) {
  scene_.test_log = canary_report("f /project/src/a.c:3:1");

  EXPECT_EQ(whole().outcome, LaneOutcome::failed);
  ASSERT_EQ(interpret().sightings.size(), 1u);
  EXPECT_EQ(interpret().sightings[0].finding.sightings[0].test, "");
  EXPECT_EQ(interpret().sightings[0].finding.location.file, "src/a.c");
  EXPECT_THAT(next(), Contains("asan/lines"));
}

TEST_F(Suite, leaks_of_others_are_counted_and_left_out) {
  scene_.test_log = leak_report(10);

  EXPECT_EQ(whole().outcome, LaneOutcome::passed);
  EXPECT_EQ(interpret().swallowed_leaks, 1);
  EXPECT_THAT(report().blind_spots, Contains(HasSubstr("1 leak without a frame of the extension")));
}

TEST_F(Suite, an_import_that_crashes_is_a_finding_and_nothing_is_run) {
  scene_.dies_importing = true;
  scene_.preflight_end = facts::Signalled{11};
  scene_.good_until("preflight");

  EXPECT_EQ(report().outcome, LaneOutcome::crashed);
  EXPECT_EQ(report().reason, "importing \"demo._core\" ended the process");
  ASSERT_EQ(interpret().sightings.size(), 1u);
  EXPECT_EQ(interpret().sightings[0].finding.sightings[0].phase, facts::Phase::import);
  EXPECT_THAT(next(), Not(Contains("asan/tests")));
}

TEST_F(Suite, nothing_collected_refuses_the_lane) {
  scene_.events = k_session + finish(5);
  EXPECT_THAT(codes(whole()), ElementsAre("XP1104"));

  scene_.events = k_session +
                  R"({"event":"collect-error","id":"t.py","message":"ImportError"})"
                  "\n" +
                  finish(2);
  EXPECT_THAT(codes(whole()), ElementsAre("XP1104"));
  EXPECT_THAT(report().reason, HasSubstr("every test module failed"));
  EXPECT_EQ(report().counts.errors, 1);
}

TEST_F(Suite, a_module_that_fails_collection_fails_the_lane_and_one_that_is_skipped_does_not) {
  const std::string body = item("a") + test("a", "passed") + loaded(scene_.module_file);
  scene_.events = k_session +
                  R"({"event":"collect-skip","id":"s.py","message":"no numpy"})"
                  "\n" +
                  body + finish(0);
  EXPECT_EQ(whole().outcome, LaneOutcome::passed);

  scene_.events = k_session +
                  R"({"event":"collect-error","id":"t.py","message":"ImportError"})"
                  "\n" +
                  body + finish(1);
  EXPECT_EQ(whole().outcome, LaneOutcome::failed);
}

TEST_F(Suite, a_pytest_that_did_not_start_refuses_the_lane) {
  scene_.events = "";
  scene_.tests_end = facts::Exited{4};

  EXPECT_THAT(codes(whole()), ElementsAre("XP3003"));
  EXPECT_THAT(render_refusal(report().refusals[0]), HasSubstr("last words"));
}

TEST_F(Suite, a_suite_that_pytest_cut_short_is_not_passed) {
  const std::string body = k_session + item("a") + test("a", "passed") + loaded(scene_.module_file);
  for (const int status : {2, 3, 4}) {
    scene_.events = body + finish(status);
    EXPECT_EQ(whole().outcome, LaneOutcome::refused) << status;
  }
  scene_.events = body + item("b") + finish(0);
  EXPECT_EQ(whole().outcome, LaneOutcome::failed) << "b was not run";
}

TEST_F(Suite, tests_that_loaded_another_object_refuse_the_lane) {
  scene_.events =
      k_session + item("a") + test("a", "passed") + loaded("/project/_core.so") + finish(0);

  EXPECT_THAT(codes(whole()), ElementsAre("XP3105"));
}

TEST_F(Suite, notes_of_the_plugin_are_warnings_of_a_lane_that_passes) {
  scene_.events = R"({"event":"note","code":"xdist-off","message":"-n0"})"
                  "\n" +
                  scene_.events;

  EXPECT_EQ(whole().outcome, LaneOutcome::passed);
  EXPECT_THAT(codes(report()), ElementsAre("XP2005"));
  EXPECT_EQ(report().refusals[0].severity, facts::Severity::warning);
}

TEST_F(Suite, every_collected_test_is_in_exactly_one_state) {
  const std::vector<std::string> outcomes = {"passed", "failed", "skipped", "error", ""};
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    const int collected = static_cast<int>(random() % 20);
    std::string items;
    std::string ends;
    for (int i = 0; i < collected; ++i) {
      const std::string id = "t.py::" + std::to_string(i % 15);
      items += item(id);
      if (const std::string& outcome = outcomes[random() % outcomes.size()]; !outcome.empty()) {
        ends += test(id, outcome);
      }
    }
    scene_.events = k_session + items + ends + (seed % 2 == 0 ? finish(1) : "");
    scene_.tests_end = seed % 2 == 0 ? facts::StepEnd(facts::Exited{1}) : facts::Signalled{11};
    const facts::TestCounts counts = whole().counts;
    EXPECT_EQ(counts.passed + counts.failed + counts.skipped + counts.errors + counts.not_run,
              collected)
        << seed;
    if (counts.not_run + counts.failed + counts.errors > 0) {
      EXPECT_NE(report().outcome, LaneOutcome::passed) << seed;
    }
  }
}

TEST_F(Suite, the_users_arguments_decide_which_tests_run) {
  const auto arguments = [&](std::vector<std::string> given) {
    scene_.configuration.tests = {"tests"};
    scene_.configuration.pytest_arguments = std::move(given);
    scene_.results = {};
    scene_.good_until("preflight");
    const auto steps = next_suite(scene_.input(), scene_.instrumentation, scene_.results);
    const auto& argv = steps.back().argv;
    const auto begin = std::find(argv.begin(), argv.end(), "--");
    return std::vector<std::string>(begin + 2, argv.end());
  };

  EXPECT_THAT(arguments({}), ElementsAre("tests"));
  EXPECT_THAT(arguments({"-x"}), ElementsAre("-x", "tests"));
  EXPECT_THAT(arguments({"tests/test_a.py::test_b"}), ElementsAre("tests/test_a.py::test_b"));
  EXPECT_THAT(arguments({"test_a.py"}), ElementsAre("test_a.py"));
  EXPECT_THAT(arguments({"-k", "a/b"}), ElementsAre("-k", "a/b", "tests"));

  scene_.configuration.standing_arguments = {"-m", "not leaks"};
  EXPECT_THAT(arguments({}), ElementsAre("-m", "not leaks", "tests"));
  EXPECT_THAT(arguments({"-x", "a.py::b"}), ElementsAre("-m", "not leaks", "-x", "a.py::b"));
}

}  // namespace
}  // namespace extproof::engines
