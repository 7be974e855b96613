// SPDX-License-Identifier: Apache-2.0
#include "harness/parsers/faulthandler.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

namespace extproof::parsers {
namespace {

std::filesystem::path testdata() {
  return std::filesystem::path(EXTPROOF_SOURCE_DIR) / "harness/parsers/testdata/faulthandler";
}

std::string sample(const std::string& name) {
  std::ifstream file(testdata() / (name + ".txt"), std::ios::binary);
  EXPECT_TRUE(file.is_open()) << name;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Faulthandler, a_crash_has_its_error_and_the_stacks_of_all_threads) {
  for (const std::string version : {"3.11", "3.13"}) {
    const FaultDump dump = parse_faulthandler(sample("cpython-" + version + "/segv"));

    ASSERT_EQ(dump.fatal_errors.size(), 1u);
    EXPECT_EQ(dump.fatal_errors[0].message, "Segmentation fault");
    EXPECT_EQ(dump.fatal_errors[0].bytes.begin, 0u);
    ASSERT_EQ(dump.stacks.size(), 2u);
    EXPECT_FALSE(dump.stacks[0].is_current);
    ASSERT_NE(dump.current(), nullptr);
    const facts::Stack& stack = dump.current()->stack;
    EXPECT_EQ(stack.role, facts::StackRole::python);
    ASSERT_EQ(stack.frames.size(), 7u);
    EXPECT_EQ(stack.frames[0].function, "string_at");
    EXPECT_EQ(stack.frames[1].function, "read_null");
    EXPECT_EQ(stack.frames[1].file, "/project/crash.py");
    EXPECT_EQ(stack.frames[1].line, 20);
    EXPECT_EQ(stack.frames[1].language, facts::Language::python);
    EXPECT_EQ(stack.frames[6].function, "<module>");
    EXPECT_TRUE(stack.thread.starts_with("0x0000")) << stack.thread;
  }
}

TEST(Faulthandler, a_fatal_error_of_the_interpreter_keeps_its_words) {
  const FaultDump dump = parse_faulthandler(sample("cpython-3.13/fatal"));

  ASSERT_EQ(dump.fatal_errors.size(), 1u);
  EXPECT_EQ(dump.fatal_errors[0].message, "a capsule lost its name");
  ASSERT_NE(dump.current(), nullptr);
  EXPECT_EQ(dump.current()->stack.frames.at(0).function, "main");
}

TEST(Faulthandler, a_deep_stack_is_cut_by_the_interpreter) {
  for (const std::string version : {"3.11", "3.13"}) {
    const FaultDump dump = parse_faulthandler(sample("cpython-" + version + "/deep"));

    ASSERT_NE(dump.current(), nullptr);
    EXPECT_TRUE(dump.current()->is_cut);
    EXPECT_EQ(dump.current()->stack.frames.size(), 100u);
  }
}

TEST(Faulthandler, quotes_and_the_word_line_in_a_file_name_do_not_end_it) {
  const FaultDump dump = parse_faulthandler(sample("cpython-3.13/user"));

  ASSERT_NE(dump.current(), nullptr);
  const facts::Frame& frame = dump.current()->stack.frames.at(0);
  EXPECT_EQ(frame.file, "a \"b\", line 3 in c.py");
  EXPECT_EQ(frame.line, 2);
  EXPECT_EQ(frame.function, "na\\xefve");
  EXPECT_TRUE(dump.fatal_errors.empty());
}

TEST(Faulthandler, names_of_threads_and_the_c_stack_of_3_14_are_read) {
  const FaultDump dump = parse_faulthandler(sample("cpython-3.14/segv"));

  ASSERT_EQ(dump.stacks.size(), 3u);
  EXPECT_EQ(dump.stacks[0].stack.thread, "worker [1]");
  ASSERT_NE(dump.current(), nullptr);
  EXPECT_EQ(dump.current()->stack.thread, "python3.14");
  ASSERT_EQ(dump.current()->stack.frames.size(), 3u);
  EXPECT_EQ(dump.current()->stack.frames[2].file, "");
  EXPECT_TRUE(dump.current()->is_cut);

  const FaultStack& native = dump.stacks[2];
  EXPECT_TRUE(native.is_native);
  EXPECT_TRUE(native.is_cut);
  ASSERT_EQ(native.stack.frames.size(), 5u);
  EXPECT_EQ(native.stack.frames[0].function, "_Py_DumpStack");
  EXPECT_EQ(native.stack.frames[0].language, facts::Language::native);
  EXPECT_EQ(native.stack.frames[1].module, "/usr/lib/libc.so.6");
  EXPECT_EQ(native.stack.frames[1].offset, 0x3c050u);
  EXPECT_EQ(native.stack.frames[2].module, "/project/my \"mod\".so");
  EXPECT_EQ(native.stack.frames[2].function, "fill_row");
  EXPECT_EQ(native.stack.frames[3].module, "/project/gone.so");
  EXPECT_EQ(native.stack.frames[4].module, "");
  const std::vector<std::string> modules = {"numpy._core._multiarray_umath", "_ctypes"};
  EXPECT_EQ(dump.extension_modules, modules);
}

TEST(Faulthandler, a_thread_without_python_code_has_a_stack_without_frames) {
  const FaultDump dump = parse_faulthandler(sample("cpython-3.14/user"));

  ASSERT_EQ(dump.stacks.size(), 2u);
  EXPECT_TRUE(dump.stacks[0].stack.frames.empty());
  EXPECT_FALSE(dump.stacks[0].is_cut);
  EXPECT_TRUE(dump.stacks[1].is_native);
}

TEST(Faulthandler, other_output_around_the_stacks_is_passed_over) {
  const std::string text =
      "collected 3 items\n  File \"a.py\", line 1 in f\nThread 0x1 hello\n"
      "Stack (most recent call first):\n  File \"b.py\", line 2 in g\nmore\n";

  const FaultDump dump = parse_faulthandler(text);

  ASSERT_EQ(dump.stacks.size(), 1u);
  EXPECT_EQ(dump.stacks[0].stack.frames.at(0).file, "b.py");
  const base::ByteRange bytes = dump.stacks[0].bytes;
  EXPECT_EQ(text.substr(bytes.begin, bytes.size()),
            "Stack (most recent call first):\n  File \"b.py\", line 2 in g\n");
}

TEST(Faulthandler, a_stack_at_the_cut_end_of_the_text_says_so) {
  const FaultDump dump =
      parse_faulthandler("Stack (most recent call first):\n  File \"b.py\", line 2 in g");

  ASSERT_EQ(dump.stacks.size(), 1u);
  EXPECT_TRUE(dump.stacks[0].is_cut);
  EXPECT_EQ(dump.stacks[0].stack.frames.size(), 1u);
}

// The ranges are in order, inside the text, and do not overlap.
void expect_law(const std::string& text) {
  std::size_t end = 0;
  for (const FaultStack& stack : parse_faulthandler(text).stacks) {
    ASSERT_GE(stack.bytes.begin, end);
    ASSERT_GT(stack.bytes.end, stack.bytes.begin);
    end = stack.bytes.end;
  }
  ASSERT_LE(end, text.size());
}

TEST(Faulthandler, every_cut_and_every_mutation_of_every_sample_can_be_read) {
  int samples = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(testdata())) {
    if (entry.path().extension() != ".txt")
      continue;
    ++samples;
    const std::string text =
        sample(std::filesystem::relative(entry.path(), testdata()).replace_extension());
    for (std::size_t size = 0; size <= text.size(); ++size)
      expect_law(text.substr(0, size));
    std::mt19937 random(7);
    for (int seed = 0; seed < 300; ++seed) {
      std::string changed = text;
      for (int change = 0; change < 6; ++change) {
        changed[random() % changed.size()] = static_cast<char>(random() % 256);
      }
      expect_law(changed);
    }
  }
  EXPECT_EQ(samples, 12);
}

TEST(Faulthandler, much_noise_is_read_in_linear_time) {
  for (const std::string piece :
       {"  File \"", "Thread 0x", " (most recent call first):\n", "Extension modules: a,",
        "Stack (most recent call first):\n", "\", line 1 in "}) {
    std::string text;
    while (text.size() < 2'000'000)
      text += piece;
    const auto begin = std::chrono::steady_clock::now();
    expect_law(text);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    EXPECT_LT(seconds.count(), 5.0) << piece;
  }
}

}  // namespace
}  // namespace extproof::parsers
