// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/text.hpp"
#include "harness/cli/option_table.hpp"
#include "harness/testing/golden.hpp"

namespace extproof::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::vector<std::string> k_lanes = {"asan", "release", "ubsan"};

facts::Judged<Parsed> parsed(const std::vector<const char*>& words) {
  std::vector<const char*> argv = {"extproof"};
  argv.insert(argv.end(), words.begin(), words.end());
  return parse_options(static_cast<int>(argv.size()), argv.data(), k_lanes);
}

std::string refused(const std::vector<const char*>& words) {
  const auto result = parsed(words);
  std::string text;
  if (!result.ok()) {
    for (const facts::Refusal& refusal : result.error()) {
      EXPECT_EQ(exit_code_of(refusal), facts::ExitCode::usage);
      text += render_refusal(refusal);
    }
  }
  return text;
}

Request request(const std::vector<const char*>& words) {
  const auto result = parsed(words);
  EXPECT_TRUE(result.ok()) << refused(words);
  EXPECT_TRUE(result.ok() && std::holds_alternative<Request>(result.value()));
  return result.ok() && std::holds_alternative<Request>(result.value())
             ? std::get<Request>(result.value())
             : Request{};
}

std::string printed(const std::vector<const char*>& words) {
  const auto result = parsed(words);
  return result.ok() && std::holds_alternative<TextToPrint>(result.value())
             ? std::get<TextToPrint>(result.value()).text
             : "";
}

TEST(Options, a_run_takes_lanes_and_hands_everything_after_the_dashes_to_pytest) {
  const Request run =
      request({"run", "asan", "ubsan", "--", "tests/test_a.py::test_x", "-x", "--", "--json"});

  EXPECT_EQ(run.command, Command::run);
  EXPECT_THAT(run.lanes, ElementsAre("asan", "ubsan"));
  EXPECT_THAT(run.pytest_arguments, ElementsAre("tests/test_a.py::test_x", "-x", "--", "--json"));
  EXPECT_FALSE(run.json);
}

TEST(Options, the_whole_command_line_is_kept_for_the_record) {
  EXPECT_THAT(request({"run", "-q", "--", "-x"}).argv,
              ElementsAre("extproof", "run", "-q", "--", "-x"));
}

TEST(Options, without_any_the_defaults_hold) {
  const Request plan = request({"plan"});

  EXPECT_EQ(plan.command, Command::plan);
  EXPECT_THAT(plan.lanes, IsEmpty());
  EXPECT_EQ(plan.project, "");
  EXPECT_EQ(plan.config_file, "");
  EXPECT_EQ(plan.jobs, std::nullopt);
  EXPECT_EQ(plan.run, std::nullopt);
  EXPECT_EQ(plan.color, ColorMode::automatic);
  EXPECT_FALSE(plan.quiet || plan.verbose || plan.json || plan.all);
}

TEST(Options, those_of_every_command_stand_before_or_after_its_name) {
  for (const std::vector<const char*>& words :
       {std::vector<const char*>{"--project", "d", "--config=c.toml", "--jobs", "3", "--color",
                                 "never", "-qv", "run", "asan"},
        std::vector<const char*>{"run", "--project", "d", "--config=c.toml", "asan", "-j3",
                                 "--color", "never", "-q", "-v"},
        std::vector<const char*>{"--jobs=3", "--project=d", "run", "asan", "--quiet", "--verbose",
                                 "--config", "c.toml", "--color=never"}}) {
    const Request run = request(words);

    EXPECT_EQ(run.project, "d");
    EXPECT_EQ(run.config_file, "c.toml");
    EXPECT_EQ(run.jobs, 3);
    EXPECT_EQ(run.color, ColorMode::never);
    EXPECT_TRUE(run.quiet && run.verbose);
    EXPECT_THAT(run.lanes, ElementsAre("asan"));
  }
}

TEST(Options, lanes_stand_before_and_after_options) {
  const Request run = request({"run", "asan", "--jobs", "2", "ubsan", "--json"});

  EXPECT_THAT(run.lanes, ElementsAre("asan", "ubsan"));
  EXPECT_TRUE(run.json);
}

TEST(Options, a_lane_may_be_named_like_a_command) {
  EXPECT_THAT(request({"run", "report", "plan"}).lanes, ElementsAre("report", "plan"));
}

TEST(Options, init_takes_a_folder_in_one_of_two_ways) {
  EXPECT_EQ(request({"init"}).project, "");
  EXPECT_EQ(request({"init", "../pkg"}).project, "../pkg");
  EXPECT_EQ(request({"init", "--project", "pkg"}).project, "pkg");
  EXPECT_EQ(refused({"init", "a", "--project", "b"}),
            "error[XP1001]: \"a\" and --project both name the project\n"
            "  so:   nothing was run\n"
            "  try:  extproof init --help\n"
            "  more: extproof explain XP1001\n");
  EXPECT_NE(refused({"init", "a", "b"}), "");
}

TEST(Options, an_installation_has_a_kind_a_source_and_a_compiler) {
  const Request install = request(
      {"interpreters", "install", "asan", "--source", "a.tar.xz", "--compiler", "gcc", "-j2"});

  EXPECT_EQ(install.command, Command::interpreters);
  EXPECT_THAT(install.words, ElementsAre("install", "asan"));
  EXPECT_EQ(install.source, "a.tar.xz");
  EXPECT_EQ(install.compiler, "gcc");
  EXPECT_EQ(install.jobs, 2);
}

TEST(Options, the_last_of_several_wins) {
  EXPECT_EQ(request({"--jobs", "2", "run", "--jobs", "5"}).jobs, 5);
}

TEST(Options, a_report_has_a_number_and_formats) {
  const Request report =
      request({"report", "--run", "7", "--format", "console,json=a=b.json", "--output", "out/"});

  EXPECT_EQ(report.command, Command::report);
  EXPECT_EQ(report.run, 7);
  ASSERT_EQ(report.formats.size(), 2U);
  EXPECT_EQ(report.formats[0].format, facts::ReportFormat::console);
  EXPECT_EQ(report.formats[0].file, "");
  EXPECT_EQ(report.formats[1].format, facts::ReportFormat::json);
  EXPECT_EQ(report.formats[1].file, "a=b.json");
  EXPECT_EQ(report.output, "out/");
}

TEST(Options, explain_has_a_subject) {
  EXPECT_EQ(request({"explain", "XP3107"}).subject, "XP3107");
  EXPECT_EQ(request({"explain", "F1", "-v"}).subject, "F1");
  EXPECT_EQ(request({"explain", "F1", "--run", "3"}).run, 3);
}

TEST(Options, debug_has_a_finding_and_words_for_pytest) {
  const Request debug = request({"debug", "F1", "--batch", "--run", "3", "--", "-s"});

  EXPECT_EQ(debug.command, Command::debug);
  EXPECT_EQ(debug.subject, "F1");
  EXPECT_TRUE(debug.batch);
  EXPECT_EQ(debug.run, 3);
  EXPECT_THAT(debug.pytest_arguments, ElementsAre("-s"));
  EXPECT_EQ(refused({"debug"}),
            "error[XP1001]: \"debug\" lacks what it is about\n"
            "  expected: a finding such as F1\n"
            "  so:       nothing was run\n"
            "  try:      extproof debug --help\n"
            "  more:     extproof explain XP1001\n");
}

TEST(Options, doctor_and_plan_print_json) {
  EXPECT_TRUE(request({"doctor", "--json"}).json);
  EXPECT_TRUE(request({"plan", "--all", "--json"}).all);
}

struct Row {
  std::vector<const char*> words;
  std::string_view message;
};

const std::vector<Row> k_rows = {
    {{"build"},
     "error[XP1001]: \"build\" is not a command\n"
     "  known: accept, debug, doctor, explain, init, interpreters, plan, report, run\n"
     "  so:    nothing was run\n"
     "  try:   extproof --help\n"
     "  more:  extproof explain XP1001\n"},
    {{"reprt", "--run", "3"},
     "error[XP1001]: \"reprt\" is not a command\n"
     "  meant: perhaps report\n"
     "  so:    nothing was run\n"
     "  try:   extproof --help\n"
     "  more:  extproof explain XP1001\n"},
    {{},
     "error[XP1001]: no command was given\n"
     "  known: accept, debug, doctor, explain, init, interpreters, plan, report, run\n"
     "  so:    nothing was run\n"
     "  try:   extproof --help\n"
     "  more:  extproof explain XP1001\n"},
    {{"run", "--jsn"},
     "error[XP1001]: \"--jsn\" is not an option of \"run\"\n"
     "  meant: perhaps --json\n"
     "  so:    nothing was run\n"
     "  try:   extproof run --help\n"
     "  more:  extproof explain XP1001\n"},
    {{"--projct=x", "run"},
     "error[XP1001]: \"--projct\" is not an option of \"run\"\n"
     "  meant: perhaps --project\n"
     "  so:    nothing was run\n"
     "  try:   extproof run --help\n"
     "  more:  extproof explain XP1001\n"},
    {{"doctor", "--all"},
     "error[XP1001]: \"--all\" is not an option of \"doctor\"\n"
     "  known: --color, --config, --help, --jobs, --json, --project, --quiet, --verbose, -j, -q, "
     "-v\n"
     "  so:    nothing was run\n"
     "  try:   extproof doctor --help\n"
     "  more:  extproof explain XP1001\n"},
    {{"run", "-k", "expr"},
     "error[XP1001]: \"-k\" is not an option of \"run\"\n"
     "  expected: options and paths for pytest after \"--\"\n"
     "  so:       nothing was run\n"
     "  try:      extproof run -- -k expr\n"
     "  more:     extproof explain XP1001\n"},
    {{"asan", "run"},
     "error[XP1001]: \"asan\" is a lane, and stands in front of its command\n"
     "  so:   nothing was run\n"
     "  try:  extproof run asan\n"
     "  more: extproof explain XP1001\n"},
    {{"ubsan"},
     "error[XP1001]: \"ubsan\" is a lane and no command\n"
     "  so:   nothing was run\n"
     "  try:  extproof run ubsan\n"
     "  more: extproof explain XP1001\n"},
    {{"tests/test_a.py"},
     "error[XP1001]: \"tests/test_a.py\" is no command\n"
     "  expected: options and paths for pytest after \"--\"\n"
     "  so:       nothing was run\n"
     "  try:      extproof run -- tests/test_a.py\n"
     "  more:     extproof explain XP1001\n"},
    {{"run", "--jobs"},
     "error[XP1001]: \"--jobs\" lacks its value\n"
     "  so:   nothing was run\n"
     "  try:  extproof run --help\n"
     "  more: extproof explain XP1001\n"},
    {{"run", "--jobs", "many"},
     "error[XP1001]: \"many\" is no value for --jobs\n"
     "  expected: a whole number from 1 to 1024\n"
     "  so:       nothing was run\n"
     "  try:      extproof run --help\n"
     "  more:     extproof explain XP1001\n"},
    {{"run", "-j0"},
     "error[XP1001]: \"0\" is no value for --jobs\n"
     "  expected: a whole number from 1 to 1024\n"
     "  so:       nothing was run\n"
     "  try:      extproof run --help\n"
     "  more:     extproof explain XP1001\n"},
    {{"--color", "maybe", "doctor"},
     "error[XP1001]: \"maybe\" is no value for --color\n"
     "  expected: auto, always or never\n"
     "  so:       nothing was run\n"
     "  try:      extproof doctor --help\n"
     "  more:     extproof explain XP1001\n"},
    {{"report", "--format", "json,xml"},
     "error[XP1001]: \"json,xml\" is no value for --format\n"
     "  expected: names divided by commas, each with =FILE or without: console, json, "
     "junit, sarif, github, html\n"
     "  so:       nothing was run\n"
     "  try:      extproof report --help\n"
     "  more:     extproof explain XP1001\n"},
    {{"run", "--json=yes"},
     "error[XP1001]: \"--json\" takes no value\n"
     "  so:   nothing was run\n"
     "  try:  extproof run --help\n"
     "  more: extproof explain XP1001\n"},
    {{"explain"},
     "error[XP1001]: \"explain\" lacks what it is about\n"
     "  expected: a code such as XP3107, a finding such as F1\n"
     "  so:       nothing was run\n"
     "  try:      extproof explain --help\n"
     "  more:     extproof explain XP1001\n"},
    {{"explain", "F1", "F2"},
     "error[XP1001]: \"F2\" is one word more than \"explain\" takes\n"
     "  so:   nothing was run\n"
     "  try:  extproof explain --help\n"
     "  more: extproof explain XP1001\n"},
    {{"plan", "--", "-x"},
     "error[XP1001]: \"--\" has no meaning for \"plan\": it starts no pytest\n"
     "  so:   nothing was run\n"
     "  try:  extproof plan --help\n"
     "  more: extproof explain XP1001\n"},
    {{"run", "asan", "--all"},
     "error[XP1001]: \"--all\" and the lane \"asan\" exclude each other\n"
     "  so:   nothing was run\n"
     "  try:  extproof run --help\n"
     "  more: extproof explain XP1001\n"},
};

TEST(Options, what_cannot_be_understood_is_refused_with_the_next_step) {
  for (const Row& row : k_rows) {
    EXPECT_EQ(refused(row.words), row.message);
  }
}

TEST(Options, hostile_words_are_refused) {
  for (const std::vector<const char*>& words :
       {std::vector<const char*>{"run", "--verbose="}, std::vector<const char*>{"-"},
        std::vector<const char*>{"run", "-q=1"}, std::vector<const char*>{"run", "-v=x"},
        std::vector<const char*>{""}, std::vector<const char*>{"\x1b[2J"},
        std::vector<const char*>{"--", "run"}, std::vector<const char*>{"report", "--run", ""},
        std::vector<const char*>{"run", "--project", ""}, std::vector<const char*>{"-\xff"},
        std::vector<const char*>{"run", "--run", "99999999999999999999"}}) {
    const std::string message = refused(words);
    EXPECT_EQ(message.substr(0, 14), "error[XP1001]:");
    EXPECT_EQ(message.find('\x1b'), std::string::npos);
  }
}

TEST(Options, an_empty_argv_is_refused) {
  EXPECT_FALSE(parse_options(0, nullptr, k_lanes).ok());
}

TEST(Options, help_and_version_win_over_what_is_wrong) {
  EXPECT_EQ(printed({"--version"}), "extproof " EXTPROOF_VERSION "\n");
  EXPECT_EQ(printed({"--help"}), render_general_help());
  EXPECT_EQ(printed({"-h", "rnu"}), render_general_help());
  EXPECT_EQ(printed({"report", "--run", "x", "--help"}), printed({"--help", "report"}));
  EXPECT_EQ(printed({"run", "--jobs", "--help"}), printed({"run", "-h"}));
  EXPECT_EQ(printed({"explain", "--help"}).substr(0, 24), "Usage: extproof explain ");
}

TEST(Options, a_question_for_help_after_the_dashes_is_for_pytest) {
  EXPECT_THAT(request({"run", "--", "--help"}).pytest_arguments, ElementsAre("--help"));
}

TEST(Help, is_as_accepted_and_fits_into_80_columns) {
  std::string all = render_general_help();
  for (const CommandRow& command : command_table()) {
    all += "\n----\n" + render_command_help(command);
  }

  EXPECT_EQ(testing::golden_difference(EXTPROOF_SOURCE_DIR "/harness/cli/testdata/help.txt", all),
            "");
  for (const std::string_view line : base::lines(all)) {
    EXPECT_LE(line.size(), 80U) << line;
  }
}

TEST(Help, of_a_command_names_each_of_its_options) {
  for (const CommandRow& command : command_table()) {
    const std::string help = render_command_help(command);
    for (const OptionRow& option : command.options) {
      EXPECT_NE(help.find(option.names), std::string::npos) << command.name << option.names;
    }
  }
}

}  // namespace
}  // namespace extproof::cli
