// SPDX-License-Identifier: Apache-2.0
//
// Which findings of recorded logs read as one defect. The same mistake ran under both runtimes.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "harness/engines/conclude.hpp"
#include "harness/engines/sightings.hpp"
#include "harness/testing/sample_machine.hpp"
#include "sanitizers/parsers/log.hpp"

namespace extproof::engines {
namespace {

std::string sample(const std::string& lane, const std::string& compiler, const std::string& name) {
  const auto path = std::filesystem::path(EXTPROOF_SOURCE_DIR) / "sanitizers/testdata" / lane /
                    compiler / ("cause_" + name + ".txt");
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  EXPECT_FALSE(text.str().empty()) << path;
  return text.str();
}

LaneEnd lane(const std::string& name, const std::string& compiler, const std::string& mistake) {
  LaneEnd end;
  end.configuration = testing::sample_configuration();
  end.configuration.name = end.configuration.lane = name;
  end.interpretation.report.name = name;
  end.interpretation.report.outcome = facts::LaneOutcome::failed;
  const Ownership ownership(paths_of(end.configuration), "/project", {});
  const SightingMaker maker(end.configuration, ownership, {});
  const std::string log = sample(name, compiler, mistake);
  for (const facts::Report& report : sanitizers::parse_log(log, "log").reports) {
    end.interpretation.sightings.push_back(maker.of_report(
        {.report = report, .log_path = "", .log_name = "san.1", .test = "a", .python = {}}));
  }
  return end;
}

struct Row {
  std::string name;
  std::string compiler;
  std::size_t groups = 1;
};

class Defects : public ::testing::TestWithParam<Row> {};

TEST_P(Defects, are_as_many_as_mistakes) {
  const Row& row = GetParam();
  const facts::RunReport run =
      conclude({}, {lane("asan", row.compiler, row.name), lane("ubsan", row.compiler, row.name)},
               {}, RunEnd::complete);

  std::set<std::string> groups;
  std::set<std::string> lanes;
  std::string told;
  for (const facts::Finding& finding : run.findings) {
    groups.insert(finding.group);
    for (const facts::Sighting& sighting : finding.sightings) {
      lanes.insert(sighting.lane);
    }
    told += finding.group + " " + std::string(to_string(finding.kind)) + "/" + finding.rule + " " +
            finding.location.file + ":" + std::to_string(finding.location.line) + " " +
            finding.location.function + "\n";
  }
  EXPECT_EQ(groups.size(), row.groups) << told;
  EXPECT_GE(run.findings.size(), 2u) << told;
  EXPECT_EQ(lanes, (std::set<std::string>{"asan", "ubsan"})) << told;
}

std::vector<Row> rows() {
  std::vector<Row> all;
  for (const char* compiler : {"clang-19", "gcc-12"}) {
    for (const char* name : {"null_write", "heap_index", "global_index", "stack_index", "far_index",
                             "divide", "null_copy"}) {
      all.push_back({name, compiler, 1});
    }
    for (const char* name : {"misaligned_overflow", "shifted_overflow"}) {
      all.push_back({name, compiler, 2});
    }
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(recorded, Defects, ::testing::ValuesIn(rows()), [](const auto& row) {
  return row.param.name + (row.param.compiler == "gcc-12" ? "_gcc" : "_clang");
});

TEST(OneCause, is_symmetric_and_needs_the_rule) {
  using facts::FindingKind;
  const auto joins = [](const char* rule, FindingKind kind, const char* other_rule) {
    const bool one = facts::is_one_cause(FindingKind::undefined_behavior, rule, kind, other_rule);
    EXPECT_EQ(one, facts::is_one_cause(kind, other_rule, FindingKind::undefined_behavior, rule));
    return one;
  };

  EXPECT_TRUE(joins("null-pointer-use", FindingKind::crash, "SEGV"));
  EXPECT_FALSE(joins("null-pointer-use", FindingKind::crash, "FPE"));
  EXPECT_FALSE(joins("null-pointer-use", FindingKind::heap_buffer_overflow, ""));
  EXPECT_FALSE(joins("misaligned-pointer-use", FindingKind::crash, "SEGV"));
  EXPECT_FALSE(joins("out-of-bounds-index", FindingKind::use_after_free, ""));
  EXPECT_TRUE(joins("shift", FindingKind::undefined_behavior, "misaligned-pointer-use"));
}

}  // namespace
}  // namespace extproof::engines
