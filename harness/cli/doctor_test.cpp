// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/doctor.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/cli/lanes.hpp"
#include "harness/facts/schema_versions.hpp"
#include "harness/testing/golden.hpp"
#include "harness/testing/sample_machine.hpp"

namespace extproof::cli {
namespace {

std::string golden(const std::string& name, const facts::Toolchain& machine) {
  return testing::golden_difference(EXTPROOF_SOURCE_DIR "/harness/cli/testdata/" + name,
                                    render_diagnosis(diagnose(machine, all_lanes()), machine));
}

// clang without its runtimes, a gcc without C++, unusual interpreters, no tool.
facts::Toolchain poor_machine() {
  facts::Toolchain machine = testing::sample_machine();
  machine.compilers = {testing::sample_clang(), testing::sample_gcc()};
  machine.compilers[0].runtimes = {};
  machine.compilers[1].runtimes.ubsan.clear();
  machine.compilers[1].cxx.clear();
  facts::Interpreter debug = testing::sample_python("3.13.0");
  debug.debug = true;
  facts::Interpreter threads = testing::sample_python("3.14.0");
  threads.free_threaded = true;
  facts::Interpreter no_headers = testing::sample_python("3.11.2");
  no_headers.headers = false;
  facts::Interpreter asan = testing::sample_python("3.12.1");
  asan.instrumented = "asan";
  asan.path = "/path\nwith a \x1b[31mline";
  machine.interpreters = {threads, debug, asan, no_headers};
  machine.tools.clear();
  return machine;
}

TEST(Doctor, a_machine_with_everything_is_described_as_accepted) {
  EXPECT_EQ(golden("doctor_whole.txt", testing::sample_machine()), "");
}

TEST(Doctor, what_is_missing_is_told_with_its_cost_and_its_command) {
  EXPECT_EQ(golden("doctor_poor.txt", poor_machine()), "");
}

TEST(Doctor, an_empty_machine_is_described_as_accepted) {
  EXPECT_EQ(golden("doctor_empty.txt", {}), "");
}

TEST(Doctor, everything_that_is_missing_says_what_that_costs) {
  for (const facts::Toolchain& machine : {poor_machine(), facts::Toolchain{}}) {
    const Diagnosis diagnosis = diagnose(machine, all_lanes());
    for (const auto& rows :
         {diagnosis.compilers, diagnosis.interpreters, diagnosis.tools, diagnosis.lanes}) {
      for (const DoctorRow& row : rows) {
        EXPECT_EQ(row.found, row.disables.empty()) << row.what;
      }
    }
  }
}

TEST(Doctor, the_json_says_the_same) {
  const facts::Toolchain machine = poor_machine();
  const Diagnosis diagnosis = diagnose(machine, all_lanes());

  const auto json = nlohmann::json::parse(render_diagnosis_json(diagnosis, machine));

  EXPECT_EQ(json.at("schema"), facts::schema_versions::k_doctor);
  EXPECT_EQ(json.at("lanes").size(), all_lanes().size());
  EXPECT_EQ(json.at("lanes")[1].at("what"), "asan");
  EXPECT_EQ(json.at("compilers")[1].at("what"), "asan runtime");
  EXPECT_EQ(json.at("compilers")[1].at("found"), false);
  EXPECT_EQ(json.at("interpreters").size(), 6u);
  EXPECT_EQ(json.at("kernel"), machine.kernel);
}

TEST(Doctor, parts_without_which_nothing_runs_are_refusals) {
  EXPECT_TRUE(missing_parts(testing::sample_machine()).empty());

  const facts::Refusals missing = missing_parts({});

  ASSERT_EQ(missing.size(), 2u);
  EXPECT_EQ(missing[0].code, "XP1204");
  EXPECT_EQ(missing[1].code, "XP1203");
}

}  // namespace
}  // namespace extproof::cli
