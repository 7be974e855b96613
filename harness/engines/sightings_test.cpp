// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/sightings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "harness/testing/golden.hpp"
#include "harness/testing/sample_machine.hpp"
#include "sanitizers/parsers/log.hpp"

namespace extproof::engines {
namespace {

namespace fs = std::filesystem;
using facts::Finding;
using facts::FindingKind;
using facts::Frame;
using facts::Owner;
using facts::Report;
using facts::Stack;
using facts::StackRole;
using ::testing::ElementsAre;

std::string read(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

const fs::path k_samples = fs::path(EXTPROOF_SOURCE_DIR) / "sanitizers/testdata";

class Sightings : public ::testing::Test {
 protected:
  Finding of(const Report& report, SourceLines lines = {}) const {
    const SightingMaker maker(configuration_, ownership_, std::move(lines));
    return maker
        .of_report({.report = report,
                    .log_path = "/project/.extproof/runs/7/asan/logs/san.1",
                    .log_name = "san.1",
                    .test = "t.py::a",
                    .phase = facts::Phase::call})
        .finding;
  }
  bool concerns(const Report& report) const {
    return SightingMaker(configuration_, ownership_, {}).concerns_extension(report);
  }

  facts::Configuration configuration_ = testing::sample_configuration();
  Ownership ownership_{paths_of(configuration_), "/project", {}};
};

Frame own(const std::string& function, int line, const std::string& file = "/project/src/a.c") {
  return {.function = function, .file = file, .line = line};
}
const Frame k_interpreter = {.function = "list_append", .file = "Objects/listobject.c", .line = 5};
const Frame k_eval = {.function = "_PyEval_EvalFrameDefault", .file = "Python/ceval.c", .line = 9};

Report overflow(Frame frame) {
  return {.kind = FindingKind::heap_buffer_overflow,
          .headline = "heap-buffer-overflow on address 0x504000000078",
          .access = facts::Access::write,
          .access_size = 4,
          .stacks = {{.role = StackRole::access,
                      .access = facts::Access::write,
                      .frames = {std::move(frame), k_eval}}}};
}

TEST_F(Sightings, of_the_recorded_logs_have_these_titles_and_places) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(k_samples)) {
    if (entry.path().extension() == ".txt" && entry.path().filename() != "expected.txt") {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  std::string text;
  for (const fs::path& file : files) {
    const std::string log = read(file);
    text += fs::relative(file, k_samples).string() + "\n";
    for (const Report& report : sanitizers::parse_log(log, "log").reports) {
      const Finding finding = of(report);
      text += "  " + finding.title + "\n    " + to_string(finding.owner) + " " +
              finding.location.file + ":" + std::to_string(finding.location.line) + " " +
              finding.location.function + "\n";
      EXPECT_EQ(finding.title.find("0x5"), std::string::npos) << finding.title;
      EXPECT_EQ(finding.title.find("0x7"), std::string::npos) << finding.title;
    }
  }

  EXPECT_EQ(testing::golden_difference(
                EXTPROOF_SOURCE_DIR "/harness/engines/testdata/sightings.txt", text),
            "");
}

TEST_F(Sightings, a_failed_check_of_the_runtime_is_named_without_the_values_that_it_compared) {
  for (const char* values : {"(0x0, 0x0) (tid=9)", "(0x7ffd8a2b3c40, 0x45e0360e) (tid=4711)"}) {
    const std::string log =
        "==9==AddressSanitizer: CHECK failed: asan_thread.cpp:369 \"((x[0])) == (0)\" " +
        std::string(values) + "\n    #0 0x55 in __asan::CheckUnwind() asan_rtl.cpp.o\n";
    EXPECT_EQ(of(sanitizers::parse_log(log, "log").reports.at(0)).title,
              "CHECK failed: asan_thread.cpp:369 \"((x[0])) == (0)\"");
  }
}

TEST_F(Sightings, both_compilers_give_one_title) {
  const auto title = [&](const std::string& compiler) {
    const std::string log = read(k_samples / "asan" / compiler / "heap_overflow.txt");
    return of(sanitizers::parse_log(log, "log").reports.at(0)).title;
  };

  EXPECT_EQ(title("clang-19"), "write of 4 bytes, right after a 40-byte region");
  EXPECT_EQ(title("gcc-12"), title("clang-19"));
}

TEST_F(Sightings, a_leak_counts_its_bytes_in_whole_words) {
  Report leak = {.kind = FindingKind::leak, .leaked_bytes = 1, .leaked_objects = 1};
  EXPECT_EQ(of(leak).title, "1 byte in 1 allocation was lost");
  leak.leaked_bytes = 48;
  EXPECT_EQ(of(leak).title, "48 bytes in 1 allocation were lost");
  leak.leaked_objects = 3;
  EXPECT_EQ(of(leak).title, "48 bytes in 3 allocations were lost");
}

TEST_F(Sightings, functions_are_named_without_their_parameters) {
  const std::vector<std::pair<std::string, std::string>> names = {
      {"fill_row", "fill_row"},
      {"fill_row(int*, long)", "fill_row"},
      {"(anonymous namespace)::fill(int)", "(anonymous namespace)::fill"},
      {"ns::(anonymous namespace)::A::f() const", "ns::(anonymous namespace)::A::f"},
      {"A::operator()(int) const", "A::operator()"},
      {"A::operator<<(int)", "A::operator<<"},
      {"void call<int (*)(int)>(int (*)(int))", "void call<int (*)(int)>"},
      {"std::function<int (int)>::operator()(int) const", "std::function<int (int)>::operator()"},
      {"run()::{lambda(int)#1}::operator()(int) const", "run()::{lambda(int)#1}::operator()"},
      {"(", "("},
      {"operator", "operator"},
      {"f(((", "f"},
      {"", ""},
  };
  for (const auto& [reported, name] : names) {
    EXPECT_EQ(of(overflow(own(reported, 3))).location.function, name) << reported;
  }
}

TEST_F(Sightings, a_fingerprint_survives_lines_that_moved) {
  const SourceLines before = {{{"/project/src/a.c", 10}, {"a[i] = 0;", 0}}};
  const SourceLines after = {{{"/project/src/a.c", 99}, {"a[i] = 0;", 0}}};

  EXPECT_EQ(of(overflow(own("f", 10)), before).fingerprint,
            of(overflow(own("f", 99)), after).fingerprint);
}

TEST_F(Sightings, another_defect_has_another_fingerprint) {
  const SourceLines lines = {{{"/project/src/a.c", 10}, {"a[i] = 0;", 0}},
                             {{"/project/src/a.c", 11}, {"a[i] = 0;", 1}},
                             {{"/project/src/a.c", 12}, {"b[i] = 0;", 0}}};
  const Report base = overflow(own("f", 10));
  Report kind = base;
  kind.kind = FindingKind::use_after_free;
  Report rule = base;
  rule.rule = "x";
  Report access = base;
  access.stacks[0].access = facts::Access::read;
  std::vector<std::string> prints;
  for (const Report& report :
       {base, kind, rule, access, overflow(own("g", 10)), overflow(own("f", 11)),
        overflow(own("f", 12)), overflow(own("f", 10, "/project/src/b.c"))}) {
    prints.push_back(of(report, lines).fingerprint);
    EXPECT_EQ(prints.back().size(), 32u);
  }
  std::sort(prints.begin(), prints.end());

  EXPECT_EQ(std::unique(prints.begin(), prints.end()), prints.end());
}

TEST_F(Sightings, one_place_in_any_of_our_copies_is_one_finding) {
  const std::string tree = paths_of(configuration_).folder.tree();

  EXPECT_EQ(of(overflow(own("f(int)", 10, tree + "/src/a.c"))).fingerprint,
            of(overflow(own("f", 10))).fingerprint);
}

TEST_F(Sightings, a_fault_inside_of_the_interpreter_belongs_to_who_freed_too_early) {
  const Report report = {
      .kind = FindingKind::use_after_free,
      .stacks = {{.role = StackRole::access, .frames = {k_interpreter, k_eval, own("f", 1)}},
                 {.role = StackRole::free, .frames = {own("drop", 7), k_eval}},
                 {.role = StackRole::allocation, .frames = {own("make", 2), k_eval}}}};

  const Finding finding = of(report);

  EXPECT_EQ(finding.owner, Owner::extension);
  EXPECT_EQ(finding.severity, "error");
  EXPECT_EQ(finding.location.function, "drop");
  EXPECT_EQ(finding.location.line, 7);
}

// A module of Cython: a helper of Cython's own, called from two lines of the source.
class SightingsOfCython : public Sightings {
 protected:
  static Frame generated(int line) { return own("__pyx_f", line, "/project/spam/core.c"); }
  static SourceLine line_of(int number) {
    return {.text = "c text",
            .generated = true,
            .source = "/project/spam/core.pyx",
            .source_line = number};
  }
  const SourceLines lines_ = {
      {{"/project/spam/core.c", 900}, {.text = "helper();", .generated = true}},
      {{"/project/spam/core.c", 500}, line_of(8)},
      {{"/project/spam/core.c", 600}, line_of(12)},
      {{"/project/spam/core.pyx", 8}, {.text = "self.data[i] = v"}},
      {{"/project/spam/core.pyx", 12}, {.text = "self.fill(i)"}},
  };
  Report report_ = {.kind = FindingKind::heap_buffer_overflow,
                    .stacks = {{.frames = {generated(900), generated(500), generated(600)}}}};
};

TEST_F(SightingsOfCython, stand_at_the_line_that_was_written) {
  const Finding finding = of(report_, lines_);

  EXPECT_EQ(finding.location.file, "spam/core.pyx");
  EXPECT_EQ(finding.location.line, 8);
  const Frame& frame = finding.stacks[0].frames[2];
  EXPECT_EQ(frame.file, "spam/core.pyx");
  EXPECT_EQ(frame.line, 12);
  EXPECT_TRUE(frame.own);
  EXPECT_EQ(frame.generated_file, "spam/core.c");
  EXPECT_EQ(frame.generated_line, 600);
  EXPECT_EQ(finding.stacks[0].frames[0].file, "spam/core.c");
  EXPECT_EQ(finding.stacks[0].frames[0].generated_file, "");
}

TEST_F(SightingsOfCython, survive_another_version_of_cython) {
  SourceLines later = lines_;
  later[{"/project/spam/core.c", 501}] = line_of(8);
  Report moved = report_;
  moved.stacks[0].frames[1] = generated(501);

  EXPECT_EQ(of(moved, later).fingerprint, of(report_, lines_).fingerprint);
}

TEST_F(SightingsOfCython, of_undefined_behaviour_stand_there_as_well) {
  const Report report = {.kind = FindingKind::undefined_behavior, .where = generated(500)};

  EXPECT_EQ(of(report, lines_).location.file, "spam/core.pyx");
  EXPECT_EQ(of(report, lines_).location.line, 8);
}

TEST_F(SightingsOfCython, stand_in_the_helper_where_no_line_was_written) {
  report_.stacks[0].frames = {generated(900)};

  EXPECT_EQ(of(report_, lines_).location.file, "spam/core.c");
  EXPECT_EQ(of(report_, lines_).location.line, 900);
}

TEST_F(Sightings, of_a_leak_are_all_tests_that_allocated_it) {
  const SightingMaker maker(configuration_, ownership_, {});
  SeenReport seen = {
      .report = {.kind = FindingKind::leak,
                 .stacks = {{.role = StackRole::allocation, .frames = {own("grow", 3)}}}},
      .phase = facts::Phase::finish};
  EXPECT_EQ(maker.of_report(seen).finding.sightings.at(0).phase, facts::Phase::finish);
  seen.allocated = {{"t.py", facts::Phase::import}, {"t.py::a", facts::Phase::call}};

  const Finding finding = maker.of_report(seen).finding;

  ASSERT_EQ(finding.sightings.size(), 2u);
  EXPECT_EQ(finding.sightings[0].test, "t.py");
  EXPECT_EQ(finding.sightings[0].phase, facts::Phase::import);
  EXPECT_EQ(finding.sightings[1].test, "t.py::a");
  EXPECT_EQ(finding.sightings[1].phase, facts::Phase::call);
  EXPECT_THAT(finding.again, ElementsAre("extproof", "run", "asan", "--", "t.py"));
}

TEST_F(Sightings, what_is_of_others_alone_is_a_warning) {
  const Finding finding = of(overflow(k_interpreter));

  EXPECT_EQ(finding.owner, Owner::interpreter);
  EXPECT_EQ(finding.severity, "warning");
  EXPECT_EQ(finding.location.file, "Objects/listobject.c");
}

TEST_F(Sightings, a_report_without_stacks_counts_against_the_extension) {
  const Finding finding = of({.kind = FindingKind::unknown, .headline = "something"});

  EXPECT_EQ(finding.owner, Owner::extension);
  EXPECT_EQ(finding.severity, "error");
  EXPECT_EQ(finding.location, facts::Location{});
  EXPECT_EQ(finding.title, "something");
}

TEST_F(Sightings, undefined_behaviour_stands_where_its_runtime_says) {
  Report report = {.kind = FindingKind::undefined_behavior,
                   .rule = "shift",
                   .headline = "shift exponent 40 is too large",
                   .stacks = {{.frames = {own("inlined", 1, "/project/src/b.h"), k_eval}}},
                   .where = Frame{.file = "src/a.c", .line = 60, .column = 28}};
  const Finding finding = of(report);
  EXPECT_EQ(finding.location.file, "src/a.c");
  EXPECT_EQ(finding.location.line, 60);
  EXPECT_EQ(finding.location.function, "inlined");

  report.stacks.clear();
  EXPECT_EQ(of(report).owner, Owner::extension);

  report.where->file = "/usr/include/c++/12/vector";
  report.stacks = {{.frames = {own("caller", 4)}}};
  EXPECT_EQ(of(report).location.function, "caller") << "a header of others is the caller's doing";
}

TEST_F(Sightings, a_leak_concerns_the_extension_only_with_a_frame_of_it) {
  Report leak = {.kind = FindingKind::leak,
                 .stacks = {{.role = StackRole::allocation, .frames = {k_interpreter, k_eval}}}};
  EXPECT_FALSE(concerns(leak));
  leak.stacks[0].frames.push_back(own("f", 1));
  EXPECT_TRUE(concerns(leak));
  leak.kind = FindingKind::heap_buffer_overflow;
  leak.stacks.clear();
  EXPECT_TRUE(concerns(leak));
}

TEST_F(Sightings, frames_of_the_project_are_shown_by_their_project_path) {
  const Finding finding = of(overflow(own("f", 3)));

  ASSERT_EQ(finding.stacks[0].frames.size(), 2u);
  EXPECT_EQ(finding.stacks[0].frames[0].file, "src/a.c");
  EXPECT_TRUE(finding.stacks[0].frames[0].own);
  EXPECT_FALSE(finding.stacks[0].frames[1].own);
}

TEST_F(Sightings, one_says_where_it_was_seen_and_how_to_see_it_again) {
  const Finding finding = of(overflow(own("f", 3)));

  ASSERT_EQ(finding.sightings.size(), 1u);
  EXPECT_EQ(finding.sightings[0].lane, "asan");
  EXPECT_EQ(finding.sightings[0].test, "t.py::a");
  EXPECT_EQ(finding.sightings[0].log, ".extproof/runs/7/asan/logs/san.1");
  EXPECT_THAT(finding.again, ElementsAre("extproof", "run", "asan", "--", "t.py::a"));
}

TEST_F(Sightings, a_crash_and_a_hang_are_errors_whoever_stands_in_their_stacks) {
  const SightingMaker maker(configuration_, ownership_, {});
  const std::vector<Stack> stacks = {{.role = StackRole::python,
                                      .frames = {{.language = facts::Language::python,
                                                  .function = "test_a",
                                                  .file = "/project/tests/t.py",
                                                  .line = 4}}}};

  const Finding crash =
      maker.of_crash("ended by SIGSEGV", "t.py::a", facts::Phase::call, stacks, "").finding;
  const Finding late = maker.of_late_crash("ended by SIGSEGV", {}, "").finding;
  const Finding hang =
      maker.of_hang({.seconds = 120.4}, "t.py::a", facts::Phase::call, {}, "").finding;

  EXPECT_EQ(crash.kind, FindingKind::crash);
  EXPECT_EQ(crash.title, "the process was ended by SIGSEGV without a sanitizer's report");
  EXPECT_EQ(crash.location.file, "tests/t.py");
  EXPECT_EQ(late.kind, FindingKind::finalization_crash);
  EXPECT_EQ(late.title, "every test had ended when the process was ended by SIGSEGV");
  EXPECT_THAT(late.again, ElementsAre("extproof", "run", "asan"));
  EXPECT_EQ(hang.title, "no test finished for 120 s");
  for (const Finding& finding : {crash, late, hang}) {
    EXPECT_EQ(finding.severity, "error");
    EXPECT_EQ(finding.owner, Owner::extension);
  }
}

TEST_F(Sightings, tests_that_crash_in_different_ways_are_different_findings) {
  const SightingMaker maker(configuration_, ownership_, {});
  const auto crash = [&](const std::string& what, const std::string& test) {
    return maker.of_crash(what, test, facts::Phase::call, {}, "").finding.fingerprint;
  };

  EXPECT_NE(crash("ended by SIGSEGV", "a"), crash("ended by SIGABRT", "a"));
}

TEST(SourceLines, what_the_step_printed_is_read) {
  const SourceLines lines =
      parse_source_lines(R"({"places":[{"file":"a.c","line":3,"text":"x = 1;","ordinal":2},)"
                         R"({"file":"a.c","line":4,"text":null}]})");

  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines.at({"a.c", 3}).text, "x = 1;");
  EXPECT_EQ(lines.at({"a.c", 3}).ordinal, 2);
}

TEST(SourceLines, of_generated_files_name_their_source) {
  const SourceLines lines =
      parse_source_lines(R"({"places":[{"file":"a.c","line":3,"text":"x;","ordinal":0,)"
                         R"("origin":{"file":"/tree/a.pyx","line":2,"text":"x","ordinal":1}},)"
                         R"({"file":"a.c","line":9,"text":"y;","ordinal":0,"origin":null}]})");

  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines.at({"a.c", 3}).source, "/tree/a.pyx");
  EXPECT_EQ(lines.at({"a.c", 3}).source_line, 2);
  EXPECT_EQ(lines.at({"/tree/a.pyx", 2}).ordinal, 1);
  EXPECT_FALSE(lines.at({"/tree/a.pyx", 2}).generated);
  EXPECT_TRUE(lines.at({"a.c", 9}).generated);
  EXPECT_EQ(lines.at({"a.c", 9}).source, "");
}

TEST(SourceLines, nonsense_gives_none) {
  for (const char* text :
       {"", "{", "[]", "{}", R"({"places":5})", R"({"places":[5,null,{}]})",
        R"({"places":[{"file":1,"line":3,"text":"x"}]})",
        R"({"places":[{"file":"a","line":"three","text":"x","ordinal":[]}]})", "\xff"}) {
    EXPECT_LE(parse_source_lines(text).size(), 1u) << text;
  }
}

}  // namespace
}  // namespace extproof::engines
