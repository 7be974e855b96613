// SPDX-License-Identifier: Apache-2.0
#include "harness/parsers/frames.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace extproof::parsers {
namespace {

struct Row {
  std::string name;
  std::string line;
  facts::Frame expected;
};

// The lines come from clang 19 and gcc 12, with other names and places.
const std::vector<Row> k_rows = {
    {"a_function_with_parameters_and_an_absolute_file",
     "    #0 0x55f6 in fn(int, char) /path/file.c:12:5",
     {.function = "fn(int, char)", .file = "/path/file.c", .line = 12, .column = 5}},
    {"a_function_with_a_relative_file_and_no_column",
     "    #10 0x55f6 in main src/file.c:12",
     {.function = "main", .file = "src/file.c", .line = 12}},
    {"a_file_above_the_build_folder",
     "    #2 0x7f in __libc_start_call_main ../sysdeps/nptl/libc_start_call_main.h:58",
     {.function = "__libc_start_call_main",
      .file = "../sysdeps/nptl/libc_start_call_main.h",
      .line = 58}},
    {"a_file_without_a_line",
     "    #1 0x7f in asan_thread_start(void*) asan_interceptors.cpp.o",
     {.function = "asan_thread_start(void*)", .file = "asan_interceptors.cpp.o"}},
    {"a_module_without_a_function",
     "    #1 0x7f  (/lib/libc.so.6+0x27249)",
     {.module = "/lib/libc.so.6", .offset = 0x27249}},
    {"a_module_with_a_build_id",
     "    #1 0x7f  (/lib/libc.so.6+0x27249) (BuildId: 93ac61ec)",
     {.module = "/lib/libc.so.6", .offset = 0x27249}},
    {"a_function_in_a_module",
     "    #0 0x7f in operator new(unsigned long) (/a/mod.so+0x1f)",
     {.function = "operator new(unsigned long)", .module = "/a/mod.so", .offset = 0x1f}},
    {"a_function_in_a_module_with_a_build_id",
     "    #0 0x7f in malloc (/a/mod.so+0x1f) (BuildId: abcd)",
     {.function = "malloc", .module = "/a/mod.so", .offset = 0x1f}},
    {"an_unknown_module", "    #0 0x1234  (<unknown module>)", {}},
    {"an_address_alone", "    #0 0x1234", {}},
    {"a_function_alone", "    #0 0x1234 in start_thread", {.function = "start_thread"}},
    {"a_function_with_parameters_alone",
     "    #0 0x12 in a::b(int) const",
     {.function = "a::b(int) const"}},
    {"an_object_of_the_kernel",
     "    #3 0x7ffd  (linux-vdso.so.1+0x6c1)",
     {.module = "linux-vdso.so.1", .offset = 0x6c1}},
    {"a_call_operator_of_a_lambda_of_clang",
     "    #1 0x5 in (anonymous namespace)::f()::$_0::operator()(int, std::string const&) const "
     "/project/a.cpp:47:63",
     {.function = "(anonymous namespace)::f()::$_0::operator()(int, std::string const&) const",
      .file = "/project/a.cpp",
      .line = 47,
      .column = 63}},
    {"a_call_operator_of_a_lambda_of_gcc",
     "    #1 0x5 in operator()(int) const src/a.cpp:47",
     {.function = "operator()(int) const", .file = "src/a.cpp", .line = 47}},
    {"a_lambda_in_a_lambda",
     "    #1 0x5 in f(int)::{lambda(int)#1}::operator()(int) const::{lambda()#2}::operator()() "
     "const "
     "src/a.cpp:9",
     {.function =
          "f(int)::{lambda(int)#1}::operator()(int) const::{lambda()#2}::operator()() const",
      .file = "src/a.cpp",
      .line = 9}},
    {"a_template_with_its_return_type",
     "    #1 0x5 in std::vector<int, std::allocator<int>> make<int, 3ul>(int&&) src/a.hpp:3:4",
     {.function = "std::vector<int, std::allocator<int>> make<int, 3ul>(int&&)",
      .file = "src/a.hpp",
      .line = 3,
      .column = 4}},
    {"operators_with_angles",
     "    #1 0x5 in a::operator<<(std::ostream&, a::b const&) src/a.cpp:3",
     {.function = "a::operator<<(std::ostream&, a::b const&)", .file = "src/a.cpp", .line = 3}},
    {"operators_with_angles_and_an_absolute_file",
     "    #1 0x5 in a::operator<(a::b const&, a::b const&) /a.cpp:3",
     {.function = "a::operator<(a::b const&, a::b const&)", .file = "/a.cpp", .line = 3}},
    {"a_division_operator",
     "    #1 0x5 in operator/(a const&, b const&) /a.cpp:3",
     {.function = "operator/(a const&, b const&)", .file = "/a.cpp", .line = 3}},
    {"a_clone_that_the_compiler_made",
     "    #1 0x5 in fn(int) [clone .part.0] src/a.cpp:3",
     {.function = "fn(int) [clone .part.0]", .file = "src/a.cpp", .line = 3}},
    {"a_function_in_the_anonymous_namespace",
     "    #1 0x5 in (anonymous namespace)::Row::operator=(int) a.cpp:34:15",
     {.function = "(anonymous namespace)::Row::operator=(int)",
      .file = "a.cpp",
      .line = 34,
      .column = 15}},
    {"a_function_that_returns_a_function",
     "    #1 0x5 in void (*pick<int>(int))(char) src/a.cpp:3",
     {.function = "void (*pick<int>(int))(char)", .file = "src/a.cpp", .line = 3}},
    {"a_path_with_spaces_colons_and_brackets",
     "    #1 0x5 in fn(int) /my dir (1)/c:12/a b.c:3:4",
     {.function = "fn(int)", .file = "/my dir (1)/c:12/a b.c", .line = 3, .column = 4}},
    {"a_relative_path_with_spaces",
     "    #1 0x5 in fn(int) my dir/a b.c:3",
     {.function = "fn(int)", .file = "my dir/a b.c", .line = 3}},
    {"a_module_with_spaces_and_brackets",
     "    #1 0x5 in fn (/my dir (1)/a b.so+0x3)",
     {.function = "fn", .module = "/my dir (1)/a b.so", .offset = 3}},
    {"a_template_argument_that_names_a_path",
     "    #1 0x5 in call<(lambda at /a/b.cpp:1:2)>(int) /a/b.cpp:3",
     {.function = "call<(lambda at /a/b.cpp:1:2)>(int)", .file = "/a/b.cpp", .line = 3}},
    {"a_frame_of_thread_sanitizer",
     "    #0 fn(int) /a/b.cpp:3:4 (mod.so+0x12) (BuildId: ab)",
     {.function = "fn(int)",
      .file = "/a/b.cpp",
      .line = 3,
      .column = 4,
      .module = "mod.so",
      .offset = 0x12}},
    {"a_frame_of_thread_sanitizer_without_lines",
     "    #0 main <null> (mod.so+0x12)",
     {.function = "main", .module = "mod.so", .offset = 0x12}},
    {"a_function_of_rust",
     "    #4 0x5 in <alloc::vec::Vec<T> as core::ops::Drop>::drop /rustc/9fc6b4/vec.rs:3:9",
     {.function = "<alloc::vec::Vec<T> as core::ops::Drop>::drop",
      .file = "/rustc/9fc6b4/vec.rs",
      .line = 3,
      .column = 9}},
    {"a_line_number_that_does_not_fit",
     "    #0 0x1 in f /a.c:99999999999999",
     {.function = "f", .file = "/a.c:99999999999999"}},
    {"a_line_with_spaces_behind_it",
     "#0 0x1 in f /a.c:3  ",
     {.function = "f", .file = "/a.c", .line = 3}},
};

class FrameRow : public ::testing::TestWithParam<Row> {};

TEST_P(FrameRow, is_read) {
  const Row& row = GetParam();

  const std::optional<facts::Frame> frame = parse_frame(row.line);

  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(frame->function, row.expected.function);
  EXPECT_EQ(frame->file, row.expected.file);
  EXPECT_EQ(frame->line, row.expected.line);
  EXPECT_EQ(frame->column, row.expected.column);
  EXPECT_EQ(frame->module, row.expected.module);
  EXPECT_EQ(frame->offset, row.expected.offset);
  EXPECT_EQ(frame->language, facts::Language::native);
}

TEST_P(FrameRow, is_a_frame_wherever_it_is_cut_behind_its_number) {
  const std::string line = GetParam().line;
  const std::size_t number = line.find(' ', line.find('#'));
  for (std::size_t size = number; size < line.size(); ++size) {
    EXPECT_TRUE(parse_frame(line.substr(0, size)).has_value()) << line.substr(0, size);
  }
}

INSTANTIATE_TEST_SUITE_P(rows, FrameRow, ::testing::ValuesIn(k_rows),
                         [](const auto& row) { return row.param.name; });

TEST(Frame, other_lines_are_none) {
  for (const std::string_view line :
       {"", "#", "# 1 0x1", "    #x", "    #1)", "Direct leak", "    0x1 in f", "#include <a.h>"}) {
    EXPECT_FALSE(parse_frame(line).has_value()) << line;
  }
}

TEST(Frame, a_long_hostile_line_is_read_in_linear_time) {
  for (const std::string piece :
       {"(", ")", "f(int) ", " (.a)", " [clone ", " (/", " const", "<", "a b:1", "+0x1)"}) {
    std::string line = "    #0 0x1 in ";
    while (line.size() < 1'000'000)
      line += piece;
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_TRUE(parse_frame(line).has_value());
    EXPECT_TRUE(parse_frame(line + "+0x1)").has_value());
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    EXPECT_LT(seconds.count(), 5.0) << piece;
  }
}

TEST(Frames, end_at_the_first_line_that_is_none) {
  LineCursor at("    #0 0x1 in f a.c:1\n    #1 0x2 in g a.c:2\r\n\n    #0 0x3 in h a.c:3\n");

  const std::vector<facts::Frame> frames = take_frames(at);

  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[1].function, "g");
  EXPECT_EQ(frames[1].line, 2);
  EXPECT_TRUE(at.line().empty());
  EXPECT_FALSE(at.at_end());
}

}  // namespace
}  // namespace extproof::parsers
