// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/forked_tests.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/engines/suite_fixture_for_test.hpp"

namespace extproof::engines {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Each line in a file of its own: what tells two lines of one file apart, a later step reads.
std::string overflow_at(int line) {
  const std::string place =
      "/project/src/" + std::to_string(line) + ".c:" + std::to_string(line) + ":1";
  return place +
         ": runtime error: signed integer overflow: 1 + 2147483647 cannot be represented in type "
         "'int'\nSUMMARY: UndefinedBehaviorSanitizer: signed-integer-overflow " +
         place + "\n";
}

// A process that writes events and one log. Its tests report where `reports` says.
class Process {
 public:
  explicit Process(facts::StepEnd end = facts::Exited{0}) : end_(std::move(end)) {
    events_ = k_session;
  }

  Process& collects(const std::vector<std::string>& ids) {
    for (const std::string& id : ids) {
      events_ += item(id);
    }
    return *this;
  }
  Process& comes_to(const std::string& id, const std::string& name) {
    events_ += phase(id, name, log_.size());
    return *this;
  }
  Process& reports(int line) {
    log_ += overflow_at(line);
    return *this;
  }
  Process& dies() {
    log_ +=
        "UndefinedBehaviorSanitizer:DEADLYSIGNAL\n==1==ERROR: UndefinedBehaviorSanitizer: SEGV on "
        "unknown address 0x000000000000 (pc 0x7f01 bp 0x7ffd sp 0x7ffd T1)\n    #0 0x7f01 in f "
        "/project/src/7.c:7:1\n\nSUMMARY: UndefinedBehaviorSanitizer: SEGV /project/src/7.c:7:1 in "
        "f\n==1==ABORTING\n";
    return *this;
  }
  Process& says(const std::string& line) {
    events_ += line + "\n";
    return *this;
  }
  // Runs a test that makes these reports in its call.
  Process& runs(const std::string& id, const std::vector<int>& lines = {}) {
    comes_to(id, "call");
    for (const int line : lines) {
      reports(line);
    }
    comes_to(id, "teardown");
    events_ += test(id, "passed");
    return *this;
  }
  Process& finishes() {
    events_ += phase("", "finish", log_.size());
    return says(R"({"event":"finish","exitstatus":0,"t":2})");
  }

  facts::StepResult result(const facts::Configuration& configuration,
                           const std::string& part) const {
    facts::StepResult result;
    result.step_id = step_id(configuration, part);
    result.end = end_;
    result.seconds = 5;
    result.left = {{"events", "/" + part + "/events.jsonl", facts::make_text(events_)},
                   {"logs", "/" + part + "/san.1", facts::make_text(log_)}};
    return result;
  }

 private:
  facts::StepEnd end_;
  std::string events_;
  std::string log_;
};

const std::string k_no_trouble = R"({"event":"forks","threads":[],"missing":0,"left":0})";

class ForkedTestsOfSuite : public Suite {
 protected:
  void SetUp() override {
    scene_.instrumentation.canary_kind = facts::FindingKind::unknown;
    scene_.instrumentation.kind = "ubsan";
    scene_.instrumentation.leak_check = false;
    scene_.instrumentation.tells_once = true;
    scene_.instrumentation.blind_spots = {};
    scene_.good_until("preflight");
  }
  void add(const Process& process, const std::string& part = "tests") {
    scene_.add(process.result(scene_.configuration, part));
  }
  std::optional<ForkedTests> forked() const {
    return forked_tests_of(test_parts(scene_.configuration, scene_.results));
  }
  std::vector<std::string> tests() const {
    const auto all = forked();
    return all ? all->tests : std::vector<std::string>();
  }
  // "3 t.py::a t.py::b" for each line, with the tests in the order in which they were seen.
  std::vector<std::string> places() const {
    std::vector<std::pair<std::string, std::string>> places;
    for (const LaneSighting& one : interpret().sightings) {
      const std::string place = std::to_string(one.finding.location.line);
      const auto found = std::find_if(places.begin(), places.end(),
                                      [&](const auto& known) { return known.first == place; });
      const std::string test = " " + one.finding.sightings.front().test;
      if (found == places.end()) {
        places.emplace_back(place, test);
      } else {
        found->second += test;
      }
    }
    std::vector<std::string> texts;
    for (const auto& [place, seen] : places) {
      texts.push_back(place + seen);
    }
    return texts;
  }
  std::vector<std::string> blind() const { return report().blind_spots; }
};

Process suite_of(const std::vector<std::string>& ids) {
  return Process().collects(ids);
}

TEST_F(ForkedTestsOfSuite, are_those_behind_the_first_that_made_a_report) {
  add(suite_of({"t.py::a", "t.py::b", "t.py::c", "u.py::d"})
          .runs("t.py::a")
          .runs("t.py::b", {3})
          .runs("t.py::c", {5})
          .runs("u.py::d")
          .finishes());

  EXPECT_THAT(tests(), ElementsAre("t.py::c", "u.py::d"));
  EXPECT_EQ(forked()->budget, 30 + 2 * 5);
}

TEST_F(ForkedTestsOfSuite, are_none_without_a_report_of_a_test) {
  add(suite_of({"t.py::a"}).comes_to("t.py", "import").reports(3).runs("t.py::a").finishes());

  EXPECT_FALSE(forked());
  EXPECT_THAT(next(), Not(Contains("asan/forked-tests")));
  EXPECT_THAT(next(), Contains("asan/lines"));
}

TEST_F(ForkedTestsOfSuite, are_none_behind_the_last) {
  add(suite_of({"t.py::a", "t.py::b"}).runs("t.py::a").runs("t.py::b", {3}).finishes());

  EXPECT_FALSE(forked());
}

TEST_F(ForkedTestsOfSuite, begin_anew_in_each_process_of_the_suite) {
  add(Process(facts::Signalled{11})
          .collects({"t.py::a", "t.py::b", "t.py::c", "t.py::d", "t.py::e"})
          .runs("t.py::a", {3})
          .comes_to("t.py::b", "call"));
  add(suite_of({"t.py::c", "t.py::d", "t.py::e"})
          .runs("t.py::c")
          .runs("t.py::d", {3})
          .runs("t.py::e")
          .finishes(),
      "tests-2");

  EXPECT_THAT(tests(), ElementsAre("t.py::b", "t.py::e"));
}

TEST_F(ForkedTestsOfSuite, are_without_one_that_hung) {
  add(Process(facts::TimedOut{.seconds = 9, .silent = true})
          .collects({"t.py::a", "t.py::b", "t.py::c"})
          .runs("t.py::a", {3})
          .comes_to("t.py::b", "call"));
  add(suite_of({"t.py::c"}).runs("t.py::c").finishes(), "tests-2");

  EXPECT_THAT(forked()->tests, IsEmpty());
  EXPECT_THAT(forked()->hung, ElementsAre("t.py::b"));
  EXPECT_THAT(next(), Not(Contains("asan/forked-tests")));
  EXPECT_THAT(blind(), Contains("further tests at a line already reported: those that hung do not "
                                "run again (\"t.py::b\")"));
}

TEST_F(ForkedTestsOfSuite, are_all_of_a_file_when_its_last_one_reports_while_it_is_taken_down) {
  add(suite_of({"s.py::z", "t.py::a", "t.py::b", "u.py::c"})
          .runs("s.py::z")
          .runs("t.py::a")
          .comes_to("t.py::b", "teardown")
          .reports(3)
          .comes_to("u.py::c", "setup")
          .says(test("t.py::b", "passed"))
          .runs("u.py::c")
          .finishes());

  EXPECT_THAT(tests(), ElementsAre("t.py::a", "t.py::b", "u.py::c"));
}

TEST_F(ForkedTestsOfSuite, are_all_when_the_very_last_one_reports_while_it_is_taken_down) {
  add(suite_of({"s.py::z", "t.py::a"})
          .runs("s.py::z")
          .comes_to("t.py::a", "teardown")
          .reports(3)
          .says(test("t.py::a", "passed"))
          .finishes());

  EXPECT_THAT(tests(), ElementsAre("s.py::z", "t.py::a"));
}

TEST_F(ForkedTestsOfSuite, run_as_the_suite_does_before_the_lines_are_read) {
  add(suite_of({"t.py::a", "t.py::<b>\\n"}).runs("t.py::a", {3}).runs("t.py::<b>\\n").finishes());
  const auto steps = next_suite(scene_.input(), scene_.instrumentation, scene_.results);
  ASSERT_FALSE(steps.empty());
  const facts::Step& step = steps.back();

  EXPECT_EQ(step.id, "asan/forked-tests");
  EXPECT_THAT(step.needs, ElementsAre("asan/preflight"));
  const std::string folder = scene_.paths().layout.forks(7, "asan");
  EXPECT_THAT(step.fresh_folders, ElementsAre(folder));
  EXPECT_EQ(step.environment.at("EXTPROOF_LOGS"), folder);
  EXPECT_EQ(step.limits.watch, folder + "/events.jsonl");
  const auto option = std::find(step.argv.begin(), step.argv.end(), "--forks");
  ASSERT_NE(option, step.argv.end());
  ASSERT_EQ(step.files.size(), 1u);
  EXPECT_EQ(step.files[0].first, *(option + 1));
  const auto told = nlohmann::json::parse(step.files[0].second);
  EXPECT_EQ(told["schema"], 1);
  EXPECT_EQ(told["tests"], nlohmann::json::array({"t.py::<b>\n"}));
  EXPECT_EQ(told["timeout"], scene_.configuration.timeout);
  EXPECT_EQ(told["budget"], 40);

  add(Process().says(k_no_trouble).finishes(), "forked-tests");

  EXPECT_THAT(next(), Not(Contains("asan/forked-tests")));
  EXPECT_THAT(next(), Contains("asan/lines"));
}

TEST_F(ForkedTestsOfSuite, differ_from_the_process_of_the_suite_in_what_they_are_told_alone) {
  const auto tests = next_suite(scene_.input(), scene_.instrumentation, scene_.results).back();
  add(suite_of({"t.py::a", "t.py::b"}).runs("t.py::a", {3}).runs("t.py::b").finishes());
  auto forked = next_suite(scene_.input(), scene_.instrumentation, scene_.results).back();
  ASSERT_EQ(tests.id, "asan/tests");
  ASSERT_EQ(forked.id, "asan/forked-tests");
  const auto option = std::find(forked.argv.begin(), forked.argv.end(), "--forks");
  ASSERT_NE(option, forked.argv.end());
  forked.argv.erase(option, option + 2);
  for (std::string& word : forked.argv) {
    if (const auto at = word.find("/asan/forks"); at != std::string::npos) {
      word.replace(at, 11, "/asan/logs");
    }
  }

  EXPECT_EQ(forked.argv, tests.argv);
  EXPECT_EQ(forked.cwd, tests.cwd);
  EXPECT_EQ(forked.environment.at("VIRTUAL_ENV"), tests.environment.at("VIRTUAL_ENV"));
}

TEST_F(ForkedTestsOfSuite, are_not_run_for_a_runtime_that_tells_every_time) {
  scene_.instrumentation.tells_once = false;
  add(suite_of({"t.py::a", "t.py::b"}).runs("t.py::a", {3}).runs("t.py::b").finishes());

  EXPECT_THAT(next(), Not(Contains("asan/forked-tests")));
  EXPECT_THAT(blind(), IsEmpty());
}

TEST_F(ForkedTestsOfSuite, are_named_beside_the_first_each_once) {
  add(suite_of({"t.py::a", "t.py::b", "t.py::c"})
          .runs("t.py::a", {3})
          .runs("t.py::b", {5})
          .runs("t.py::c")
          .finishes());
  add(suite_of({"t.py::b", "t.py::c"})
          .runs("t.py::b", {3, 5})
          .comes_to("", "finish")
          .runs("t.py::c", {5})
          .says(k_no_trouble)
          .finishes(),
      "forked-tests");

  EXPECT_THAT(places(), ElementsAre("3 t.py::a t.py::b", "5 t.py::b t.py::c"));
  EXPECT_THAT(blind(), IsEmpty());
  EXPECT_EQ(report().outcome, facts::LaneOutcome::failed);
}

TEST_F(ForkedTestsOfSuite, change_no_outcome_and_no_count) {
  add(suite_of({"t.py::a", "t.py::b"}).runs("t.py::a", {3}).runs("t.py::b").finishes());
  const facts::LaneReport before = report();
  add(Process()
          .collects({"t.py::b"})
          .comes_to("t.py::b", "call")
          .says(test("t.py::b", "failed"))
          .says(k_no_trouble)
          .finishes(),
      "forked-tests");
  const facts::LaneReport after = report();

  EXPECT_EQ(after.counts.passed, 2);
  EXPECT_EQ(after.counts.failed, 0);
  EXPECT_EQ(after.outcome, before.outcome);
  EXPECT_EQ(after.test_seconds, before.test_seconds);
}

TEST_F(ForkedTestsOfSuite, that_show_something_new_make_a_finding_that_says_so) {
  add(suite_of({"t.py::a", "t.py::b"}).runs("t.py::a", {3}).runs("t.py::b").finishes());
  add(suite_of({"t.py::b"}).runs("t.py::b", {9}).says(k_no_trouble).finishes(), "forked-tests");

  EXPECT_THAT(places(), ElementsAre("3 t.py::a", "9 t.py::b"));
  EXPECT_EQ(interpret().sightings[0].finding.hint, "");
  EXPECT_THAT(interpret().sightings[1].finding.hint, HasSubstr("process of their own"));
}

TEST_F(ForkedTestsOfSuite, say_nothing_of_what_the_import_reports_again) {
  const auto process = [] {
    return suite_of({"t.py::a", "t.py::b"}).comes_to("t.py", "import").reports(3);
  };
  add(process().runs("t.py::a", {5}).runs("t.py::b").finishes());
  add(process().runs("t.py::b").says(k_no_trouble).finishes(), "forked-tests");

  EXPECT_THAT(places(), ElementsAre("3 t.py", "5 t.py::a"));
  EXPECT_THAT(blind(), ElementsAre("tests at a line that was already reported when a module was "
                                   "imported"));
}

TEST_F(ForkedTestsOfSuite, say_nothing_of_a_module_that_is_imported_again) {
  add(suite_of({"t.py::a", "t.py::b"}).runs("t.py::a", {3}).runs("t.py::b").finishes());
  add(suite_of({"t.py::b"})
          .comes_to("u.py", "import")
          .reports(3)
          .runs("t.py::b")
          .says(k_no_trouble)
          .finishes(),
      "forked-tests");

  EXPECT_THAT(places(), ElementsAre("3 t.py::a"));
}

TEST_F(ForkedTestsOfSuite, that_die_of_being_a_fork_make_no_finding) {
  add(suite_of({"t.py::a", "t.py::b"}).runs("t.py::a", {3}).runs("t.py::b").finishes());
  add(Process()
          .collects({"t.py::b"})
          .comes_to("t.py::b", "call")
          .dies()
          .comes_to("", "finish")
          .says(R"({"event":"job-end","number":1,"how":"exit","code":1})")
          .says(R"({"event":"job-lost","number":1,"id":"t.py::b"})")
          .says(k_no_trouble)
          .finishes(),
      "forked-tests");

  EXPECT_THAT(places(), ElementsAre("3 t.py::a"));
  EXPECT_THAT(blind(), ElementsAre(HasSubstr("ended early: \"t.py::b (exit 1)\"")));
}

struct Trouble {
  std::string name;
  facts::StepEnd end;
  std::vector<std::string> says;
  std::string told;
};

class ForkedTestsInTrouble : public ForkedTestsOfSuite,
                             public ::testing::WithParamInterface<Trouble> {};

TEST_P(ForkedTestsInTrouble, say_what_is_not_known) {
  add(suite_of({"t.py::a", "t.py::b"}).runs("t.py::a", {3}).runs("t.py::b").finishes());
  Process process(GetParam().end);
  for (const std::string& line : GetParam().says) {
    process.says(line);
  }
  add(process, "forked-tests");

  EXPECT_THAT(blind(), ElementsAre("further tests at a line already reported: " + GetParam().told));
  EXPECT_EQ(report().outcome, facts::LaneOutcome::failed);
  EXPECT_THAT(places(), ElementsAre("3 t.py::a"));
}

INSTANTIATE_TEST_SUITE_P(
    rows, ForkedTestsInTrouble,
    ::testing::Values(
        Trouble{"threads",
                facts::Exited{0},
                {R"({"event":"forks","threads":["feeder <1>","b"],"missing":0,"left":1})"},
                "they cannot run again in forks of a process that has threads before its first "
                "test (\"feeder <1>\", \"b\")"},
        Trouble{"time",
                facts::Exited{0},
                {R"({"event":"forks","threads":[],"missing":0,"left":2})"},
                "in 40 s, 2 tests could not run again"},
        Trouble{"missing",
                facts::Exited{0},
                {R"({"event":"forks","threads":[],"missing":1,"left":0})"},
                "1 test was not collected again"},
        Trouble{"lost",
                facts::Exited{0},
                {R"({"event":"job-end","number":1,"how":"signal","code":11})",
                 R"({"event":"job-lost","number":1,"id":"t.py::b"})", k_no_trouble},
                "the fork of a test ended early: \"t.py::b (ended by SIGSEGV)\""},
        Trouble{"killed",
                facts::Signalled{9},
                {},
                "the process in whose forks they run again did not come to its end (ended by "
                "SIGKILL)"},
        Trouble{"stopped",
                facts::Stopped{},
                {},
                "the process in whose forks they run again did not come to its end (stopped with "
                "the run)"}),
    [](const auto& row) { return row.param.name; });

TEST_F(ForkedTestsOfSuite, that_never_began_are_said) {
  add(suite_of({"t.py::a", "t.py::b"}).runs("t.py::a", {3}).runs("t.py::b").finishes());

  EXPECT_THAT(blind(), ElementsAre("further tests at a line already reported: the run ended before "
                                   "they ran again"));
}

TEST_F(ForkedTestsOfSuite, whose_fork_dies_as_their_process_did_are_no_news) {
  add(Process(facts::Signalled{11})
          .collects({"t.py::a", "t.py::b"})
          .runs("t.py::a", {3})
          .comes_to("t.py::b", "call"));
  add(Process()
          .collects({"t.py::b"})
          .comes_to("t.py::b", "call")
          .reports(3)
          .comes_to("", "finish")
          .says(R"({"event":"job-end","number":1,"how":"signal","code":11})")
          .says(R"({"event":"job-lost","number":1,"id":"t.py::b"})")
          .says(k_no_trouble)
          .finishes(),
      "forked-tests");

  EXPECT_THAT(places(), Contains("3 t.py::a t.py::b"));
  EXPECT_THAT(blind(), IsEmpty());
}

}  // namespace
}  // namespace extproof::engines
