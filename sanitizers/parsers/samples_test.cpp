// SPDX-License-Identifier: Apache-2.0
//
// What the parsers see in every sample, as a golden file, and the law of ParsedLog on each sample,
// on every beginning of it and on mutations.

#include <gtest/gtest.h>

#include <algorithm>

#include "harness/testing/golden.hpp"
#include "sanitizers/parsers/asan_report.hpp"
#include "sanitizers/parsers/log.hpp"
#include "sanitizers/parsers/lsan_report.hpp"
#include "sanitizers/parsers/sample_for_test.hpp"
#include "sanitizers/parsers/ubsan_report.hpp"

namespace extproof::sanitizers {
namespace {

// "asan/clang-19/heap_overflow", ...
std::vector<std::string> all_samples() {
  std::vector<std::string> names;
  for (const std::string runtime : {"asan", "lsan", "ubsan"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(testdata() / runtime)) {
      if (entry.path().extension() != ".txt")
        continue;
      names.push_back(std::filesystem::relative(entry.path(), testdata()).replace_extension());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string place_of(const facts::Frame& frame) {
  const std::string file = std::filesystem::path(frame.file).filename();
  if (!file.empty())
    return file + ":" + std::to_string(frame.line);
  return frame.module.empty() ? "" : std::filesystem::path(frame.module).filename().string();
}

// The role, and the frames of the sample's own source.
std::string render(const facts::Stack& stack) {
  std::string text = std::string("    ") + to_string(stack.role);
  if (!stack.thread.empty())
    text += " " + stack.thread;
  text += " " + std::to_string(stack.frames.size()) + " frames";
  int shown = 0;
  for (const facts::Frame& frame : stack.frames) {
    const std::string source = std::filesystem::path(frame.file).filename();
    if (!std::filesystem::exists(testdata() / "sources" / source) || source.empty())
      continue;
    if (++shown > 3)
      continue;
    text += ", " + frame.function + " " + place_of(frame);
  }
  return text + "\n";
}

std::string render(const std::string& name, const ParsedLog& parsed) {
  std::string text = name + "\n";
  for (const facts::Report& report : parsed.reports) {
    text += "  " + kind_of(report);
    if (report.access != facts::Access::none)
      text += std::string(" ") + to_string(report.access);
    if (report.access_size > 0)
      text += " of " + std::to_string(report.access_size);
    if (report.leaked_bytes > 0) {
      text += std::string(report.indirect ? " indirect " : " direct ") +
              std::to_string(report.leaked_bytes) + " in " + std::to_string(report.leaked_objects);
    }
    if (report.where)
      text += " at " + place_of(*report.where);
    if (report.incomplete)
      text += ", incomplete";
    text += "\n";
    for (const facts::Stack& stack : report.stacks)
      text += render(stack);
  }
  for (const facts::Problem& problem : parsed.problems)
    text += "  " + problem.code + "\n";
  for (const base::ByteRange& range : parsed.unclaimed) {
    text += "  " + std::to_string(range.size()) + " bytes unclaimed\n";
  }
  return text;
}

TEST(Samples, hold_the_reports_of_the_golden_file) {
  std::string seen;
  for (const std::string& name : all_samples())
    seen += render(name, parse_log(sample(name), name));

  EXPECT_EQ(extproof::testing::golden_difference(testdata() / "expected.txt", seen), "");
}

void expect_law(const std::string& log, const std::string& what) {
  using Parse = ParsedLog (*)(std::string_view, std::string_view);
  for (const Parse parse : {&parse_log, &parse_asan_log, &parse_lsan_log, &parse_ubsan_log}) {
    ASSERT_TRUE(claims_each_byte_once(parse(log, "log"), log.size())) << what;
  }
}

class Sample : public ::testing::TestWithParam<std::string> {};

TEST_P(Sample, keeps_the_law_for_every_parser) {
  expect_law(sample(GetParam()), GetParam());
}

TEST_P(Sample, keeps_the_law_wherever_it_is_cut) {
  const std::string log = sample(GetParam());
  const std::size_t step = log.size() <= 1500 ? 1 : 1 + log.size() / 400;
  for (std::size_t size = 0; size < log.size(); size += step) {
    const std::string cut = log.substr(0, size);
    const ParsedLog parsed = parse_log(cut, "log");
    ASSERT_TRUE(claims_each_byte_once(parsed, size)) << GetParam() << " cut at " << size;
  }
}

// Only the last report can suffer from a cut: those before it stay as they are.
TEST_P(Sample, has_the_same_reports_before_the_one_that_is_cut) {
  const std::string log = sample(GetParam());
  const std::vector<std::string> whole = kinds(parse_log(log, "log").reports);
  const std::size_t step = 1 + log.size() / 100;
  for (std::size_t size = 0; size < log.size(); size += step) {
    std::vector<std::string> cut = kinds(parse_log(log.substr(0, size), "log").reports);
    ASSERT_LE(cut.size(), whole.size()) << GetParam() << " cut at " << size;
    if (!cut.empty())
      cut.pop_back();
    ASSERT_TRUE(std::equal(cut.begin(), cut.end(), whole.begin())) << GetParam() << " at " << size;
  }
}

TEST_P(Sample, keeps_the_law_when_bytes_change) {
  const std::string log = sample(GetParam());
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    expect_law(mutated(log, seed), GetParam() + " with seed " + std::to_string(seed));
  }
}

TEST_P(Sample, means_the_same_with_carriage_returns) {
  const std::string log = sample(GetParam());
  std::string returned;
  for (const char c : log) {
    if (c == '\n')
      returned += '\r';
    returned += c;
  }

  const ParsedLog parsed = parse_log(returned, "log");

  EXPECT_EQ(kinds(parsed.reports), kinds(parse_log(log, "log").reports));
  EXPECT_TRUE(claims_each_byte_once(parsed, returned.size()));
}

INSTANTIATE_TEST_SUITE_P(all, Sample, ::testing::ValuesIn(all_samples()), [](const auto& row) {
  std::string name = row.param;
  std::replace_if(name.begin(), name.end(), [](char c) { return c == '/' || c == '-'; }, '_');
  return name;
});

}  // namespace
}  // namespace extproof::sanitizers
