// SPDX-License-Identifier: Apache-2.0
#include "harness/store/store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <limits>

#include "harness/facts/schema_versions.hpp"
#include "harness/store/differences_test.hpp"
#include "harness/store/schema.hpp"
#include "harness/store/statement.hpp"
#include "harness/testing/sample_runs.hpp"

namespace extproof::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The value, or a failed test with the refusal in its message.
template <class T>
T must(facts::Judged<T> judged) {
  if (!judged.ok()) {
    throw std::runtime_error(facts::render_refusal(judged.error().front()));
  }
  return std::move(judged).value();
}

template <class T>
std::string code_of(const facts::Judged<T>& judged) {
  return judged.ok() ? "" : judged.error().front().code;
}

class StoreFile : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = ::testing::TempDir() + "store-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    path_ = folder_ + "/store.sqlite";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  Store opened(Store::Mode mode = Store::Mode::read_write) const {
    return must(Store::open(path_, mode));
  }
  void sql(const char* text) const {
    sqlite3* connection = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &connection), SQLITE_OK);
    const Connection closes(connection);
    execute(connection, text);
  }

  std::string folder_;
  std::string path_;
};

TEST_F(StoreFile, keeps_everything_of_a_run_until_the_next_process_reads_it) {
  const RunStart start = {.started_utc = "2026-11-21T09:30:00Z",
                          .project_name = "matrix",
                          .project_root = testing::hostile_text("root"),
                          .commit = "",
                          .argv = {"extproof", "run", testing::hostile_text("x")},
                          .pid = 4711,
                          .process_identity = testing::hostile_text("boot"),
                          .request = testing::hostile_text("request")};
  const std::vector<NamedConfiguration> configurations = {
      {"release", "{}"}, {testing::hostile_text("lane"), std::string("\0\xff", 2)}};
  {
    Store store = opened();
    EXPECT_EQ(must(store.begin_run(start)), 1);
    must(store.save_configurations(1, configurations));
    must(store.save_steps(1, {testing::sample_steps()[0]}));
    must(store.save_steps(1, {testing::sample_steps()[1]}));
    must(store.save_started(1, "asan/step-0", "09:30:01"));
    must(store.save_started(1, testing::hostile_text("step"), testing::hostile_text("at")));
    for (const facts::StepResult& result : testing::sample_results()) {
      must(store.save_result(1, result));
    }
    must(store.save_report(1, testing::run_with_findings()));
    must(store.finish_run(1, "findings", facts::ExitCode::findings, 58.25));
  }

  const Store store = opened(Store::Mode::read_only);
  EXPECT_EQ(must(store.latest_run()), 1);
  EXPECT_EQ(must(store.load_run_start(1)), start);
  EXPECT_EQ(must(store.load_configurations(1)), configurations);
  EXPECT_THAT(differences(must(store.load_steps(1)), testing::sample_steps()), IsEmpty());
  EXPECT_THAT(differences(must(store.load_results(1)), testing::sample_results()), IsEmpty());
  EXPECT_THAT(must(store.load_started(1)),
              ElementsAre(StartedStep{"asan/step-0", "09:30:01"},
                          StartedStep{testing::hostile_text("step"), testing::hostile_text("at")}));
  EXPECT_THAT(must(store.runs()),
              ElementsAre(RunSummary{.number = 1,
                                     .started_utc = start.started_utc,
                                     .outcome = "findings",
                                     .exit_code = facts::ExitCode::findings,
                                     .seconds = 58.25,
                                     .pid = 4711,
                                     .process_identity = start.process_identity}));
}

TEST_F(StoreFile, gives_every_report_back_as_it_was_saved) {
  Store store = opened();
  for (const testing::NamedRun& run : testing::sample_runs()) {
    const int number = must(store.begin_run({}));
    must(store.save_report(number, run.report));

    const std::optional<facts::RunReport> back = must(store.load_report(number));

    ASSERT_TRUE(back.has_value()) << run.name;
    EXPECT_THAT(differences(*back, run.report), IsEmpty()) << run.name;
  }
}

TEST_F(StoreFile, replaces_a_report_and_keeps_nothing_of_the_earlier_one) {
  Store store = opened();
  must(store.begin_run({}));
  must(store.save_report(1, testing::run_with_findings()));
  must(store.save_report(1, testing::interrupted_run()));
  EXPECT_THAT(differences(must(store.load_report(1)).value(), testing::interrupted_run()),
              IsEmpty());
}

TEST_F(StoreFile, takes_the_latest_start_and_result_of_a_step) {
  Store store = opened();
  must(store.begin_run({}));
  must(store.save_started(1, "a", "1"));
  must(store.save_started(1, "b", "2"));
  must(store.save_started(1, "a", "3"));
  must(store.save_result(1, {.step_id = "a", .end = facts::Lost{}}));
  must(store.save_result(1, {.step_id = "a", .end = facts::Exited{2}}));
  EXPECT_THAT(must(store.load_started(1)),
              ElementsAre(StartedStep{"b", "2"}, StartedStep{"a", "3"}));
  const std::vector<facts::StepResult> results = must(store.load_results(1));
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(facts::describe(results[0].end), "exit 2");
}

TEST_F(StoreFile, adds_none_of_the_steps_when_one_is_in_the_plan_already) {
  Store store = opened();
  must(store.begin_run({}));
  must(store.save_steps(1, {{.id = "a"}}));
  EXPECT_EQ(code_of(store.save_steps(1, {{.id = "b"}, {.id = "a"}})), "XP2004");
  EXPECT_EQ(must(store.load_steps(1)).size(), 1U);
}

TEST_F(StoreFile, keeps_the_texts_of_results_out) {
  Store store = opened();
  must(store.begin_run({}));
  facts::StepResult result = testing::sample_results()[0];
  result.output = facts::make_text("secret-output");
  result.left[0].text = facts::make_text("secret-left");
  must(store.save_result(1, result));
  EXPECT_THAT(differences(must(store.load_results(1)), {testing::sample_results()[0]}), IsEmpty());
}

TEST_F(StoreFile, has_no_report_and_no_outcome_for_a_run_that_was_killed) {
  Store store = opened();
  EXPECT_EQ(must(store.latest_run()), std::nullopt);
  must(store.begin_run({.started_utc = "now"}));
  EXPECT_FALSE(must(store.load_report(1)).has_value());
  EXPECT_EQ(must(store.runs())[0].outcome, "");
  EXPECT_EQ(must(store.runs())[0].exit_code, std::nullopt);
}

TEST_F(StoreFile, never_gives_the_number_of_a_removed_run_again) {
  must(opened().begin_run({}));
  must(opened().begin_run({}));
  sql("DELETE FROM run WHERE number = 2");
  EXPECT_EQ(must(opened().begin_run({})), 3);
}

TEST_F(StoreFile, says_that_a_run_is_not_there_for_reading_and_for_writing) {
  Store store = opened();
  EXPECT_EQ(code_of(store.load_report(9)), "XP1003");
  EXPECT_EQ(code_of(store.load_steps(9)), "XP1003");
  EXPECT_EQ(code_of(store.save_result(9, {})), "XP1003");
  EXPECT_EQ(code_of(store.finish_run(9, "", facts::ExitCode::nothing_found, 0)), "XP1003");
}

TEST_F(StoreFile, does_not_make_a_store_for_a_reader) {
  EXPECT_EQ(code_of(Store::open(path_, Store::Mode::read_only)), "XP1003");
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(StoreFile, takes_a_store_without_tables_for_one_without_runs) {
  std::ofstream(path_).close();
  EXPECT_EQ(code_of(Store::open(path_, Store::Mode::read_only)), "XP1003");
  EXPECT_EQ(must(opened().begin_run({})), 1);
}

TEST_F(StoreFile, refuses_a_store_of_a_newer_schema_and_leaves_it_as_it_is) {
  must(opened().begin_run({}));
  sql("PRAGMA user_version = 99");
  for (const Store::Mode mode : {Store::Mode::read_write, Store::Mode::read_only}) {
    const auto judged = Store::open(path_, mode);
    ASSERT_EQ(code_of(judged), "XP2004");
    const std::string text = facts::render_refusal(judged.error().front());
    EXPECT_THAT(text, HasSubstr(path_));
    EXPECT_THAT(text,
                HasSubstr("has schema 99, which a newer extproof wrote; this one reads up to " +
                          std::to_string(facts::schema_versions::k_store)));
    EXPECT_THAT(text, HasSubstr("try:    the extproof that wrote it; or move \"" + path_));
    EXPECT_THAT(text, HasSubstr("kept"));
  }
  sql(("PRAGMA user_version = " + std::to_string(facts::schema_versions::k_store)).c_str());
  EXPECT_EQ(must(opened().latest_run()), 1);
}

TEST_F(StoreFile, reads_a_store_of_schema_1_in_which_frames_do_not_say_who_wrote_them) {
  facts::RunReport run = testing::run_with_findings();
  run.findings.resize(1);
  ASSERT_FALSE(run.findings[0].stacks.at(0).frames.empty());
  {
    Store store = opened();
    must(store.begin_run({}));
    must(store.save_report(1, run));
  }
  sql("UPDATE finding SET body = replace(replace(body, ',\"own\":true', ''), ',\"own\":false', '');"
      "PRAGMA user_version = 1");
  for (facts::Stack& stack : run.findings[0].stacks) {
    for (facts::Frame& frame : stack.frames) {
      frame.own = false;
    }
  }

  for (const Store::Mode mode : {Store::Mode::read_only, Store::Mode::read_write}) {
    EXPECT_THAT(differences(*must(opened(mode).load_report(1)), run), IsEmpty());
  }
  EXPECT_EQ(must(opened().begin_run({})), 2);
}

TEST_F(StoreFile, says_of_a_value_in_no_known_form_which_forms_it_knows) {
  {
    Store store = opened();
    must(store.begin_run({}));
    must(store.save_report(1, testing::run_with_findings()));
  }
  sql("UPDATE finding SET body = '{}'");

  const auto judged = opened().load_report(1);

  ASSERT_EQ(code_of(judged), "XP2004");
  const std::string text = facts::render_refusal(judged.error().front());
  EXPECT_THAT(text, HasSubstr("in none of the forms of schema 1 to "));
  EXPECT_THAT(text, HasSubstr("away, and the next run begins a new one"));
}

TEST_F(StoreFile, refuses_the_database_of_another_program) {
  sql("CREATE TABLE theirs (x)");
  EXPECT_EQ(code_of(Store::open(path_, Store::Mode::read_write)), "XP2004");
  sql("INSERT INTO theirs VALUES (1)");
}

TEST_F(StoreFile, refuses_a_file_that_is_no_database) {
  std::ofstream(path_) << std::string(4096, 'x');
  EXPECT_EQ(code_of(Store::open(path_, Store::Mode::read_write)), "XP2004");
  EXPECT_EQ(code_of(Store::open(path_, Store::Mode::read_only)), "XP2004");
}

TEST_F(StoreFile, refuses_a_folder_in_place_of_the_file_and_a_missing_folder) {
  EXPECT_EQ(code_of(Store::open(folder_, Store::Mode::read_write)), "XP2004");
  EXPECT_EQ(code_of(Store::open(folder_ + "/no/store.sqlite", Store::Mode::read_write)), "XP2004");
}

TEST_F(StoreFile, refuses_to_guess_at_a_value_that_was_damaged) {
  {
    Store store = opened();
    must(store.begin_run({}));
    must(store.save_report(1, testing::run_with_findings()));
    must(store.save_steps(1, testing::sample_steps()));
  }
  sql("UPDATE finding SET body = '{}'; UPDATE step SET body = substr(body, 1, 20)");
  EXPECT_EQ(code_of(opened().load_report(1)), "XP2004");
  EXPECT_EQ(code_of(opened().load_steps(1)), "XP2004");
  sql("UPDATE run SET argv = '1'");
  EXPECT_EQ(code_of(opened().load_run_start(1)), "XP2004");
}

TEST_F(StoreFile, takes_names_of_a_megabyte_and_numbers_without_a_form) {
  Store store = opened();
  must(store.begin_run({.project_name = std::string(1 << 20, '\xff')}));
  facts::RunReport report = testing::hostile_run();
  report.lanes[0].tests[0].id = std::string(1 << 20, '\0');
  report.findings[0].title = std::string(1 << 20, '\xfe');
  report.seconds = std::numeric_limits<double>::infinity();
  report.lanes[0].tests[0].seconds = std::numeric_limits<double>::quiet_NaN();
  must(store.save_report(1, report));

  report.seconds = 0;
  report.lanes[0].tests[0].seconds = 0;
  EXPECT_THAT(differences(must(store.load_report(1)).value(), report), IsEmpty());
  EXPECT_EQ(must(store.load_run_start(1)).project_name.size(), std::size_t{1} << 20U);
}

TEST_F(StoreFile, serves_a_path_with_signs_that_uris_give_a_meaning) {
  path_ = folder_ + "/a?mode=memory#x%41 file:";
  must(opened().begin_run({}));
  EXPECT_TRUE(std::filesystem::exists(path_));
  EXPECT_EQ(must(opened(Store::Mode::read_only).latest_run()), 1);
}

TEST_F(StoreFile, can_be_moved) {
  Store first = opened();
  must(first.begin_run({}));
  Store second = std::move(first);
  first = opened();
  EXPECT_EQ(must(second.begin_run({})), 2);
  EXPECT_EQ(must(first.latest_run()), 2);
}

}  // namespace
}  // namespace extproof::store
