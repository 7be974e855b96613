// SPDX-License-Identifier: Apache-2.0
#include "harness/parsers/pytest_events.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <string>

namespace extproof::parsers {
namespace {

using facts::Phase;
using facts::TestEvents;
using facts::TestOutcome;

const std::string k_session =
    R"({"event":"session","schema":1,"pid":7,"python":"3.13.0","implementation":"cpython",)"
    R"("pytest":"9.2.0","gil":false,"t":1.5})"
    "\n";

std::string item(const std::string& id) {
  return R"({"event":"item","index":0,"id":")" + id + "\"}\n";
}

std::string test(const std::string& id, const std::string& outcome) {
  return R"({"event":"test","id":")" + id + R"(","outcome":")" + outcome +
         R"(","duration":0.25,"message":"why"})"
         "\n";
}

std::string phase(const std::string& id, const std::string& name, const std::string& logs = "{}") {
  return R"({"event":"phase","id":")" + id + R"(","phase":")" + name +
         R"(","edge":"start","t":2.5,"logs":)" + logs + "}\n";
}

const std::string k_whole =
    k_session +
    R"({"event":"note","code":"xdist-off","message":"-n0"})"
    "\n" +
    phase("", "configure") + phase("t.py", "import", R"({"san.7":0})") +
    R"({"event":"collect-skip","id":"s.py","message":"no numpy"})"
    "\n"
    R"({"event":"collect-error","id":"e.py","message":"ImportError"})"
    "\n" +
    item("t.py::a") + item("t.py::b") + phase("t.py::a", "call", R"({"san.7":100})") +
    test("t.py::a", "passed") +
    R"({"event":"modules","modules":[{"name":"_core","file":"a.so","realpath":"/b/_core.so"}]})"
    "\n"
    R"({"event":"leak-check","ran":true,"result":0,"seconds":0.1})"
    "\n" +
    phase("", "finish") +
    R"({"event":"finish","exitstatus":1,"t":9.0})"
    "\n";

std::vector<TestOutcome> outcomes(const TestEvents& events) {
  std::vector<TestOutcome> all;
  for (const facts::TestRecord& record : events.tests)
    all.push_back(record.outcome);
  return all;
}

TEST(PytestEvents, every_kind_of_line_is_read) {
  const TestEvents events = parse_pytest_events(k_whole);

  EXPECT_TRUE(events.has_session);
  EXPECT_EQ(events.python, "3.13.0");
  EXPECT_EQ(events.pytest, "9.2.0");
  EXPECT_FALSE(events.gil);
  ASSERT_EQ(events.tests.size(), 2u);
  EXPECT_EQ(events.tests[0].id, "t.py::a");
  EXPECT_EQ(events.tests[0].outcome, TestOutcome::passed);
  EXPECT_EQ(events.tests[0].seconds, 0.25);
  EXPECT_EQ(events.tests[1].outcome, TestOutcome::not_run);
  ASSERT_EQ(events.boundaries.size(), 4u);
  EXPECT_EQ(events.boundaries[2].id, "t.py::a");
  EXPECT_EQ(events.boundaries[2].phase, Phase::call);
  EXPECT_TRUE(events.boundaries[2].start);
  EXPECT_EQ(events.boundaries[2].seconds, 2.5);
  ASSERT_EQ(events.collection_problems.size(), 2u);
  EXPECT_TRUE(events.collection_problems[0].skipped);
  EXPECT_FALSE(events.collection_problems[1].skipped);
  EXPECT_EQ(events.collection_problems[1].message, "ImportError");
  ASSERT_EQ(events.modules.size(), 1u);
  EXPECT_EQ(events.modules[0].file, "/b/_core.so");
  EXPECT_EQ(events.notes, std::vector<std::string>{"xdist-off: -n0"});
  EXPECT_TRUE(events.leak_check_ran);
  EXPECT_TRUE(events.finished);
  EXPECT_EQ(events.exit_status, 1);
  EXPECT_TRUE(events.problems.empty());
}

std::vector<facts::LeakContexts> leaks_of(const std::string& leaks) {
  const std::string line =
      R"({"event":"leak-check","ran":true,"log":"san.7","leaks":)" + leaks + "}\n";
  return parse_pytest_events(phase("a", "setup") + phase("a", "call") + line).leaks;
}

TEST(PytestEvents, a_job_whose_child_was_lost_says_which_test_and_how) {
  const auto lost_after = [](const std::string& end) {
    return R"({"event":"job","number":1,"pid":9})"
           "\n"
           R"({"event":"job-end","number":1,)" +
           end + "}\n" + R"({"event":"job-lost","number":1,"id":"a"})" + "\n";
  };
  const TestEvents events = parse_pytest_events(
      k_session + lost_after(R"("how":"signal","code":11)") + lost_after(R"("how":"timeout")") +
      lost_after(R"("how":"exit","code":3)") + lost_after(R"("how":"by magic")") +
      lost_after(R"("how":"signal")"));

  ASSERT_EQ(events.lost_jobs.size(), 5u);
  EXPECT_EQ(events.lost_jobs[0].id, "a");
  EXPECT_EQ(events.lost_jobs[0].end, "ended by SIGSEGV");
  EXPECT_EQ(events.lost_jobs[1].end, "timed out");
  EXPECT_EQ(events.lost_jobs[2].end, "exit 3");
  EXPECT_EQ(events.problems.size(), 2u);
  EXPECT_FALSE(events.forks);
}

TEST(PytestEvents, a_zygote_says_at_its_end_what_it_could_not_do) {
  const auto forks = [](const std::string& fields) {
    return parse_pytest_events(k_session + R"({"event":"forks")" + fields + "}\n");
  };
  const auto end = forks(R"(,"threads":["<a>","b"],"missing":1,"left":2)").forks;

  ASSERT_TRUE(end);
  EXPECT_EQ(end->threads, (std::vector<std::string>{"<a>", "b"}));
  EXPECT_EQ(end->missing, 1u);
  EXPECT_EQ(end->left, 2u);
  for (const std::string damaged :
       {"", R"(,"threads":[],"missing":0)", R"(,"threads":[],"left":0)", R"(,"missing":0,"left":0)",
        R"(,"threads":[1],"missing":0,"left":0)", R"(,"threads":{},"missing":0,"left":0)",
        R"(,"threads":[],"missing":-1,"left":0)"}) {
    EXPECT_FALSE(forks(damaged).forks) << damaged;
    EXPECT_EQ(forks(damaged).problems.size(), 1u) << damaged;
  }
}

TEST(PytestEvents, a_leak_names_the_boundaries_at_which_it_was_allocated) {
  const auto leaks = leaks_of(R"([{"at":90,"contexts":[[1,3],[2,4]]},{"at":99,"contexts":[]}])");

  ASSERT_EQ(leaks.size(), 2u);
  EXPECT_EQ(leaks[0].log, "san.7");
  EXPECT_EQ(leaks[0].offset, 90u);
  EXPECT_EQ(leaks[0].blocks, (std::map<std::size_t, std::uint64_t>{{0, 3}, {1, 4}}));
  EXPECT_TRUE(leaks[1].blocks.empty());
}

TEST(PytestEvents, a_leak_of_a_boundary_that_is_not_there_is_none) {
  for (const char* leaks :
       {R"([{"at":1,"contexts":[[3,1]]}])", R"([{"at":1,"contexts":[[0,1]]}])",
        R"([{"at":1,"contexts":[[1]]}])", R"([{"at":1,"contexts":[7]}])",
        R"([{"at":1,"contexts":[["1",1]]}])", R"([{"at":-1,"contexts":[]}])", "[null]", "{}"}) {
    EXPECT_TRUE(leaks_of(leaks).empty()) << leaks;
  }
}

TEST(PytestEvents, blocks_that_nobody_followed_have_a_reason) {
  EXPECT_EQ(parse_pytest_events(R"({"event":"leak-check","ran":true,"unfollowed":"no probe"})"
                                "\n")
                .leaks_unfollowed,
            "no probe");
}

TEST(PytestEvents, no_text_is_no_session) {
  const TestEvents events = parse_pytest_events("");

  EXPECT_FALSE(events.has_session);
  EXPECT_FALSE(events.finished);
  EXPECT_TRUE(events.problems.empty());
}

TEST(PytestEvents, items_with_one_id_take_its_outcomes_in_order) {
  const TestEvents events = parse_pytest_events(item("a") + item("b") + item("a") +
                                                test("a", "failed") + test("a", "passed"));

  const std::vector<TestOutcome> expected = {TestOutcome::failed, TestOutcome::not_run,
                                             TestOutcome::passed};
  EXPECT_EQ(outcomes(events), expected);
}

TEST(PytestEvents, a_test_that_is_run_again_keeps_its_last_outcome) {
  const TestEvents events =
      parse_pytest_events(item("a") + test("a", "failed") + test("a", "passed"));

  EXPECT_EQ(outcomes(events), std::vector<TestOutcome>{TestOutcome::passed});
}

TEST(PytestEvents, a_test_that_was_never_collected_has_a_record) {
  const TestEvents events = parse_pytest_events(test("made up", "error"));

  ASSERT_EQ(outcomes(events), std::vector<TestOutcome>{TestOutcome::error});
  EXPECT_EQ(events.tests[0].id, "made up");
}

TEST(PytestEvents, a_phase_that_failed_counts_when_the_process_died_before_the_test_ended) {
  const auto outcome = [](const std::string& name, const std::string& word) {
    return R"({"event":"outcome","id":"a","phase":")" + name + R"(","outcome":")" + word +
           R"(","message":"m"})"
           "\n";
  };
  const auto first = [](const std::string& text) {
    return parse_pytest_events(text).tests.at(0).outcome;
  };

  EXPECT_EQ(first(item("a") + outcome("call", "failed")), TestOutcome::failed);
  EXPECT_EQ(first(item("a") + outcome("setup", "failed")), TestOutcome::error);
  EXPECT_EQ(first(item("a") + outcome("setup", "skipped")), TestOutcome::skipped);
  EXPECT_EQ(first(item("a") + outcome("call", "passed")), TestOutcome::not_run);
  EXPECT_EQ(first(item("a") + outcome("call", "failed") + test("a", "passed")),
            TestOutcome::passed);
  EXPECT_EQ(first(item("a") + test("a", "passed") + outcome("call", "failed")),
            TestOutcome::passed);
}

TEST(PytestEvents, a_foreign_line_is_a_problem_and_stops_nothing) {
  const std::string text = k_session + "hello \x1b[31m\n" + item("a");

  const TestEvents events = parse_pytest_events(text);

  EXPECT_EQ(events.tests.size(), 1u);
  ASSERT_EQ(events.problems.size(), 1u);
  EXPECT_EQ(events.problems[0].code, "XP2120");
  EXPECT_EQ(events.problems[0].offset, k_session.size());
  EXPECT_EQ(events.problems[0].message.find('\x1b'), std::string::npos);
}

TEST(PytestEvents, a_line_with_a_field_of_another_type_is_a_problem) {
  for (const std::string line :
       {R"({"event":"item","id":3})", R"({"event":"test","id":"a","outcome":"maybe"})",
        R"({"event":"phase","id":"a","phase":"nap","edge":"start"})",
        R"({"event":"phase","id":"a","phase":"call","edge":"middle"})",
        R"({"event":"phase","id":"a","phase":"call","edge":"end","logs":{"x":-1}})",
        R"({"event":"phase","id":"a","phase":"call","edge":"end","logs":[1]})",
        R"({"event":"modules","modules":[{"name":1}]})", R"({"event":"party"})", R"({"id":"a"})",
        R"([1,2])", R"("text")", "null", "1e999", "{\"event\":\"item\",\"id\":\"\xff\"}"}) {
    const TestEvents events = parse_pytest_events(line + "\n");
    EXPECT_EQ(events.problems.size(), 1u) << line;
    EXPECT_TRUE(events.tests.empty() && events.boundaries.empty()) << line;
  }
}

TEST(PytestEvents, a_failure_has_its_place_until_a_later_try_passes) {
  const std::string begin = R"({"event":"session","schema":2,"pid":7})"
                            "\n"
                            R"({"event":"item","index":0,"id":"a"})"
                            "\n";
  const std::string failed = R"({"event":"test","id":"a","outcome":"failed","message":"m",)"
                             R"("file":"t.py","line":3,"error":"E: why"})"
                             "\n";

  const TestEvents once = parse_pytest_events(begin + failed);
  EXPECT_EQ(once.pid, 7);
  ASSERT_EQ(once.failures.count("a"), 1u);
  EXPECT_EQ(once.failures.at("a").file, "t.py");
  EXPECT_EQ(once.failures.at("a").line, 3);
  EXPECT_EQ(once.failures.at("a").error, "E: why");
  EXPECT_TRUE(
      parse_pytest_events(begin + failed + R"({"event":"test","id":"a","outcome":"passed"})")
          .failures.empty());
}

TEST(PytestEvents, another_schema_is_a_problem_and_nothing_is_read) {
  for (const std::string schema : {"5", "0", "\"1\"", "1.0", "99999999999999999999"}) {
    const TestEvents events = parse_pytest_events(R"({"event":"session","schema":)" + schema +
                                                  R"(,"python":"3.13.0"})"
                                                  "\n" +
                                                  item("a"));

    EXPECT_FALSE(events.has_session) << schema;
    EXPECT_TRUE(events.tests.empty()) << schema;
    ASSERT_EQ(events.problems.size(), 1u) << schema;
    EXPECT_EQ(events.problems[0].code, "XP2121") << schema;
  }
}

TEST(PytestEvents, a_cut_last_line_is_no_problem) {
  for (std::size_t size = 0; size <= k_whole.size(); ++size) {
    EXPECT_TRUE(parse_pytest_events(k_whole.substr(0, size)).problems.empty()) << size;
  }
}

TEST(PytestEvents, very_many_foreign_lines_are_counted_and_not_listed) {
  std::string text;
  for (int line = 0; line < 1000; ++line)
    text += "x\n";

  const TestEvents events = parse_pytest_events(text);

  EXPECT_EQ(events.problems.size(), 100u);
  EXPECT_NE(events.problems.back().message.find("and 900 more"), std::string::npos);
}

TEST(PytestEvents, changed_bytes_never_stop_the_reading) {
  std::mt19937 random(11);
  for (int round = 0; round < 3000; ++round) {
    std::string text = k_whole;
    for (int change = 0; change < 5; ++change) {
      text[random() % text.size()] = static_cast<char>(random() % 256);
    }
    const TestEvents events = parse_pytest_events(text);
    const LogTimeline timeline(events);
    const auto at = timeline.boundary_at("san.7", 50);
    ASSERT_LE(at.value_or(0), events.boundaries.size());
  }
}

TEST(PytestEvents, a_line_that_nests_without_end_is_a_problem) {
  for (const std::string piece : {"[", "{\"a\":", "[{\"a\":"}) {
    std::string line;
    while (line.size() < 1'000'000)
      line += piece;
    EXPECT_EQ(parse_pytest_events(line + "\n").problems.size(), 1u);
  }
  const std::string id = "t.py::a[[[[[[[[[[[[{{{{{{{{{{{{]";
  EXPECT_EQ(parse_pytest_events(item(id)).tests.at(0).id, id) << "brackets in a text do not nest";
}

// Boundaries 0 to 4; san.7 grows at 1 and 3, the log of another process appears at 2.
TestEvents timeline_events() {
  return parse_pytest_events(phase("", "configure") + phase("a", "setup", R"({"san.7":100})") +
                             phase("a", "call", R"({"san.8":10})") +
                             phase("a", "teardown", R"({"san.7":250})") + phase("", "finish"));
}

TEST(BoundaryAt, a_byte_was_written_after_the_last_boundary_that_had_not_seen_it) {
  const TestEvents events = timeline_events();
  const LogTimeline timeline(events);
  struct Row {
    std::string log;
    std::size_t offset;
    std::size_t boundary;
  };
  for (const Row& row : {Row{"san.7", 0, 0}, Row{"san.7", 99, 0}, Row{"san.7", 100, 2},
                         Row{"san.7", 249, 2}, Row{"san.7", 250, 4}, Row{"san.7", 9999, 4},
                         Row{"san.8", 0, 1}, Row{"san.8", 10, 4}, Row{"never", 0, 4}}) {
    EXPECT_EQ(timeline.boundary_at(row.log, row.offset), row.boundary) << row.log << row.offset;
    EXPECT_EQ(boundary_at(events, row.log, row.offset), row.boundary) << row.log << row.offset;
  }
}

TEST(BoundaryAt, a_byte_from_before_the_first_boundary_has_none) {
  const TestEvents events = parse_pytest_events(phase("", "configure", R"({"san.7":100})"));

  EXPECT_EQ(boundary_at(events, "san.7", 99), std::nullopt);
  EXPECT_EQ(boundary_at(events, "san.7", 100), 0u);
  EXPECT_EQ(boundary_at(TestEvents(), "san.7", 0), std::nullopt);
}

TEST(BoundaryAt, a_log_that_was_emptied_counts_from_its_last_growth) {
  const TestEvents events = parse_pytest_events(phase("", "configure", R"({"san.7":100})") +
                                                phase("a", "setup", R"({"san.7":0})") +
                                                phase("a", "call", R"({"san.7":60})"));

  EXPECT_EQ(boundary_at(events, "san.7", 50), 1u);
  EXPECT_EQ(boundary_at(events, "san.7", 70), 2u);
}

TEST(BoundaryAt, it_agrees_with_the_sizes_that_are_carried_forward) {
  const TestEvents events = timeline_events();
  for (const std::string log : {"san.7", "san.8", "never"}) {
    for (std::size_t offset = 0; offset < 300; ++offset) {
      std::optional<std::size_t> expected;
      for (std::size_t index = 0; index < events.boundaries.size(); ++index) {
        const facts::LogSizes sizes = sizes_at(events, index);
        const auto found = sizes.find(log);
        if ((found == sizes.end() ? 0 : found->second) <= offset)
          expected = index;
      }
      ASSERT_EQ(boundary_at(events, log, offset), expected) << log << " " << offset;
    }
  }
}

TEST(BoundaryAt, a_large_suite_is_read_and_asked_in_linear_time) {
  std::string text = k_session;
  for (int index = 0; index < 20'000; ++index)
    text += item("t.py::" + std::to_string(index));
  for (int index = 0; index < 20'000; ++index) {
    const std::string id = "t.py::" + std::to_string(index);
    const std::string logs =
        "{\"san." + std::to_string(index % 500) + "\":" + std::to_string(index) + "}";
    text +=
        phase(id, "setup", logs) + phase(id, "call") + phase(id, "teardown") + test(id, "passed");
  }
  const auto begin = std::chrono::steady_clock::now();

  const TestEvents events = parse_pytest_events(text);
  const LogTimeline timeline(events);
  std::size_t sum = 0;
  for (std::size_t offset = 0; offset < 20'000; ++offset) {
    sum += timeline.boundary_at("san.7", offset).value_or(0);
  }

  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  // Generous: an unoptimised build under sanitizers on a busy machine takes ten times as long as a
  // plain one, and a quadratic reader would take hours.
  EXPECT_LT(seconds.count(), 60.0);
  EXPECT_EQ(events.boundaries.size(), 60'000u);
  EXPECT_GT(sum, 0u);
}

}  // namespace
}  // namespace extproof::parsers
