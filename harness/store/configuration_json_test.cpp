// SPDX-License-Identifier: Apache-2.0
#include "harness/store/configuration_json.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/base/text.hpp"

namespace extproof::store {
namespace {

using facts::Configuration;

// Every member that an interpretation reads, each with another value than its default.
Configuration sample() {
  const std::string hostile("\n\"\\ \xff\0\xe2\x80\xae", 10);
  return {.name = "asan/gcc",
          .lane = "asan",
          .run = 7,
          .requested = false,
          .compiler =
              {.family = facts::CompilerFamily::gcc,
               .name = "gcc-12",
               .version = "12.2.0",
               .major = 12,
               .cc = "/usr/bin/gcc",
               .cxx = "/usr/bin/g++",
               .runtimes = {.asan = "/a", .ubsan = "/u", .libstdcxx = "/l", .symbolizer = "/s"}},
          .interpreter = {.path = "/opt/python",
                          .version = "3.13.0",
                          .major = 3,
                          .minor = 13,
                          .tag = "cp313t",
                          .free_threaded = true},
          .key = "asan-gcc-12",
          .project_root = "/project " + hostile,
          .project_name = "demo",
          .flags = {"-DX=\"a b\"", hostile},
          .checks = {"bounds"},
          .modules = {"demo._core"},
          .tests = {"tests", hostile},
          .standing_arguments = {"-m", hostile},
          .pytest_arguments = {"-k", hostile},
          .suppressions = {"s.txt"},
          .test_requires = {"pytest>=8"},
          .leaks = false,
          .timeout = 12.5};
}

TEST(ConfigurationJson, what_an_interpretation_reads_comes_back_equal) {
  const Configuration written = sample();

  const auto read = parse_configuration(render_configuration(written));

  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->name, written.name);
  EXPECT_EQ(read->lane, written.lane);
  EXPECT_EQ(read->run, written.run);
  EXPECT_EQ(read->requested, written.requested);
  EXPECT_EQ(read->compiler.family, written.compiler.family);
  EXPECT_EQ(read->compiler.name, written.compiler.name);
  EXPECT_EQ(read->compiler.version, written.compiler.version);
  EXPECT_EQ(read->compiler.major, written.compiler.major);
  EXPECT_EQ(read->compiler.cc, written.compiler.cc);
  EXPECT_EQ(read->compiler.cxx, written.compiler.cxx);
  EXPECT_EQ(read->compiler.runtimes.asan, written.compiler.runtimes.asan);
  EXPECT_EQ(read->compiler.runtimes.ubsan, written.compiler.runtimes.ubsan);
  EXPECT_EQ(read->compiler.runtimes.libstdcxx, written.compiler.runtimes.libstdcxx);
  EXPECT_EQ(read->compiler.runtimes.symbolizer, written.compiler.runtimes.symbolizer);
  EXPECT_EQ(read->interpreter.path, written.interpreter.path);
  EXPECT_EQ(read->interpreter.version, written.interpreter.version);
  EXPECT_EQ(read->interpreter.major, written.interpreter.major);
  EXPECT_EQ(read->interpreter.minor, written.interpreter.minor);
  EXPECT_EQ(read->interpreter.tag, written.interpreter.tag);
  EXPECT_EQ(read->interpreter.free_threaded, written.interpreter.free_threaded);
  EXPECT_EQ(read->key, written.key);
  EXPECT_EQ(read->project_root, written.project_root);
  EXPECT_EQ(read->project_name, written.project_name);
  EXPECT_EQ(read->flags, written.flags);
  EXPECT_EQ(read->checks, written.checks);
  EXPECT_EQ(read->modules, written.modules);
  EXPECT_EQ(read->tests, written.tests);
  EXPECT_EQ(read->standing_arguments, written.standing_arguments);
  EXPECT_EQ(read->pytest_arguments, written.pytest_arguments);
  EXPECT_EQ(read->suppressions, written.suppressions);
  EXPECT_EQ(read->test_requires, written.test_requires);
  EXPECT_EQ(read->leaks, written.leaks);
  EXPECT_EQ(read->timeout, written.timeout);
}

TEST(ConfigurationJson, the_text_is_one_line_of_utf8) {
  const std::string text = render_configuration(sample());

  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_EQ(base::valid_utf8(text), text);
}

TEST(ConfigurationJson, a_text_that_lacks_a_member_or_has_another_type_is_none) {
  const auto whole = nlohmann::json::parse(render_configuration(sample()));
  for (const auto& member : whole.items()) {
    nlohmann::json without = whole;
    without.erase(member.key());
    // Runs stored by the first versions lack them.
    const bool came_later =
        member.key() == "interpreter_instrumented" || member.key() == "standing_arguments";
    EXPECT_EQ(parse_configuration(without.dump()).has_value(), came_later)
        << "without " << member.key();
    nlohmann::json other = whole;
    other[member.key()] = nlohmann::json{{"other", nullptr}};
    EXPECT_EQ(parse_configuration(other.dump()), std::nullopt) << "with another " << member.key();
  }
}

TEST(ConfigurationJson, nonsense_is_none) {
  for (const char* text : {"", "{", "[]", "5", "{}", "null", "\xff", "{\"family\":5}"}) {
    EXPECT_EQ(parse_configuration(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace extproof::store
