// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/preflight.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "harness/engines/suite_scene_for_test.hpp"

namespace extproof::engines {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class JudgePreflight : public ::testing::Test {
 protected:
  Preflight judge() {
    scene_.good_until("preflight");
    return judge_preflight(scene_.configuration, scene_.instrumentation, scene_.results);
  }
  std::vector<std::string> refusals() {
    std::vector<std::string> codes;
    for (const facts::Refusal& refusal : judge().refusals) {
      codes.push_back(refusal.code);
    }
    return codes;
  }
  // "CHECK yes" or "CHECK no", in order.
  static std::vector<std::string> checks(const Preflight& preflight) {
    std::vector<std::string> all;
    for (const facts::PreflightCheck& check : preflight.checks) {
      all.push_back(check.check + (check.ok ? " yes" : " no"));
    }
    return all;
  }

  SuiteScene scene_;
};

TEST_F(JudgePreflight, a_lane_that_sees_its_canaries_in_the_object_that_was_built_can_judge) {
  const Preflight preflight = judge();

  EXPECT_THAT(preflight.refusals, IsEmpty());
  EXPECT_THAT(checks(preflight),
              ElementsAre("instrumented yes", "debug-lines yes", "probe yes", "runtime yes",
                          "allocator yes", "leak-checker yes", "canary yes", "symbols yes",
                          "python-stack yes", "leak-canary yes", "leak-noise yes", "loaded yes"));
  EXPECT_EQ(preflight.died_importing, "");
}

TEST_F(JudgePreflight, a_canary_that_was_not_reported_refuses_the_lane) {
  scene_.canary_log = "";
  scene_.configuration.flags = {"-fno-sanitize=all"};

  const Preflight preflight = judge();

  ASSERT_EQ(preflight.refusals.size(), 1u);
  EXPECT_EQ(render_refusal(preflight.refusals[0]),
            "error[XP3102]: lane \"asan\" missed its canary, a known heap-buffer-overflow\n"
            "  looked: for its report in " +
                scene_.paths().layout.relative(scene_.paths().preflight_logs) +
                "\n"
                "  flags:  -fno-sanitize=all\n"
                "  try:    the lane without your flags, suppressions and *SAN_OPTIONS\n"
                "  so:     the tests of this lane were not run; the lane is refused, not passed\n"
                "  more:   extproof explain XP3102\n");
}

TEST_F(JudgePreflight, a_report_of_another_kind_or_rule_is_not_the_canary) {
  scene_.instrumentation.canary_kind = facts::FindingKind::use_after_free;
  EXPECT_THAT(refusals(), Contains("XP3102"));

  scene_.instrumentation.canary_kind = facts::FindingKind::heap_buffer_overflow;
  scene_.instrumentation.canary_rule = "another";
  EXPECT_THAT(refusals(), Contains("XP3102"));
}

TEST_F(JudgePreflight, a_report_from_outside_of_the_canary_is_not_the_canary) {
  scene_.import_log = scene_.canary_log;
  scene_.canary_log = "";

  EXPECT_THAT(refusals(), Contains("XP3102"));
}

TEST_F(JudgePreflight, a_leak_that_was_not_reported_refuses_the_lane) {
  for (const std::string& log : {std::string(), leak_report(4320)}) {
    scene_.leak_log = log;
    const Preflight preflight = judge();
    ASSERT_EQ(preflight.refusals.size(), 1u);
    EXPECT_EQ(preflight.refusals[0].code, "XP3102");
    EXPECT_THAT(render_refusal(preflight.refusals[0]), HasSubstr("leaks = false"));
  }
  scene_.instrumentation.leak_check = false;
  EXPECT_THAT(refusals(), IsEmpty());
}

TEST_F(JudgePreflight, a_probe_that_did_not_start_refuses_the_lane) {
  scene_.failed_checks = {"probe"};

  EXPECT_THAT(refusals(), ElementsAre("XP3102"));
}

TEST_F(JudgePreflight, a_runtime_that_is_not_at_work_refuses_the_lane) {
  for (const char* name : {"runtime", "allocator", "leak-checker"}) {
    scene_.failed_checks = {name};
    EXPECT_THAT(refusals(), ElementsAre("XP3103")) << name;
  }
}

TEST_F(JudgePreflight, a_module_without_debug_lines_refuses_the_lane) {
  scene_.has_debug_lines = "false";

  EXPECT_THAT(refusals(), ElementsAre("XP3104"));
}

TEST_F(JudgePreflight, a_module_without_debug_lines_is_no_matter_for_the_baseline) {
  scene_.has_debug_lines = "false";
  scene_.instrumentation = {};

  const Preflight preflight = judge();

  EXPECT_THAT(preflight.refusals, IsEmpty());
  EXPECT_THAT(checks(preflight), Contains("debug-lines no"));
}

TEST_F(JudgePreflight, a_canary_without_a_source_line_refuses_the_lane) {
  scene_.canary_log = canary_report("extproof_canary (/x/canary.so+0x1119)");

  EXPECT_THAT(refusals(), ElementsAre("XP3104"));
}

TEST_F(JudgePreflight, a_canary_without_its_python_stack_refuses_the_lane) {
  scene_.canary_stack = "somebody_else";

  EXPECT_THAT(refusals(), ElementsAre("XP3109"));
}

TEST_F(JudgePreflight, a_module_that_shadows_the_built_one_refuses_the_lane) {
  scene_.imported = "/project/src/demo/_core.so";

  const Preflight preflight = judge();

  ASSERT_EQ(preflight.refusals.size(), 1u);
  EXPECT_EQ(preflight.refusals[0].code, "XP3105");
  EXPECT_THAT(render_refusal(preflight.refusals[0]),
              AllOf(HasSubstr("loaded: /project/src/demo/_core.so\n"),
                    HasSubstr("built:  .extproof/build/")));
}

TEST_F(JudgePreflight, a_module_that_was_loaded_from_no_file_refuses_the_lane) {
  scene_.good_until("preflight");
  facts::StepResult result = scene_.preflight();
  std::string out(result.left[0].text.view);
  out.resize(out.find(R"({"event":"import")"));
  result.left[0].text = facts::make_text(out);
  scene_.add(result);

  const Preflight preflight =
      judge_preflight(scene_.configuration, scene_.instrumentation, scene_.results);

  ASSERT_EQ(preflight.refusals.size(), 1u);
  EXPECT_EQ(preflight.refusals[0].code, "XP3105");
}

TEST_F(JudgePreflight, one_that_ended_early_refuses_the_lane_with_its_last_words) {
  scene_.good_until("preflight");
  scene_.add(scene_.bare("preflight", facts::Exited{1}, "", "Traceback\nImportError: no ctypes\n"));
  scene_.instrumentation = {};

  const Preflight preflight =
      judge_preflight(scene_.configuration, scene_.instrumentation, scene_.results);

  ASSERT_EQ(preflight.refusals.size(), 1u);
  EXPECT_EQ(preflight.refusals[0].code, "XP3106");
  EXPECT_THAT(render_refusal(preflight.refusals[0]), HasSubstr("ImportError: no ctypes"));
}

TEST_F(JudgePreflight, a_module_without_instrumentation_refuses_the_lane) {
  scene_.undefined = R"(["PyInit","__tsan_init",5])";

  const Preflight preflight = judge();

  ASSERT_EQ(preflight.refusals.size(), 1u);
  EXPECT_EQ(preflight.refusals[0].code, "XP3107");
  EXPECT_THAT(render_refusal(preflight.refusals[0]),
              HasSubstr("for symbols that begin with __asan_; found none"));
}

TEST_F(JudgePreflight, a_recorded_flag_is_evidence_only_for_lanes_that_say_so) {
  scene_.undefined = "[]";
  EXPECT_THAT(refusals(), ElementsAre("XP3107"));

  scene_.instrumentation.is_proved_by_flag = true;
  const Preflight preflight = judge();

  EXPECT_THAT(preflight.refusals, IsEmpty());
  EXPECT_THAT(preflight.blind_spots, IsEmpty());
  EXPECT_EQ(preflight.checks[0].detail,
            ".extproof/build/asan-clang-19-cp313/env/lib/python3.13/site-packages/demo/_core.so "
            "calls nothing of the runtime; it was compiled with -fsanitize=address");
}

TEST_F(JudgePreflight, an_object_compiled_past_the_wrapper_refuses_the_lane) {
  scene_.instrumentation.is_proved_by_flag = true;
  scene_.undefined = "[]";
  for (const char* producers :
       {R"(["GNU C17 12.2.0 -g -O2"])", "[]", "[7]", "7",
        R"(["GNU C17 12.2.0 -fsanitize=undefined","clang version 19.1.7"])"}) {
    scene_.producers = producers;
    const Preflight preflight = judge();
    ASSERT_EQ(preflight.refusals.size(), 1u) << producers;
    EXPECT_THAT(render_refusal(preflight.refusals[0]),
                HasSubstr("for symbols that begin with __asan_, and for -fsanitize=address among "
                          "the flags that the debug information holds; found none"));
  }
}

TEST_F(JudgePreflight, parts_compiled_past_the_wrapper_are_a_blind_spot) {
  scene_.producers = R"(["GNU C17 12.2.0 -g -fsanitize=address","GNU C17 12.2.0 -g"])";

  const Preflight preflight = judge();

  EXPECT_THAT(preflight.refusals, IsEmpty());
  EXPECT_THAT(preflight.blind_spots,
              ElementsAre("parts of .extproof/build/asan-clang-19-cp313/env/lib/python3.13/"
                          "site-packages/demo/_core.so that were compiled without "
                          "-fsanitize=address"));
  EXPECT_THAT(
      preflight.checks[0].detail,
      HasSubstr("imports __asan_init; parts of it were compiled without -fsanitize=address"));
}

TEST_F(JudgePreflight, rust_beside_instrumented_c_is_a_blind_spot) {
  scene_.producers =
      "[\"clang version 19.1.7 -g -fsanitize=address\",\"clang LLVM (rustc version 1.95.0)\"]";

  const Preflight preflight = judge();

  EXPECT_THAT(preflight.refusals, IsEmpty());
  EXPECT_THAT(preflight.blind_spots,
              ElementsAre("the Rust in .extproof/build/asan-clang-19-cp313/env/lib/python3.13/"
                          "site-packages/demo/_core.so, which a stable compiler does not "
                          "instrument"));
}

TEST_F(JudgePreflight, rust_alone_refuses_the_lane_and_is_named) {
  scene_.undefined = "[]";
  scene_.producers = "[\"clang LLVM (rustc version 1.95.0)\"]";

  const Preflight preflight = judge();

  ASSERT_EQ(preflight.refusals.size(), 1U);
  EXPECT_EQ(preflight.refusals[0].code, "XP3107");
  EXPECT_THAT(facts::render_refusal(preflight.refusals[0]), HasSubstr("it holds Rust alone"));
}

TEST_F(JudgePreflight, an_object_that_cannot_be_read_or_was_not_looked_at_refuses_the_lane) {
  for (const std::string& output :
       {R"({"objects":[{"file":")" + scene_.module_file + R"(","error":"no ELF"}]})",
        std::string(R"({"objects":[]})"), std::string(R"({"objects":7})"), std::string("{"),
        std::string()}) {
    scene_.good_until("preflight");
    scene_.add(scene_.bare("inspect", facts::Exited{0}, output));
    const Preflight preflight =
        judge_preflight(scene_.configuration, scene_.instrumentation, scene_.results);
    ASSERT_FALSE(preflight.refusals.empty()) << output;
    EXPECT_EQ(preflight.refusals[0].code, "XP3107") << output;
  }
}

TEST_F(JudgePreflight, an_import_error_refuses_the_lane_with_its_message) {
  scene_.import_error = "ImportError: undefined symbol: foo";

  const Preflight preflight = judge();

  ASSERT_EQ(preflight.refusals.size(), 1u);
  EXPECT_EQ(preflight.refusals[0].code, "XP3108");
  EXPECT_THAT(render_refusal(preflight.refusals[0]), HasSubstr("undefined symbol: foo"));
}

TEST_F(JudgePreflight, a_process_that_dies_importing_is_told_with_its_reports) {
  scene_.dies_importing = true;
  scene_.preflight_end = facts::Exited{99};
  scene_.import_log = canary_report("init /project/src/a.c:3:1");

  const Preflight preflight = judge();

  EXPECT_THAT(preflight.refusals, IsEmpty());
  EXPECT_EQ(preflight.died_importing, "demo._core");
  ASSERT_EQ(preflight.reports_of_import.size(), 1u);
  EXPECT_EQ(preflight.reports_of_import[0].report.stacks[0].frames[0].function, "init");
}

TEST_F(JudgePreflight, only_the_modules_asked_for_are_judged) {
  scene_.modules = R"({"name":"demo","native":[{"module":"demo._core","file":"demo/_core.so"},)"
                   R"({"module":"demo._other","file":"demo/_other.so"}]})";
  EXPECT_THAT(refusals(), ElementsAre("XP3107", "XP3105")) << "of _other nothing is known";

  scene_.configuration.modules = {"demo._core"};
  EXPECT_THAT(refusals(), IsEmpty());
}

TEST_F(JudgePreflight, damaged_output_never_makes_a_lane_judge_that_could_not) {
  scene_.canary_log = "";
  scene_.good_until("preflight");
  const facts::StepResult whole = scene_.preflight();
  const std::string inspect(scene_.good("inspect").output.view);
  const std::string out(whole.left[0].text.view);
  for (std::uint32_t seed = 0; seed < 3000; ++seed) {
    std::mt19937 random(seed);
    const auto damage = [&random](std::string text) {
      const std::vector<std::string> pieces = {"7", "null", "[]", "{}", "\"", "-1", "true", "\xff"};
      for (int i = 0; i < 3; ++i) {
        // Values, most of the time, so that the text stays JSON.
        const std::size_t at = text.find(':', random() % text.size());
        const std::size_t begin = at == std::string::npos ? 0 : at + 1;
        text.replace(begin, text.find_first_of(",}\n", begin) - begin,
                     pieces[random() % pieces.size()]);
      }
      return text;
    };
    facts::StepResult damaged = whole;
    damaged.left[0].text = facts::make_text(damage(out));
    scene_.add(damaged);
    scene_.add(scene_.bare("inspect", facts::Exited{0}, damage(inspect)));
    scene_.add(scene_.bare("modules", facts::Exited{0}, damage(scene_.modules)));

    EXPECT_FALSE(judge_preflight(scene_.configuration, scene_.instrumentation, scene_.results)
                     .refusals.empty())
        << damaged.left[0].text.view;
  }
}

TEST(ParseInstalled, nonsense_gives_an_empty_package) {
  for (const char* text : {"", "[]", "{", "5", "{\"native\":5,\"top_level\":{}}", "\xff"}) {
    facts::StepResult result;
    result.output = facts::make_text(text);
    const InstalledPackage package = parse_installed(result, "/site");
    EXPECT_TRUE(package.native.empty()) << text;
    EXPECT_TRUE(package.top_level.empty()) << text;
  }
}

}  // namespace
}  // namespace extproof::engines
